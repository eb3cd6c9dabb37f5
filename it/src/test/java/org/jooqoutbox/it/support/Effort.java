package org.jooqoutbox.it.support;

import java.time.Duration;

/** How much is done of what is done at random. By default as much as an ordinary build has time for; system properties raise it. */
public final class Effort {

    /** {@code outbox.crash.rounds}: what is repeated is repeated so many times as often. */
    public static final int ROUNDS = Math.max(1, Integer.getInteger("outbox.crash.rounds", 1));

    /** {@code outbox.crash.seconds}: for so long processes are killed at random. */
    public static final Duration KILLING = Duration.ofSeconds(Long.getLong("outbox.crash.seconds", 3));

    /** {@code outbox.tenants}: how many tenants share a database. */
    public static final int TENANTS = Math.max(10, Integer.getInteger("outbox.tenants", 100));

    private Effort() {}

    /** {@code outbox.crash.seed}: the seed of random decisions; without it another one each time. */
    public static long seed() {
        return Long.getLong("outbox.crash.seed", System.nanoTime());
    }
}
