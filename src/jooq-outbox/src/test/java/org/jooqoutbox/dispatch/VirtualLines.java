package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Calls that take virtual time to arrive, and their answers to come back, while the dispatcher goes on. */
final class VirtualLines {

    private final VirtualTime time;
    private final Duration most;
    private final RandomGenerator random;
    private final List<String> violations = new ArrayList<>();
    private boolean cut;

    /**
     * Lines with nothing under way.
     *
     * @param most how long each way takes: exactly that without a random number, at most with one
     */
    VirtualLines(VirtualTime time, Duration most, RandomGenerator random) {
        this.time = time;
        this.most = most;
        this.random = random;
    }

    Lines lines() {
        return new Lines(line("claim"), line("settlement"));
    }

    /** Calls that were made while another one was under way on the same line. */
    List<String> violations() {
        return violations;
    }

    /** The process ends: what is on its way still arrives, but no answer does. */
    void cut() {
        cut = true;
    }

    private Lines.Line line(String what) {
        boolean[] busy = new boolean[1];
        return call -> {
            if (busy[0]) {
                violations.add("two of " + what + " at " + time.elapsed());
            }
            busy[0] = true;
            time.after(way(), () -> {
                Mailbox.Mail answer = call.make();
                time.after(way(), () -> {
                    busy[0] = false;
                    if (!cut) {
                        time.put(answer);
                    }
                });
            });
        };
    }

    private Duration way() {
        return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
    }
}
