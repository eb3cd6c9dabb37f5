package org.jooqoutbox.bench;

/** What was measured is worth nothing: something went wrong. */
final class BenchException extends RuntimeException {

    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
