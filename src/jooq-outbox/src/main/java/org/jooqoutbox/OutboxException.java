package org.jooqoutbox;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this library throws. Exceptions of jOOQ and of the database are not wrapped: they reach the caller as they are, so that
 * the surrounding transaction fails as it would for any other statement.
 */
public class OutboxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a text that names what was attempted, what was found, and the way out. */
    public OutboxException(String message) {
        super(message);
    }

    /** With such a text and what caused it. */
    public OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
