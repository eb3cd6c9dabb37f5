package org.jooqoutbox.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.MessageDraft;

/** The orders that one service will get: one in ten will be declined. */
final class Orders {

    private static final int ONE_DECLINED_IN = 10;

    private final Events events;

    Orders(Events events) {
        this.events = events;
    }

    List<Order> make(int count) {
        List<Order> orders = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            orders.add(make(UUID.randomUUID(), "item " + number, 100 + number, number));
        }
        return orders;
    }

    private Order make(UUID id, String item, int cents, int number) {
        List<MessageDraft> messages = events.of(id, item, cents, number).stream()
                .map(draft -> draft.withId(UUID.randomUUID())) // the ledger has to know it beforehand
                .toList();
        return new Order(id, item, cents, number % ONE_DECLINED_IN == ONE_DECLINED_IN - 1, messages);
    }

    /**
     * Marks the first message of this order, or of the next that will do, as one whose handler outlasts its lease.
     *
     * @return the id of the message
     */
    UUID makeLate(List<Order> orders, int from) {
        String broken = events.brokenKind().name();
        for (int i = from; i < orders.size(); i++) {
            Order order = orders.get(i);
            List<MessageDraft> messages = new ArrayList<>(order.messages());
            MessageDraft first = messages.get(0);
            boolean taken = first.headers().containsKey(Deliveries.LATE);
            if (!order.declined() && !taken && !first.kind().equals(broken)) {
                messages.set(0, first.withHeader(Deliveries.LATE, "true"));
                orders.set(i, new Order(order.id(), order.item(), order.cents(), false, messages));
                return first.id().orElseThrow();
            }
        }
        throw new IllegalArgumentException(
                "all events are of the kind " + broken + ", which is broken: at least two kinds are needed");
    }
}
