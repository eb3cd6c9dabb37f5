package org.jooqoutbox;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a claim may take. Immutable.
 *
 * <pre>{@code
 * ClaimRequest.of(100).lease(Duration.ofSeconds(30)).kinds(Set.of("invoice.issued"))
 * }</pre>
 */
public final class ClaimRequest {

    /** The lease of a request that does not say otherwise. */
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

    /** How often a message may die alone, where a request does not say otherwise. */
    public static final int DEFAULT_MAX_DEATHS = 3;

    private static final String NO_KINDS =
            "a claim for no kinds at all would never take anything: name one, or claim any kind";
    private static final int MAX_LIMIT = 10_000;
    private static final Duration MAX_LEASE = Duration.ofDays(1);

    private final int limit;
    private final Duration lease;
    private final Map<String, Integer> kindLimits;
    private final boolean suspects;
    private final int maxDeaths;

    private ClaimRequest(int limit, Duration lease, Map<String, Integer> kindLimits, boolean suspects, int maxDeaths) {
        this.limit = limit;
        this.lease = lease;
        this.kindLimits = kindLimits;
        this.suspects = suspects;
        this.maxDeaths = maxDeaths;
    }

    /**
     * At most this many messages, of any kind, for {@link #DEFAULT_LEASE}.
     *
     * @param limit from 1 to 10,000
     * @throws IllegalArgumentException if it is not
     */
    public static ClaimRequest of(int limit) {
        requireLimit(limit);
        return new ClaimRequest(limit, DEFAULT_LEASE, Map.of(), true, DEFAULT_MAX_DEATHS);
    }

    /**
     * How long the messages are the claimer's alone. Without a settlement or renewal they come back after that.
     *
     * @param lease from one millisecond to one day
     * @throws IllegalArgumentException if it is not
     */
    public ClaimRequest lease(Duration lease) {
        requireLease(lease);
        return new ClaimRequest(limit, lease, kindLimits, suspects, maxDeaths);
    }

    /**
     * Only messages of these kinds. Others stay where they are and cost nothing. When there is more than one, each claim begins with another
     * one. Default: messages of any kind.
     *
     * @throws IllegalArgumentException if there is none: a claim that may take nothing is a mistake
     */
    public ClaimRequest kinds(Collection<String> kinds) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException(NO_KINDS);
        }
        Map<String, Integer> limits = new LinkedHashMap<>();
        kinds.forEach(kind -> limits.put(kind, limit));
        return kindLimits(limits);
    }

    /**
     * Only messages of these kinds, and of each at most so many. Others stay where they are and cost nothing. When there is more than one,
     * each claim begins with another one. Default: messages of any kind.
     *
     * @param limits from 1 to 10,000 for each kind; the {@link #limit} holds besides
     * @throws IllegalArgumentException if there is none: a claim that may take nothing is a mistake
     */
    public ClaimRequest kindLimits(Map<String, Integer> limits) {
        if (limits.isEmpty()) {
            throw new IllegalArgumentException(NO_KINDS);
        }
        limits.forEach((kind, most) -> {
            MessageNames.requireKind(kind);
            requireLimit(most);
        });
        Map<String, Integer> copy = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
        return new ClaimRequest(limit, lease, copy, suspects, maxDeaths);
    }

    /**
     * Leaves out messages whose last delivery ended without a result: they may kill the process, and the claimer has others at work.
     * Default: when such a message is the oldest, it is claimed, and nothing beside it.
     */
    public ClaimRequest withoutSuspects() {
        return new ClaimRequest(limit, lease, kindLimits, false, maxDeaths);
    }

    /**
     * After this many deliveries that ended without a result while nothing ran beside it, a message becomes a dead letter instead of being
     * claimed. Default: 3.
     *
     * @param maxDeaths at least 1; {@link Integer#MAX_VALUE} for never
     */
    public ClaimRequest maxDeaths(int maxDeaths) {
        if (maxDeaths < 1) {
            throw new IllegalArgumentException("maxDeaths must be at least 1, not " + maxDeaths);
        }
        return new ClaimRequest(limit, lease, kindLimits, suspects, maxDeaths);
    }

    /** How many messages at most. */
    public int limit() {
        return limit;
    }

    /** How long they are the claimer's. */
    public Duration lease() {
        return lease;
    }

    /** The kinds it is about; empty for any kind. */
    public Set<String> kinds() {
        return kindLimits.keySet();
    }

    /** The kinds it is about, with the most it may take of each; empty for any kind. */
    public Map<String, Integer> kindLimits() {
        return kindLimits;
    }

    /** Whether it may take a message whose last delivery ended without a result. */
    public boolean takesSuspects() {
        return suspects;
    }

    /** After how many deaths alone a message becomes a dead letter. */
    public int maxDeaths() {
        return maxDeaths;
    }

    private static void requireLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("a claim takes from 1 to " + MAX_LIMIT + " messages, not " + limit);
        }
    }

    static void requireLease(Duration lease) {
        if (lease.compareTo(Duration.ofMillis(1)) < 0 || lease.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException("a lease lasts from 1 ms to " + MAX_LEASE + ", not " + lease);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClaimRequest that
                && limit == that.limit
                && lease.equals(that.lease)
                && kindLimits.equals(that.kindLimits)
                && suspects == that.suspects
                && maxDeaths == that.maxDeaths;
    }

    @Override
    public int hashCode() {
        return Objects.hash(limit, lease, kindLimits, suspects, maxDeaths);
    }

    @Override
    public String toString() {
        return "claim of at most " + limit + " for " + lease
                + (kindLimits.isEmpty() ? " of any kind" : " of " + kindLimits) + (suspects ? "" : " without suspects");
    }
}
