package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jooqoutbox.MessageKind;
import org.slf4j.helpers.NOPLogger;

/**
 * A dispatcher in virtual time: the real core and engine, over an outbox, handlers, a clock and a mailbox that the test controls. Runs on the
 * test's thread, the same way for the same seed.
 */
final class Simulation {

    static final MessageKind<String> A = MessageKind.json("a");
    static final MessageKind<String> B = MessageKind.json("b");

    // A core that asks for that many steps without any time passing would ask for ever.
    private static final int MOST_STEPS_AT_ONCE = 50_000;

    final VirtualTime time;
    final VirtualOutbox outbox;
    final VirtualHandlers handlers;
    final Recorder recorder;
    final Tally tally = new Tally();
    final DispatchCore core;
    final Engine engine;
    final VirtualLines lines;

    private boolean crashed;
    private boolean finished;

    private Simulation(
            VirtualTime time,
            VirtualOutbox outbox,
            DispatchSettings settings,
            List<DispatchListener> listeners,
            VirtualLines lines,
            RandomGenerator random) {
        this.lines = lines;
        this.time = time;
        this.outbox = outbox;
        this.handlers = new VirtualHandlers(time);
        this.recorder = new Recorder(time::sinceStart);
        List<DispatchListener> all = new ArrayList<>(listeners);
        all.add(tally);
        all.add(recorder);
        all.add(handlers);
        DispatchListener listener = new GuardedListener(all, NOPLogger.NOP_LOGGER);
        this.core = new DispatchCore(settings, listener, random, time.now());
        this.engine = new Engine(
                outbox,
                core,
                handlers,
                settings.overlaps() ? lines.lines() : Lines.direct(core, time::now),
                time,
                time::now,
                settings.timeLimit() != null);
    }

    /** A worker for kind A with the default settings. */
    static Simulation worker() {
        return worker(builder -> builder);
    }

    static Simulation worker(UnaryOperator<Worker.Builder<Void>> options, DispatchListener... listeners) {
        VirtualTime time = new VirtualTime();
        return worker(time, new VirtualOutbox(time::sinceStart), 1, options, listeners);
    }

    /** A worker on an outbox that settles and claims at once. */
    static Simulation fused(UnaryOperator<Worker.Builder<Void>> options) {
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        outbox.fused();
        return worker(time, outbox, 1, options);
    }

    /** A worker on an outbox that may have had others before it. */
    static Simulation worker(
            VirtualTime time,
            VirtualOutbox outbox,
            long seed,
            UnaryOperator<Worker.Builder<Void>> options,
            DispatchListener... listeners) {
        return worker(time, outbox, new SplittableRandom(seed), options, listeners);
    }

    static Simulation worker(
            VirtualTime time,
            VirtualOutbox outbox,
            RandomGenerator random,
            UnaryOperator<Worker.Builder<Void>> options,
            DispatchListener... listeners) {
        Worker.Builder<Void> builder = options.apply(Worker.builder(outbox).handle(A, (payload, message) -> {}));
        return new Simulation(time, outbox, builder.settings(null), List.of(listeners), direct(time), random);
    }

    private static VirtualLines direct(VirtualTime time) {
        return new VirtualLines(time, Duration.ZERO, new SplittableRandom(1));
    }

    /** A worker whose claims and settlements take so long each way, at most, while it goes on. */
    static Simulation overlapping(Duration most, UnaryOperator<Worker.Builder<Void>> options) {
        VirtualTime time = new VirtualTime();
        return overlapping(time, new VirtualOutbox(time::sinceStart), 1, most, options);
    }

    static Simulation overlapping(
            VirtualTime time,
            VirtualOutbox outbox,
            long seed,
            Duration most,
            UnaryOperator<Worker.Builder<Void>> options) {
        SplittableRandom random = new SplittableRandom(seed);
        VirtualLines lines = new VirtualLines(time, most, random.split());
        Worker.Builder<Void> builder = options.apply(Worker.builder(outbox).handle(A, (payload, message) -> {}));
        return new Simulation(time, outbox, builder.settings(null).overlapping(), List.of(), lines, random);
    }

    /** A drainer for kind A. */
    static Simulation drainer(UnaryOperator<Drainer.Builder<Void>> options, Duration limit) {
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        Drainer.Builder<Void> builder = options.apply(Drainer.builder(outbox).handle(A, (payload, message) -> {}));
        return new Simulation(time, outbox, builder.settings(limit), List.of(), direct(time), new SplittableRandom(1));
    }

    /** Until the dispatcher has finished or the process crashed. */
    Simulation run() {
        runUntil(() -> false);
        assertThat(finished || crashed).as("it ended by itself").isTrue();
        return this;
    }

    /** Stops when so much time has passed since the beginning, and runs until it has. */
    Simulation runFor(Duration duration) {
        time.after(duration.minus(time.elapsed()), engine::requestStop);
        return run();
    }

    /** Until this much time has passed since the beginning, or a little more; the dispatcher goes on afterwards. */
    Simulation runTo(Duration elapsed) {
        time.after(elapsed.minus(time.elapsed()), () -> {});
        return runUntil(() -> time.elapsed().compareTo(elapsed) >= 0);
    }

    Simulation runUntil(BooleanSupplier enough) {
        long then = time.now();
        int steps = 0;
        while (!finished && !crashed && !enough.getAsBoolean()) {
            finished = !engine.step();
            steps = time.now() == then ? steps + 1 : 0;
            then = time.now();
            if (steps > MOST_STEPS_AT_ONCE || time.stuck()) {
                throw new AssertionError((time.stuck() ? "waits for ever at " : "spins at ") + time.elapsed());
            }
        }
        return this;
    }

    /** The process ends here: nothing is settled or given back. */
    void crash() {
        crashed = true;
        lines.cut();
    }

    boolean crashed() {
        return crashed;
    }

    Worker.StopReport report() {
        return tally.report(core.leftBehind(), finished);
    }

    Duration elapsed() {
        return time.elapsed();
    }

    int count(Recorder.Told type) {
        return recorder.count(type);
    }

    /** When the first of these was told. */
    Duration firstAt(Recorder.Told type) {
        return Duration.ofNanos(recorder.events(type).get(0).at());
    }

    /** When calls of this kind arrived, since the beginning. */
    List<Duration> callTimes(VirtualOutbox.Op op) {
        return outbox.calls(op).stream()
                .map(call -> Duration.ofNanos(call.at()))
                .toList();
    }

    /** Every message that was claimed is in one of the numbers. */
    void assertAccountedFor() {
        RealFleet.assertAccountedFor(report());
    }
}
