package org.jooqoutbox.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Properties;
import java.util.Set;

/**
 * What the benchmarks were asked for.
 *
 * @param only the names of the scenarios to run; empty for all
 * @param full whether figures are to be quoted: more rounds, longer ones, more of everything
 * @param tenants how many outboxes there are where there are many
 * @param seed repeats random decisions
 * @param directory where results are written to
 * @param version of the library, for the summary
 */
record BenchSettings(Set<String> only, boolean full, int tenants, long seed, Path directory, String version) {

    private static final int MOST_TENANTS = 10_000;

    /**
     * What the properties say.
     *
     * @throws IllegalArgumentException if one of them is not what it should be
     */
    static BenchSettings from(Properties properties) {
        boolean full = flag(properties, "bench.full");
        int tenants = (int) number(properties, "bench.tenants", full ? 1_000 : 100);
        if (tenants < 1 || tenants > MOST_TENANTS) {
            throw new IllegalArgumentException("bench.tenants must be from 1 to " + MOST_TENANTS + ", not " + tenants);
        }
        return new BenchSettings(
                names(text(properties, "bench.only")),
                full,
                tenants,
                number(properties, "bench.seed", System.nanoTime()),
                Path.of(properties.getProperty("bench.directory", "target/bench"))
                        .toAbsolutePath(),
                properties.getProperty("bench.version", "unknown"));
    }

    boolean wants(String scenario) {
        return only.isEmpty() || only.contains(scenario);
    }

    /** The first of these, or the second if figures are to be quoted. */
    int pick(int quick, int forFull) {
        return full ? forFull : quick;
    }

    private static Set<String> names(String text) {
        Set<String> names = new LinkedHashSet<>();
        Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .forEach(names::add);
        return names;
    }

    // A flag that is there without a value is meant, as with -Dbench.full.
    private static boolean flag(Properties properties, String name) {
        String text = properties.getProperty(name, "false").strip();
        return switch (text) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + " must be true or false, not \"" + text + "\"");
        };
    }

    private static long number(Properties properties, String name, long otherwise) {
        String text = text(properties, name);
        try {
            return text.isEmpty() ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number, not \"" + text + "\"", e);
        }
    }

    private static String text(Properties properties, String name) {
        return properties.getProperty(name, "").strip();
    }
}
