package org.jooqoutbox.bench;

import java.time.Duration;
import org.jooqoutbox.bench.systems.Connections;
import org.jooqoutbox.bench.systems.QueueSystem;

/** The end of a load: everything committed was handed to a handler, and nothing is left to be settled. */
final class Quiet {

    private static final long LOOK_MICROS = 20_000;

    private Quiet() {}

    /**
     * Waits for it.
     *
     * @param patience how long nothing may go on before what is missing counts as lost
     * @throws BenchException if messages are lost
     */
    static void await(QueueSystem system, Connections connections, NumberedJourneys journeys, Duration patience)
            throws Exception {
        long done = -1;
        long deadline = 0;
        while (true) {
            long missing = journeys.missing();
            long remaining = missing > 0 ? -1 : system.remaining(connections);
            if (remaining == 0) {
                return;
            }
            // A settlement is progress, too.
            long now = journeys.deliveries() + journeys.duplicates() - Math.max(0, remaining);
            if (now != done) {
                done = now;
                deadline = System.nanoTime() + patience.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new BenchException(system.title() + ": " + missing + " of " + journeys.commits()
                        + " committed messages are lost, " + (remaining < 0 ? "some" : remaining)
                        + " remain unsettled, and nothing happened for " + patience);
            }
            Clock.pass(LOOK_MICROS);
        }
    }
}
