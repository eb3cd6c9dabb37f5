package org.jooqoutbox.demo;

import java.util.List;
import java.util.UUID;
import org.jooqoutbox.MessageDraft;

/**
 * What a customer orders.
 *
 * @param id of the order, and of the booking that it becomes
 * @param item what is booked
 * @param cents its price
 * @param declined whether the payment will be declined, at the last moment
 * @param messages what the world is told if the order goes through
 */
record Order(UUID id, String item, int cents, boolean declined, List<MessageDraft> messages) {

    Order {
        messages = List.copyOf(messages);
    }
}
