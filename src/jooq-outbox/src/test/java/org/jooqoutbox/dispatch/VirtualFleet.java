package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * A worker of several outboxes in virtual time: real cores, engines and shares, whose turns one thread takes one after the other. It also judges:
 * whether a message that may kill its process ever had company that it must not have.
 */
final class VirtualFleet {

    private static final int MOST_TURNS_AT_ONCE = 20_000;
    private static final int STEPS_IN_A_TURN = 20;

    final VirtualTime time;
    final Tally tally = new Tally();
    final List<String> violations = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final Set<Message> suspectsHeld = new HashSet<>();
    private final Commons commons;
    private final SplittableRandom random;
    private final int maxDeaths;
    private int concurrency;
    private boolean crashed;

    final class Member implements Mailbox, DispatchListener {
        final VirtualOutbox outbox;
        final VirtualHandlers handlers = new VirtualHandlers(time, this);
        final Recorder recorder = new Recorder(() -> time.sinceStart());
        final DispatchCore core;
        final Engine engine;
        private final Queue<Mail> mail = new ArrayDeque<>();
        private long waitsUntil = time.now();
        private boolean waits;
        private boolean over;

        private Member(VirtualOutbox outbox, DispatchSettings settings) {
            this.outbox = outbox;
            DispatchListener listener =
                    new GuardedListener(List.of(tally, recorder, handlers, this), NOPLogger.NOP_LOGGER);
            Shares shares = commons.shares(
                    settings.concurrency(), () -> put((told, now) -> {}), () -> put(DispatchCore::wokenUp));
            this.core = new DispatchCore(settings, listener, shares, random.split(), time.now());
            this.engine = new Engine(outbox, core, handlers, this, time::now, false);
        }

        private boolean isReady() {
            return !over && (!mail.isEmpty() || Nanos.reached(waitsUntil, time.now()));
        }

        private void turn() {
            waits = false;
            waitsUntil = time.now();
            for (int i = 0; i < STEPS_IN_A_TURN && !waits && !over && !crashed; i++) {
                over = !engine.step();
            }
        }

        boolean isOver() {
            return over;
        }

        @Override
        public void put(Mail item) {
            mail.add(item);
        }

        @Override
        public @Nullable Mail poll(long nanos) {
            Mail next = mail.poll();
            if (next == null && nanos > 0) {
                waits = true;
                waitsUntil = time.now() + nanos;
            }
            return next;
        }

        @Override
        public void handlerStarted(Message message) {
            if (message.unsettled() > 0) {
                suspectsHeld.add(message);
            }
            List<Message> company = members.stream()
                    .flatMap(each -> each.handlers.atWork().stream())
                    .toList();
            boolean lastChance = isLastChance(message) || company.stream().anyMatch(each -> isLastChance(each));
            boolean beside = (message.unsettled() > 0 && !handlers.atWork().isEmpty())
                    || handlers.atWork().stream().anyMatch(each -> each.unsettled() > 0);
            if ((lastChance && !company.isEmpty()) || beside || suspectsHeld.size() > 1) {
                violations.add(message + " beside " + company + ", suspects held " + suspectsHeld);
            }
            if (company.size() >= concurrency) {
                violations.add("more than " + concurrency + " at work");
            }
        }

        @Override
        public void delivered(Message message) {
            suspectsHeld.remove(message);
        }

        @Override
        public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
            suspectsHeld.remove(message);
        }

        @Override
        public void released(Message message) {
            suspectsHeld.remove(message);
        }

        @Override
        public void leaseLost(Message message) {
            suspectsHeld.remove(message);
        }

        @Override
        public void unconfirmed(Message message) {
            suspectsHeld.remove(message);
        }

        @Override
        public void handlerAbandoned(Message message) {
            suspectsHeld.remove(message);
        }
    }

    VirtualFleet(VirtualTime time, long seed, int concurrency, int maxWaiting, int maxDeaths) {
        this.time = time;
        this.random = new SplittableRandom(seed);
        this.concurrency = concurrency;
        this.maxDeaths = maxDeaths;
        this.commons = new Commons(new Crew(time::now), Runnable::run, concurrency, maxWaiting, member -> {});
    }

    private boolean isLastChance(Message message) {
        return message.unsettled() >= maxDeaths;
    }

    /** Adds an outbox, with half of the places at most. */
    Member add(VirtualOutbox outbox, UnaryOperator<Worker.Builder<Void>> options) {
        DispatchSettings settings = options.apply(Worker.builder(outbox).handle(Simulation.A, (payload, message) -> {}))
                .maxDeaths(maxDeaths)
                .settings(null)
                .asOneOfMany(Math.max(1, concurrency / 2), Duration.ofSeconds(20));
        Member member = new Member(outbox, settings);
        members.add(member);
        return member;
    }

    List<Member> members() {
        return members;
    }

    /** The process ends here. */
    void crash() {
        crashed = true;
    }

    void runTo(Duration elapsed) {
        time.after(elapsed.minus(time.elapsed()), () -> {});
        runUntil(() -> time.elapsed().compareTo(elapsed) >= 0);
    }

    /** Asks all to stop, and waits until they have. */
    void stop() {
        members.forEach(member -> member.engine.requestStop());
        runUntil(() -> members.stream().allMatch(Member::isOver));
    }

    void runUntil(BooleanSupplier enough) {
        long then = time.now();
        Duration limit = time.elapsed().plusDays(1);
        int turns = 0;
        while (!crashed && !enough.getAsBoolean()) {
            boolean worked = false;
            for (Member member : members) {
                if (member.isReady()) {
                    member.turn();
                    worked = true;
                }
            }
            turns = time.now() == then ? turns + 1 : 0;
            then = time.now();
            if (!worked) {
                await();
            }
            if (turns > MOST_TURNS_AT_ONCE || time.stuck() || time.elapsed().compareTo(limit) > 0) {
                throw new AssertionError((turns > 0 ? "spins at " : "waits for ever at ") + time.elapsed());
            }
        }
    }

    private void await() {
        long wait = Nanos.FOREVER;
        for (Member member : members) {
            wait = member.over ? wait : Math.min(wait, Nanos.until(member.waitsUntil, time.now()));
        }
        try {
            time.poll(wait);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Nothing of what they share is still in use. */
    void assertNothingIsHeld() {
        Shares all = commons.shares(1, () -> {}, () -> {});
        assertThat(all.places().takeAll()).isPositive();
        assertThat(all.room().takeAll()).isPositive();
        assertThat(all.suspects().takeAll()).isPositive();
    }
}
