package org.jooqoutbox;

import org.jspecify.annotations.Nullable;

/**
 * Nothing was sent to the database because a draft holds something that PostgreSQL would refuse, alter or cut off, or that is beyond a limit
 * of this library. The caller's transaction is untouched and can go on.
 */
public final class InvalidMessageException extends OutboxException {

    private static final long serialVersionUID = 1L;

    private final String kind;

    /** A draft of this kind, and what is wrong with it. */
    public InvalidMessageException(String kind, String problem) {
        this(kind, problem, null);
    }

    /** A draft of this kind, what is wrong with it, and what caused that. */
    public InvalidMessageException(String kind, String problem, @Nullable Throwable cause) {
        super("message of kind " + kind + " refused: " + problem, cause);
        this.kind = kind;
    }

    /** The kind of the draft, as far as it can be printed. */
    public String kind() {
        return kind;
    }
}
