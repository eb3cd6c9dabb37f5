package org.jooqoutbox.bench.steadystate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the program was asked for.
 *
 * @param database where the outbox is to be
 * @param pacing who says when messages are to be written
 * @param rate how many messages are to be written a second, if that is this program's to say; 0 for none
 * @param batchMax how many messages go into one transaction, at most
 * @param batchEvery how often a transaction is begun, while less than such a batch is due
 * @param handlers how many handlers may run at once
 * @param payloadBytes how long a payload is, as it is sent
 * @param work how long a handler takes
 * @param sampleEvery how often it is told how things stand, in seconds
 */
record SteadyStateSettings(
        DatabaseUrl database,
        Pacing pacing,
        int rate,
        int batchMax,
        Duration batchEvery,
        int handlers,
        int payloadBytes,
        Duration work,
        int sampleEvery) {

    /** Who says when messages are to be written. */
    enum Pacing {
        /** This program, by the time that has passed. */
        OWN,
        /** Whoever started it, by lines on standard input. */
        HARNESS
    }

    private static final String HARNESS = "harness";

    /**
     * What the environment says.
     *
     * @throws IllegalArgumentException if one of the variables is not what it should be
     */
    static SteadyStateSettings from(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        requireKnownForm(variables);
        return new SteadyStateSettings(
                DatabaseUrl.parse("DATABASE_URL", variables.required("DATABASE_URL", DatabaseUrl.EXPECTED)),
                pacing(variables),
                variables.whole("PRODUCER_RATE", 800, 0, 1_000_000),
                variables.whole("PRODUCER_BATCH_MAX", 128, 1, 10_000),
                Duration.ofMillis(variables.whole("PRODUCER_BATCH_MS", 25, 1, 60_000)),
                variables.whole("WORKER_COUNT", 32, 1, 1_000),
                variables.whole("JOB_PAYLOAD_BYTES", 256, 0, 200_000),
                Duration.ofMillis(variables.whole("JOB_WORK_MS", 1, 0, 20_000)),
                variables.whole("SAMPLE_EVERY_S", 5, 1, 3_600));
    }

    private static void requireKnownForm(Variables variables) {
        variables.oneOf("SCENARIO", List.of("long_horizon"), "this program knows no other scenario, so leave it out");
        variables.oneOf(
                "PRODUCER_MODE",
                List.of("fixed"),
                "this program writes at a rate and not to a depth, so leave it out and set PRODUCER_RATE");
    }

    private static Pacing pacing(Variables variables) {
        String who = variables.oneOf(
                "PRODUCER_PACING",
                List.of("adapter", HARNESS),
                "leave it out if nobody writes ENQUEUE lines to standard input");
        return who.equals(HARNESS) ? Pacing.HARNESS : Pacing.OWN;
    }
}
