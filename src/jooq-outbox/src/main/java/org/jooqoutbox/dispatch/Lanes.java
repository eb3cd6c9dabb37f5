package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of all kinds, and who of them is next. So that a kind with slow handlers does not take all places and starve the others, a kind that
 * has a handler at work gets no other place while fewer are free than there are kinds with none; but never are more than half of the places kept
 * free like that.
 */
final class Lanes {

    private final int concurrency;
    private final int usualBatch;
    private final Share room;
    private final Map<String, Lane> byKind = new LinkedHashMap<>();
    private final List<Lane> inTurn;
    private int next;
    private int waiting;

    // As of the last count.
    private int running;
    private int idle;

    /**
     * Lanes with nothing in them.
     *
     * @param room what a message needs while it waits; the claim took it, and it is given back here
     */
    Lanes(DispatchSettings settings, Share room, RandomGenerator random, long now) {
        this.concurrency = settings.concurrency();
        this.usualBatch = settings.batch().usual();
        this.room = room;
        int share = Math.max(1, settings.maxWaiting() / settings.routes().size());
        settings.routes().forEach((kind, route) -> byKind.put(kind, new Lane(settings, route, share, random, now)));
        this.inTurn = List.copyOf(byKind.values());
    }

    Collection<Lane> all() {
        return inTurn;
    }

    Lane of(Held message) {
        return Objects.requireNonNull(byKind.get(message.message().kind()));
    }

    boolean knows(String kind) {
        return byKind.containsKey(kind);
    }

    /** How many messages may be claimed at once. */
    int batch() {
        return inTurn.stream().mapToInt(Lane::batch).reduce(usualBatch, Math::max);
    }

    /** How many messages wait. */
    int waiting() {
        return waiting;
    }

    void add(Held message) {
        of(message).waiting().add(message);
        waiting++;
    }

    void remove(Held message) {
        if (of(message).waiting().remove(message)) {
            waiting--;
            room.giveBack(1);
        }
    }

    /** Whether the only message that waits is a suspect. */
    boolean suspectWaits() {
        return waiting == 1
                && inTurn.stream().anyMatch(lane -> lane.waiting().stream().anyMatch(Held::suspect));
    }

    /** Takes out what waits in all lanes, or in one, and fulfils the condition. */
    void drain(Predicate<Held> condition, Consumer<Held> taken) {
        inTurn.forEach(lane -> drain(lane, condition, taken));
    }

    void drain(Lane lane, Predicate<Held> condition, Consumer<Held> taken) {
        List<Held> out = lane.waiting().stream().filter(condition).toList();
        out.forEach(this::remove);
        out.forEach(taken);
    }

    /** The next lane of which a message may be started; null when there is none. */
    @Nullable
    Lane startable(Predicate<Held> mayStart, long now) {
        if (waiting == 0) {
            return null;
        }
        count();
        for (int i = 0; i < inTurn.size(); i++) {
            int at = (next + i) % inTurn.size();
            Lane lane = inTurn.get(at);
            if (lane.has(mayStart) && hasPlace(lane) && lane.untilRate(now) == 0) {
                next = at + 1;
                return lane;
            }
        }
        return null;
    }

    /** Starts messages of a lane. */
    List<Held> start(Lane lane, Predicate<Held> mayStart, long now) {
        List<Held> started = lane.start(mayStart, now);
        waiting -= started.size();
        room.giveBack(started.size());
        return started;
    }

    /** How long until a rate lets something start that could be started otherwise. */
    long untilRate(long now) {
        long wait = Nanos.FOREVER;
        if (waiting == 0) {
            return wait;
        }
        count();
        for (Lane lane : inTurn) {
            long rate = lane.waiting().isEmpty() ? 0 : lane.untilRate(now);
            if (rate > 0 && hasPlace(lane)) {
                wait = Math.min(wait, rate);
            }
        }
        return wait;
    }

    private void count() {
        running = 0;
        idle = 0;
        for (Lane lane : inTurn) {
            running += lane.running();
            idle += lane.running() == 0 ? 1 : 0;
        }
    }

    private boolean hasPlace(Lane lane) {
        int free = concurrency - running;
        int keptForOthers = lane.running() == 0 ? 0 : Math.min(idle, concurrency / 2);
        return lane.running() < lane.route().concurrency() && free > keptForOthers;
    }

    /** Which kinds are not claimed because their breaker is open. */
    List<String> broken() {
        List<String> kinds = new ArrayList<>();
        byKind.forEach((kind, lane) -> {
            if (lane.breaker().isOpen()) {
                kinds.add(kind);
            }
        });
        return kinds;
    }
}
