package org.jooqoutbox.dispatch;

/** How the attempt to run a handler ended. */
sealed interface HandlerResult {

    /** It returned. */
    record Delivered() implements HandlerResult {}

    /**
     * It threw, or its payload could not be decoded.
     *
     * @param error the text to be stored, made on the handler's thread: what an exception does when it is asked is the user's code too
     */
    record Failed(Throwable cause, String error) implements HandlerResult {

        static Failed of(Throwable cause) {
            return new Failed(cause, ErrorText.of(cause));
        }
    }

    /** The executor never began it. */
    record NotStarted(String reason) implements HandlerResult {}
}
