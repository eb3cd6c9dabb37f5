package org.jooqoutbox.demo;

import java.util.UUID;

/** The reason for which the demo's transactions roll back. */
final class PaymentDeclinedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PaymentDeclinedException(UUID order) {
        super("the payment for order " + order + " was declined");
    }
}
