package org.jooqoutbox.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooqoutbox.schema.OutboxTable;

/**
 * What a replica is told when it starts.
 *
 * @param outbox the outbox it works on
 * @param database where that is; handed over in the environment, because everybody can see a process's arguments
 * @param journal the file it writes its journal to
 * @param repaired the file that is there once the broken destination is repaired
 * @param events where the kinds of messages come from
 */
record ReplicaOptions(OutboxTable outbox, Database database, Path journal, Path repaired, Optional<Path> events) {

    private static final String URL = "DEMO_URL";
    private static final String USER = "DEMO_USER";
    private static final String PASSWORD = "DEMO_PASSWORD";

    List<String> arguments() {
        return List.of(
                outbox.schema(),
                outbox.name(),
                journal.toString(),
                repaired.toString(),
                events.map(Path::toString).orElse(""));
    }

    Map<String, String> environment() {
        return Map.of(URL, database.url(), USER, database.user(), PASSWORD, database.password());
    }

    static ReplicaOptions of(List<String> arguments, Map<String, String> environment) {
        return new ReplicaOptions(
                OutboxTable.of(arguments.get(0), arguments.get(1)),
                new Database(
                        environment.getOrDefault(URL, ""),
                        environment.getOrDefault(USER, ""),
                        environment.getOrDefault(PASSWORD, "")),
                Path.of(arguments.get(2)),
                Path.of(arguments.get(3)),
                Optional.of(arguments.get(4)).filter(file -> !file.isEmpty()).map(Path::of));
    }
}
