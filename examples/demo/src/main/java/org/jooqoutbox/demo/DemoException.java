package org.jooqoutbox.demo;

/** The demo could not go on. What has happened so far is judged all the same. */
final class DemoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
