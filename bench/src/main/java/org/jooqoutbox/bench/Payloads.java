package org.jooqoutbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What messages carry: JSON with a number, by which each is told from all others. It is of 220 bytes, or a real one, where {@code bench.payloads}
 * names a directory: of each file {@code *.jsonl} there, every line is {@code {"kind":…,"payload":…}}, and the payloads are taken in turn.
 */
final class Payloads {

    private static final String PROPERTY = "bench.payloads";
    private static final int BYTES = 220;
    private static final Pattern LINE =
            Pattern.compile("\\s*\\{\\s*\"kind\"\\s*:\\s*\"[^\"]*\"\\s*,\\s*\"payload\"\\s*:(.*)}\\s*");

    // PostgreSQL sorts the names of jsonb by length: what is beside the number is longer, so that the number is in
    // front there, too.
    private static final String NUMBER = "\"number\":";
    private static final String PADDING = ",\"padding\":\"";
    private static final String REAL = ",\"payload\":";

    private final List<String> real;

    private Payloads(List<String> real) {
        this.real = real;
    }

    private static final class Chosen {
        static final Payloads ONES = from(System.getProperties());
    }

    /**
     * What the properties ask for.
     *
     * @throws IllegalArgumentException if there is nothing of that kind in the directory they name
     */
    static Payloads from(Properties properties) {
        String directory = properties.getProperty(PROPERTY, "").strip();
        return new Payloads(directory.isEmpty() ? List.of() : read(Path.of(directory)));
    }

    /** The payload of this number, as the system properties ask for it. */
    static String of(long number) {
        return Chosen.ONES.payload(number);
    }

    /** The number of a payload, however it was written down meanwhile. */
    static long number(String payload) {
        int at = payload.indexOf(NUMBER) + NUMBER.length();
        if (at < NUMBER.length()) {
            throw new IllegalArgumentException("a payload without a number: " + payload);
        }
        while (payload.charAt(at) == ' ') {
            at++;
        }
        int end = at;
        while (Character.isDigit(payload.charAt(end))) {
            end++;
        }
        return Long.parseLong(payload, at, end, 10);
    }

    /** The payload of this number. */
    String payload(long number) {
        String begin = "{" + NUMBER + number;
        if (!real.isEmpty()) {
            return begin + REAL + real.get((int) (number % real.size())) + "}";
        }
        return begin + PADDING + "x".repeat(BYTES - begin.length() - PADDING.length() - 2) + "\"}";
    }

    /** What they are, on one line. */
    @Override
    public String toString() {
        return real.isEmpty()
                ? BYTES + " bytes"
                : "%d real ones in turn, %,d bytes on average"
                        .formatted(
                                real.size(),
                                Math.round(real.stream()
                                        .mapToInt(String::length)
                                        .average()
                                        .orElse(0)));
    }

    private static List<String> read(Path directory) {
        List<String> payloads = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    payloads.add(payloadOf(file, line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(PROPERTY + " names " + directory + ", which cannot be read", e);
        }
        if (payloads.isEmpty()) {
            throw new IllegalArgumentException(
                    PROPERTY + " names " + directory + ", where there is no line in a *.jsonl");
        }
        return payloads;
    }

    private static String payloadOf(Path file, String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(file + " has a line that is not {\"kind\":…,\"payload\":…}: "
                    + line.substring(0, Math.min(80, line.length())));
        }
        return matcher.group(1).strip();
    }
}
