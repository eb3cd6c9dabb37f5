package org.jooqoutbox.demo;

/** The reason for which the demo's handlers fail. */
final class DeliveryFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    DeliveryFailedException(String message) {
        super(message);
    }
}
