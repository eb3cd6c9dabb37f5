package org.jooqoutbox.bench.steadystate;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Payloads of one length that carry when they were written: before their transaction begins, by the clock of this machine, so that it can be told
 * in another process too. They are longer than asked for if that does not fit otherwise.
 */
final class Payloads {

    // PostgreSQL puts a space behind the colon.
    private static final Pattern WRITTEN_AT = Pattern.compile("\"at\": ?([0-9]{1,18})");
    private static final String BEGIN = "{\"at\":";
    private static final String MIDDLE = ",\"pad\":\"";
    private static final String END = "\"}";

    private final String pad;

    Payloads(int bytes) {
        int rest = bytes - (BEGIN + micros() + MIDDLE + END).length();
        this.pad = "x".repeat(Math.max(0, rest));
    }

    /** One that is written now. */
    String next() {
        return BEGIN + micros() + MIDDLE + pad + END;
    }

    /**
     * How long ago this one was written, in microseconds; not less than zero, though clocks are set.
     *
     * @throws IllegalArgumentException if it is not one of ours
     */
    static long age(String payload) {
        Matcher writtenAt = WRITTEN_AT.matcher(payload);
        if (!writtenAt.find()) {
            throw new IllegalArgumentException("the payload does not say when it was written: somebody else's message");
        }
        return Math.max(0, micros() - Long.parseLong(writtenAt.group(1)));
    }

    private static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
