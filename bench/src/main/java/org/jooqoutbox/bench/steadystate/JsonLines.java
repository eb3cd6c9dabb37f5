package org.jooqoutbox.bench.steadystate;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.OptionalDouble;

/** What the program says on standard output: lines of JSON, each written at once and as a whole. */
final class JsonLines {

    static final String SYSTEM = "jooq-outbox";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final OutputStream out;

    JsonLines(OutputStream out) {
        this.out = out;
    }

    /** Says what is measured, before anything else is said. */
    void describe(Installation installed) {
        write(new JsonObject()
                .text("kind", "descriptor")
                .text("system", SYSTEM)
                .texts("event_tables", installed.tables())
                .texts("extensions", installed.extensions())
                .text("version", installed.libraryVersion())
                .text("schema_version", installed.schemaVersion())
                .text("db_name", installed.databaseName())
                .text("started_at", TIME.format(Instant.now())));
    }

    /**
     * Says one figure.
     *
     * @param second the time it belongs to, in seconds since 1970
     * @param value none if there is nothing that could be told, which is not the same as zero
     * @param windowSeconds how long a time it was taken over; 0 for that moment
     */
    void sample(long second, String metric, OptionalDouble value, double windowSeconds) {
        write(new JsonObject()
                .text("t", TIME.format(Instant.ofEpochSecond(second)))
                .text("system", SYSTEM)
                .text("kind", "adapter")
                .text("subject_kind", "adapter")
                .text("subject", "")
                .text("metric", metric)
                .number("value", value)
                .number("window_s", windowSeconds));
    }

    private void write(JsonObject line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("nobody reads standard output any more", e);
        }
    }
}
