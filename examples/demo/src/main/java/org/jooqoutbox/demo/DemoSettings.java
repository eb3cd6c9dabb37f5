package org.jooqoutbox.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What the demo was asked for.
 *
 * @param transactions how many business transactions
 * @param events files with real payloads, one for all services or one for each; none: the demo makes its own
 * @param directory where ledger and journals are kept
 * @param limit how long it may take
 */
record DemoSettings(int transactions, List<Path> events, Path directory, Duration limit) {

    static final int FEWEST_TRANSACTIONS = 200;

    /**
     * What the properties say.
     *
     * @throws IllegalArgumentException if one of them is not what it should be
     */
    static DemoSettings from(Properties properties) {
        Path base = Path.of(properties.getProperty("demo.base", "")).toAbsolutePath();
        return new DemoSettings(
                number(properties, "demo.transactions", 3000, FEWEST_TRANSACTIONS),
                files(base, properties.getProperty("demo.events", "")),
                base.resolve(properties.getProperty("demo.directory", "target/demo")),
                Duration.ofSeconds(number(properties, "demo.seconds", 180, 1)));
    }

    /** The events of this service, counted from zero. */
    Optional<Path> eventsOf(int service) {
        return events.isEmpty() ? Optional.empty() : Optional.of(events.get(service % events.size()));
    }

    private static List<Path> files(Path base, String names) {
        List<Path> files = Arrays.stream(names.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(name -> base.resolve(name).normalize())
                .toList();
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException(
                        "demo.events names " + file + ", which is not there or not readable");
            }
        }
        return files;
    }

    private static int number(Properties properties, String name, int otherwise, int least) {
        String text = properties.getProperty(name, "").strip();
        try {
            int number = text.isEmpty() ? otherwise : Integer.parseInt(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number, not \"" + text + "\"", e);
        }
        throw new IllegalArgumentException(name + " must be at least " + least + ", not " + text);
    }
}
