package org.jooqoutbox.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
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

    /** Marks a message as one whose handler outlasts its lease; see {@link #mark}. */
    UUID makeLate(List<Order> orders, int from) {
        return mark(orders, from, Deliveries.LATE);
    }

    /** Marks a message as one whose handler ends its process; see {@link #mark}. */
    UUID makePoison(List<Order> orders, int from) {
        return mark(orders, from, Deliveries.POISON);
    }

    /** The messages that are handled in transactional mode. */
    Stream<UUID> transactional(List<Order> orders) {
        return orders.stream()
                .flatMap(order -> order.messages().stream())
                .filter(draft -> isTransactional(draft.kind()))
                .map(draft -> draft.id().orElseThrow());
    }

    private boolean isTransactional(String kind) {
        return events.transactionalKinds().stream().anyMatch(some -> some.name().equals(kind));
    }

    /**
     * Gives a header to the first message of this order, or of the next that will do: which will be committed, has an ordinary handler, and no
     * such header yet.
     *
     * @return the id of the message
     */
    private UUID mark(List<Order> orders, int from, String header) {
        String broken = events.brokenKind().name();
        for (int i = from; i < orders.size(); i++) {
            Order order = orders.get(i);
            List<MessageDraft> messages = new ArrayList<>(order.messages());
            MessageDraft first = messages.get(0);
            boolean taken = !first.headers().isEmpty() || isTransactional(first.kind());
            if (!order.declined() && !taken && !first.kind().equals(broken)) {
                messages.set(0, first.withHeader(header, "true"));
                orders.set(i, new Order(order.id(), order.item(), order.cents(), false, messages));
                return first.id().orElseThrow();
            }
        }
        throw new IllegalArgumentException("no event is left to be " + header + ": the kind " + broken
                + " is broken, others are handled in transactions, so that at least three kinds are needed, not "
                + events.kinds().size());
    }
}
