package org.jooqoutbox.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was tried before a server was found, or instead of one. */
final class FailedAttempts {

    private record Attempt(String source, UnavailableException failure) {

        @Override
        public String toString() {
            return source + ": " + failure.reason();
        }
    }

    private final List<Attempt> attempts = new ArrayList<>();

    void add(String source, UnavailableException failure) {
        attempts.add(new Attempt(source, failure));
    }

    /** To be put behind the description of the server that was found. */
    String remark() {
        if (attempts.isEmpty()) {
            return "";
        }
        return attempts.stream().map(attempt -> "no " + attempt).collect(Collectors.joining("; ", " (", ")"));
    }

    /** The end of the search. */
    IllegalStateException nothingWorked(PostgresSettings settings) {
        String tried = attempts.stream()
                .map(attempt -> System.lineSeparator() + "  - " + attempt)
                .collect(Collectors.joining());
        IllegalStateException exception = new IllegalStateException("No throw-away PostgreSQL could be started ("
                + PostgresSettings.POSTGRES + " is " + settings.kind().name().toLowerCase(Locale.ROOT)
                + "). Tried:" + tried + System.lineSeparator() + advice(settings.kind()));
        attempts.forEach(attempt -> exception.addSuppressed(attempt.failure()));
        return exception;
    }

    private static String advice(PostgresSettings.Kind kind) {
        String url = "-D" + PostgresSettings.POSTGRES + "=jdbc:postgresql://HOST/DATABASE with -D"
                + PostgresSettings.USER + " and -D" + PostgresSettings.PASSWORD;
        String embedded = "-D" + PostgresSettings.POSTGRES + "=embedded (needs no Docker)";
        return switch (kind) {
            case AUTO -> "Start Docker, or name a server: " + url + ".";
            case TESTCONTAINERS -> "Start Docker, or use " + embedded + ", or name a server: " + url + ".";
            case EMBEDDED ->
                "Start Docker and use -D" + PostgresSettings.POSTGRES + "=testcontainers, or name a server: " + url
                        + ".";
            case JDBC ->
                "Check URL, user and password (the user must be allowed to create databases), or use " + embedded + ".";
        };
    }
}
