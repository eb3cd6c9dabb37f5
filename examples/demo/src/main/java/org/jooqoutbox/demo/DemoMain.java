package org.jooqoutbox.demo;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jooqoutbox.codegen.ThrowawayPostgres;

/** Starts a PostgreSQL, runs the {@link Demo} on it, and exits with 0 if every message is accounted for. */
final class DemoMain {

    private DemoMain() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            System.exit(run(DemoSettings.from(System.getProperties()), out));
        } catch (IllegalArgumentException e) {
            out.println("The demo cannot begin: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int run(DemoSettings settings, PrintStream out) throws Exception {
        emptyDirectory(settings.directory());
        try (ThrowawayPostgres postgres = ThrowawayPostgres.start()) {
            introduce(settings, postgres, out);
            Database database = new Database(postgres.jdbcUrl(), postgres.user(), postgres.password());
            try (HikariDataSource pool = database.pool(Demo.CONNECTIONS)) {
                return new Demo(settings, database, pool, out).run();
            }
        }
    }

    private static void introduce(DemoSettings settings, ThrowawayPostgres postgres, PrintStream out) {
        out.printf("%njooq-outbox demo on %s%n%n", postgres.describe());
        out.println("""
                Two services, workspace and accounting, run from one codebase. Each has its own schema with business tables and an outbox.
                  1. They make %s transactions: business rows, and 1 to 3 messages about them. One in ten rolls back.
                  2. Two processes per outbox deliver the messages. Handlers fail now and then; those of one kind always do.
                     One kind is handled in the transaction that removes the message: its handlers write to a table of the service's own.
                  3. One process of workspace is killed while it holds messages. In accounting, two handlers outlast their leases.
                     One message of workspace is poison: whoever handles it ends.
                  4. What could not be delivered is a dead letter. Its destination is repaired, and it is replayed; the poison is purged.
                Then what the producers meant is held against what arrived. Ledger, journals and logs: %s
                """.formatted(String.format(Locale.ROOT, "%,d", settings.transactions()), settings.directory()));
    }

    private static void emptyDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the directory " + directory + " could not be emptied (demo.directory)", e);
        }
    }
}
