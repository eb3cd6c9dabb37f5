package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The handlers at work, their deadlines, and those that would not stop. */
final class RunningHandlers {

    /** What is known of a handler that has returned. */
    enum End {
        IN_TIME,
        AFTER_DEADLINE,
        ABANDONED,
        AFTER_STOP,
        AFTER_LOSS
    }

    private record Overdue(End end, long abandonAt) {}

    private static final Comparator<Job> BY_DEADLINE =
            Comparator.comparing(Job::deadlineAt, (a, b) -> Long.signum(a - b)).thenComparing(Job::number);

    private final long lease;
    private final Share places;
    private final TreeSet<Job> inTime = new TreeSet<>(BY_DEADLINE);
    private final Map<Job, Overdue> overdue = new LinkedHashMap<>();
    private final Set<Job> abandoned = new LinkedHashSet<>();
    private long number;

    /**
     * None at work.
     *
     * @param places where a job gives its places back when its handler has returned, or is abandoned
     */
    RunningHandlers(DispatchSettings settings, Share places) {
        this.lease = Nanos.of(settings.lease());
        this.places = places;
    }

    /**
     * A handler begins.
     *
     * @param taken how many places were taken for it
     */
    Job start(Lane lane, List<Held> messages, int taken, long now) {
        Job job = new Job(lane, messages, number++, now + deadline(lane), taken, places);
        inTime.add(job);
        return job;
    }

    private static long deadline(Lane lane) {
        return Nanos.of(lane.route().deadline());
    }

    /** How many hold a place: abandoned ones do not. */
    int count() {
        return inTime.size() + overdue.size();
    }

    int abandonedCount() {
        return abandoned.size();
    }

    /** How many messages were left to their leases with the handlers that were abandoned. */
    int abandonedMessages() {
        return (int) abandoned.stream()
                .flatMap(job -> job.messages().stream())
                .filter(message -> !message.isLost())
                .count();
    }

    /** How long until a handler is to be interrupted or abandoned. */
    long until(long now) {
        long wait =
                inTime.isEmpty() ? Nanos.FOREVER : Nanos.until(inTime.first().deadlineAt(), now);
        for (Overdue late : overdue.values()) {
            wait = Math.min(wait, Nanos.until(late.abandonAt(), now));
        }
        return wait;
    }

    /** The next handler whose deadline has passed, and which has not been interrupted. */
    @Nullable
    Job late(long now) {
        boolean late = !inTime.isEmpty() && Nanos.reached(inTime.first().deadlineAt(), now);
        return late ? inTime.first() : null;
    }

    /** Any handler that has not been interrupted. */
    @Nullable
    Job uninterrupted() {
        return inTime.isEmpty() ? null : inTime.first();
    }

    /** Whether it is at work and has not been interrupted. */
    boolean isInTime(Job job) {
        return inTime.contains(job);
    }

    /** The job at work that has this message. */
    @Nullable
    Job of(Held message) {
        return inTime.stream()
                .filter(job -> job.messages().contains(message))
                .findFirst()
                .orElse(null);
    }

    /** It is being interrupted. If it does not return, its place is free when its lease is over, but not before it had time to return. */
    void interrupted(Job job, End end, long now) {
        inTime.remove(job);
        long afterGrace = now + lease - deadline(job.lane());
        long abandonAt = Nanos.reached(job.leaseEnd(), afterGrace) ? afterGrace : job.leaseEnd();
        overdue.put(job, new Overdue(end, abandonAt));
    }

    /** Those that were interrupted and have not returned by the end of their lease. */
    List<Job> lateToReturn(long now) {
        List<Job> late = new ArrayList<>();
        overdue.forEach((job, overdue) -> {
            if (Nanos.reached(overdue.abandonAt(), now)) {
                late.add(job);
            }
        });
        return late;
    }

    /** Gives its place away. */
    void abandon(Job job) {
        overdue.remove(job);
        abandoned.add(job);
        leave(job);
    }

    /** Abandons all that are left. */
    List<Job> abandonAll() {
        List<Job> left = new ArrayList<>(inTime);
        left.addAll(overdue.keySet());
        inTime.clear();
        overdue.clear();
        abandoned.addAll(left);
        left.forEach(this::leave);
        return left;
    }

    private void leave(Job job) {
        job.lane().ended();
        job.giveBackPlaces();
    }

    /** Whether it was interrupted because of its deadline, and has not returned. */
    boolean isLate(Job job) {
        Overdue late = overdue.get(job);
        return late != null && late.end() == End.AFTER_DEADLINE;
    }

    /** It has returned, and how. Null when it is not known here. */
    @Nullable
    End finished(Job job) {
        if (inTime.remove(job)) {
            leave(job);
            return End.IN_TIME;
        }
        Overdue late = overdue.remove(job);
        if (late != null) {
            leave(job);
            return late.end();
        }
        return abandoned.remove(job) ? End.ABANDONED : null;
    }
}
