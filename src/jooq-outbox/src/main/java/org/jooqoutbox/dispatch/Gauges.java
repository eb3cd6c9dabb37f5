package org.jooqoutbox.dispatch;

import java.util.List;
import java.util.stream.Stream;

/** How a dispatcher stands at this moment; written by its own thread, read by any. */
final class Gauges {

    private volatile int waiting;
    private volatile int running;
    private volatile int abandoned;
    private volatile int unsettled;
    private volatile List<String> broken = List.of();

    void set(int waiting, int running, int abandoned, int unsettled) {
        this.waiting = waiting;
        this.running = running;
        this.abandoned = abandoned;
        this.unsettled = unsettled;
    }

    /** Adds what another one tells. Not while others write. */
    void add(Gauges other) {
        set(waiting + other.waiting, running + other.running, abandoned + other.abandoned, unsettled + other.unsettled);
        broken(Stream.concat(broken.stream(), other.broken.stream()).distinct().toList());
    }

    void broken(List<String> kinds) {
        this.broken = List.copyOf(kinds);
    }

    /** On part of a line. */
    String describe() {
        return running + " handlers at work, " + waiting + " messages waiting, " + unsettled + " outcomes to record"
                + (abandoned == 0 ? "" : ", " + abandoned + " handlers that do not return")
                + (broken.isEmpty() ? "" : ", circuit breaker open for " + broken);
    }
}
