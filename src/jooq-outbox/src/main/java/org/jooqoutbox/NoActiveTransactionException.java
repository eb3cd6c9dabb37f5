package org.jooqoutbox;

/**
 * Nothing was enqueued because the scope that was passed has no open transaction, so that message and business rows could not commit
 * together. Usually an outer {@code DSLContext} was captured instead of the {@code Configuration} that the transaction's lambda received.
 */
public final class NoActiveTransactionException extends OutboxException {

    private static final long serialVersionUID = 1L;

    /** With a text that says what was passed and what to pass. */
    public NoActiveTransactionException(String message) {
        super(message);
    }
}
