package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The handlers at work, their deadlines, and those that would not stop. */
final class RunningHandlers {

    /** What is known of a handler that has returned. */
    enum End {
        IN_TIME,
        AFTER_DEADLINE,
        AFTER_STOP
    }

    private record Overdue(End end, long abandonAt) {}

    private final long deadline;
    private final long grace;
    private final Map<Held, Long> inTime = new LinkedHashMap<>();
    private final Map<Held, Overdue> overdue = new LinkedHashMap<>();
    private final Set<Held> abandoned = new LinkedHashSet<>();

    RunningHandlers(DispatchSettings settings) {
        this.deadline = Nanos.of(settings.handlerDeadline());
        this.grace = Nanos.of(settings.lease()) - deadline;
    }

    void started(Held message, long now) {
        inTime.put(message, now + deadline);
    }

    /** How many hold a place: abandoned ones do not. */
    int count() {
        return inTime.size() + overdue.size();
    }

    int abandonedCount() {
        return abandoned.size();
    }

    /** How long until a handler is to be interrupted or abandoned. */
    long until(long now) {
        long wait = Nanos.FOREVER;
        for (long deadlineAt : inTime.values()) {
            wait = Nanos.until(deadlineAt, now);
            break; // the first to start is the first to be late
        }
        for (Overdue late : overdue.values()) {
            wait = Math.min(wait, Nanos.until(late.abandonAt(), now));
        }
        return wait;
    }

    /** The next handler whose deadline has passed, and which has not been interrupted. */
    @Nullable
    Held late(long now) {
        for (Map.Entry<Held, Long> first : inTime.entrySet()) {
            return Nanos.reached(first.getValue(), now) ? first.getKey() : null;
        }
        return null;
    }

    /** Any handler that has not been interrupted. */
    @Nullable
    Held uninterrupted() {
        return inTime.isEmpty() ? null : inTime.keySet().iterator().next();
    }

    /** It is being interrupted. If it does not return, its place is free when its lease is over, but not before it had time to return. */
    void interrupted(Held message, End end, long now) {
        inTime.remove(message);
        long afterGrace = now + grace;
        long abandonAt = Nanos.reached(message.leaseEnd(), afterGrace) ? afterGrace : message.leaseEnd();
        overdue.put(message, new Overdue(end, abandonAt));
    }

    /** Abandons those that were interrupted and have not returned by the end of their lease. */
    List<Held> abandonLate(long now) {
        List<Held> late = new ArrayList<>();
        overdue.forEach((message, overdue) -> {
            if (Nanos.reached(overdue.abandonAt(), now)) {
                late.add(message);
            }
        });
        late.forEach(overdue::remove);
        abandoned.addAll(late);
        return late;
    }

    /** Abandons all that are left. */
    List<Held> abandonAll() {
        List<Held> left = new ArrayList<>(inTime.keySet());
        left.addAll(overdue.keySet());
        inTime.clear();
        overdue.clear();
        abandoned.addAll(left);
        return left;
    }

    /** Whether it was interrupted because of its deadline, and has not returned. */
    boolean isLate(Held message) {
        Overdue late = overdue.get(message);
        return late != null && late.end() == End.AFTER_DEADLINE;
    }

    /** It has returned, and how. Null when it is not known here. */
    @Nullable
    End finished(Held message) {
        if (inTime.remove(message) != null) {
            return End.IN_TIME;
        }
        Overdue late = overdue.remove(message);
        if (late != null) {
            return late.end();
        }
        return abandoned.remove(message) ? End.AFTER_DEADLINE : null;
    }
}
