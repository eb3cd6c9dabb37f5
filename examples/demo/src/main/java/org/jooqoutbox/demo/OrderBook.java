package org.jooqoutbox.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** All orders that will be placed, with what is special about some. */
final class OrderBook {

    /** So many are placed at once, with the poison message in their midst, so that it has company. */
    static final int BURST = 30;

    private final List<List<Order>> orders = new ArrayList<>();
    private final List<Order> burst;
    private final UUID lateSuccess;
    private final UUID lateFailure;
    private final Plan plan;

    /** The poison message is the first service's, those whose handlers outlast their leases are the last one's. */
    OrderBook(DemoSettings settings, int services) {
        int count = settings.transactions() / services;
        List<Orders> makers = new ArrayList<>();
        Set<UUID> transactional = new HashSet<>();
        for (int i = 0; i < services; i++) {
            Orders maker = new Orders(Events.of(settings.eventsOf(i)));
            makers.add(maker);
            orders.add(maker.make(count));
            maker.transactional(orders.get(i)).forEach(transactional::add);
        }
        List<Order> last = orders.get(services - 1);
        lateSuccess = makers.get(services - 1).makeLate(last, count / 5);
        lateFailure = makers.get(services - 1).makeLate(last, count / 4);
        burst = orders.get(0).subList(count - BURST, count);
        plan = new Plan(transactional, Set.of(makers.get(0).makePoison(burst, BURST / 2)));
    }

    /** What the producers of this service place, counted from zero. */
    List<Order> of(int service) {
        List<Order> all = orders.get(service);
        return service == 0 ? all.subList(0, all.size() - BURST) : all;
    }

    /** The rest of what the first service gets. */
    List<Order> burst() {
        return burst;
    }

    /** A message whose first handler succeeds too late. */
    UUID lateSuccess() {
        return lateSuccess;
    }

    /** A message whose first handler fails too late. */
    UUID lateFailure() {
        return lateFailure;
    }

    Plan plan() {
        return plan;
    }
}
