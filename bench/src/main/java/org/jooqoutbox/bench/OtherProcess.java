package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;

/**
 * A producer in a process of its own, which tells workers elsewhere by notifications. It is sent a line for each message it shall commit, with the
 * schema and an id, and answers when that was.
 */
final class OtherProcess implements AutoCloseable {

    private final Process process;
    private final PrintWriter orders;
    private final BufferedReader answers;

    private OtherProcess(Process process) {
        this.process = process;
        this.orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static OtherProcess start(Database database) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dorg.jooq.no-logo=true",
                "-Dorg.jooq.no-tips=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-classpath",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName());
        database.connections().putInto(builder.environment());
        return new OtherProcess(builder.redirectError(Redirect.INHERIT).start());
    }

    /** Commits a message there, and returns when that was, in microseconds since 1970. */
    long send(OutboxTable table, UUID id) throws IOException {
        orders.println(table.schema() + " " + table.name() + " " + id);
        String answer = answers.readLine();
        if (answer == null) {
            throw new BenchException("the other process has ended");
        }
        return Long.parseLong(answer);
    }

    @Override
    public void close() {
        orders.close();
        try {
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /** The process itself: ends with its input. */
    public static void main(String[] args) throws IOException {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try (HikariDataSource pool = ServerConnections.fromEnvironment().pool("bench-other-process", 2)) {
            serve(new Producer(pool, true), pool, out);
        }
    }

    private static void serve(Producer producer, DataSource dataSource, PrintWriter out) throws IOException {
        Map<OutboxTable, JooqOutboxRepository> outboxes = new HashMap<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<String> words = List.of(line.split(" ", -1));
            JooqOutboxRepository outbox = outboxes.computeIfAbsent(
                    OutboxTable.of(words.get(0), words.get(1)),
                    table -> JooqOutboxRepository.builder(table)
                            .notifyThrough(dataSource)
                            .build());
            out.println(producer.send(outbox, Producer.draft(UUID.fromString(words.get(2)))));
        }
    }
}
