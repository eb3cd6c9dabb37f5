package org.jooqoutbox.demo;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooqoutbox.demo.Intent.Outcome;

/**
 * What the producers meant to do and what came of it, kept outside the database: written before a transaction begins and after it ended, so
 * that it knows of those that rolled back too. Safe for use by many threads.
 */
final class Ledger implements AutoCloseable {

    private static final String INTENDED = "INTENDED";

    private final AppendOnlyFile file;

    Ledger(Path path) {
        this.file = new AppendOnlyFile(path);
    }

    /** To be called before the transaction begins. */
    void intend(Intent intent) {
        String messages = intent.messages().entrySet().stream()
                .map(message -> message.getKey() + "=" + message.getValue())
                .collect(Collectors.joining(","));
        file.append(String.join("\t", INTENDED, intent.order().toString(), intent.service(), messages));
    }

    /** To be called when it is over. */
    void record(UUID order, Outcome outcome) {
        file.append(outcome + "\t" + order);
    }

    @Override
    public void close() {
        file.close();
    }

    /** Reads a ledger. An intent without an outcome has an unknown one. */
    static List<Intent> read(Path path) {
        Map<UUID, Intent> intents = new LinkedHashMap<>();
        for (String line : AppendOnlyFile.lines(path)) {
            String[] fields = line.split("\t", -1);
            UUID order = UUID.fromString(fields[1]);
            if (fields[0].equals(INTENDED)) {
                intents.put(order, new Intent(order, fields[2], messages(fields[3]), Outcome.UNKNOWN));
            } else {
                Outcome outcome = Outcome.valueOf(fields[0]);
                intents.computeIfPresent(order, (id, intent) -> intent.with(outcome));
            }
        }
        return List.copyOf(intents.values());
    }

    private static Map<UUID, String> messages(String field) {
        return Arrays.stream(field.split(",", -1))
                .map(message -> message.split("=", -1))
                .collect(Collectors.toMap(parts -> UUID.fromString(parts[0]), parts -> parts[1]));
    }
}
