package org.jooqoutbox.codegen;

import org.jspecify.annotations.Nullable;

/** One way to get a server does not work here. The message is the reason, in a form that can follow a colon. */
final class UnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnavailableException(String reason) {
        this(reason, null);
    }

    UnavailableException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    /** The first line of what a library said, for it may go on for a page. */
    static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getName();
        }
        return message.strip().lines().findFirst().orElseThrow();
    }
}
