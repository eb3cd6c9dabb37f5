package org.jooqoutbox.bench.steadystate;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends the process in an orderly way when a signal asks for that: with exit code 0, where the JVM's own would be 128 and the signal, and in time,
 * whatever the server is up to.
 */
final class Ending {

    private static final Logger LOG = System.getLogger(Ending.class.getName());
    private static final Duration LIMIT = Duration.ofMillis(4_500);

    private static final int UNDECIDED = -1;
    private static final int ASKED_TO = 0;
    private static final int FAILED = 1;

    private final AtomicInteger exitCode = new AtomicInteger(UNDECIDED);
    private final BlockingDeque<Runnable> steps = new LinkedBlockingDeque<>();
    private final Thread hook = new Thread(this::end, "steady-state-ending");

    private Ending() {}

    /** From now on signals end the process like that. */
    static Ending armed() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(ending.hook);
        return ending;
    }

    /** Something to be done at the end, before all that was registered earlier. */
    void first(Runnable step) {
        steps.addFirst(step);
    }

    /** Ends it with exit code 1 because of this, unless it is about to end already: then this comes of that. */
    void because(Exception failure) {
        if (exitCode.compareAndSet(UNDECIDED, FAILED)) {
            LOG.log(Level.ERROR, "cannot begin, or not go on", failure);
            System.exit(FAILED);
        }
    }

    // Halts, as a shutdown hook cannot choose the exit code otherwise.
    private void end() {
        exitCode.compareAndSet(UNDECIDED, ASKED_TO);
        try {
            Daemon.start("ends", () -> steps.forEach(Ending::take)).join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            System.err.println("interrupted while ending: " + e);
        } finally {
            Runtime.getRuntime().halt(exitCode.get());
        }
    }

    private static void take(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            System.err.println("ending goes on, though a step failed: " + e); // logs have ended by now
        }
    }
}
