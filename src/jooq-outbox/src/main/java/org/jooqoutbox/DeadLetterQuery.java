package org.jooqoutbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.DeadLetter.Status;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant, and how many at most. Conditions add up. Immutable.
 *
 * <pre>{@code
 * DeadLetterQuery.all().kinds(Set.of("invoice.issued")).errorContaining("connection refused").limit(1_000)
 * }</pre>
 *
 * <p>Those that died last come first. The next page begins {@link #after} the last letter of this one.
 */
public final class DeadLetterQuery {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 10_000;

    private final @Nullable List<UUID> ids;
    private final List<String> kinds;
    private final Set<Status> statuses;
    private final @Nullable String error;
    private final @Nullable Duration age;
    private final @Nullable DeadLetter after;
    private final int limit;

    private DeadLetterQuery(
            @Nullable List<UUID> ids,
            List<String> kinds,
            Set<Status> statuses,
            @Nullable String error,
            @Nullable Duration age,
            @Nullable DeadLetter after,
            int limit) {
        this.ids = ids;
        this.kinds = kinds;
        this.statuses = statuses;
        this.error = error;
        this.age = age;
        this.after = after;
        this.limit = limit;
    }

    /** The 100 that died last, of any kind, those that expired left out. */
    public static DeadLetterQuery all() {
        return new DeadLetterQuery(
                null, List.of(), Set.of(Status.DEAD, Status.PARKED), null, null, null, DEFAULT_LIMIT);
    }

    /** Only these. None at all finds nothing. */
    public DeadLetterQuery ids(Collection<UUID> ids) {
        List<UUID> copy = List.copyOf(new LinkedHashSet<>(ids));
        return new DeadLetterQuery(copy, kinds, statuses, error, age, after, limit);
    }

    /**
     * Only messages of these kinds. Default: of any kind.
     *
     * @throws IllegalArgumentException if there is none
     */
    public DeadLetterQuery kinds(Collection<String> kinds) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException(
                    "dead letters of no kind at all: name a kind, or leave the condition out");
        }
        List<String> copy = List.copyOf(new LinkedHashSet<>(kinds));
        return new DeadLetterQuery(ids, copy, statuses, error, age, after, limit);
    }

    /** Only those that came to be dead letters in one of these ways. Default: {@link Status#DEAD} and {@link Status#PARKED}. */
    public DeadLetterQuery statuses(Status first, Status... more) {
        return new DeadLetterQuery(ids, kinds, Set.copyOf(EnumSet.of(first, more)), error, age, after, limit);
    }

    /**
     * Only those whose last error contains this text, upper and lower case told apart.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public DeadLetterQuery errorContaining(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty text is in every error: leave the condition out");
        }
        return new DeadLetterQuery(ids, kinds, statuses, text, age, after, limit);
    }

    /**
     * Only those that died at least this long ago, by the database's clock.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public DeadLetterQuery olderThan(Duration age) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("olderThan must not be negative, it is " + age);
        }
        return new DeadLetterQuery(ids, kinds, statuses, error, age, after, limit);
    }

    /** Only those that come after this one in the listing: the next page. */
    public DeadLetterQuery after(DeadLetter last) {
        Objects.requireNonNull(last, "last");
        return new DeadLetterQuery(ids, kinds, statuses, error, age, last, limit);
    }

    /**
     * At most this many: a page of a listing, or what one replay or purge changes in its transaction. Counts take no notice of it. Default:
     * 100.
     *
     * @param limit from 1 to 10,000
     * @throws IllegalArgumentException if it is not
     */
    public DeadLetterQuery limit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("the limit must be from 1 to " + MAX_LIMIT + ", not " + limit);
        }
        return new DeadLetterQuery(ids, kinds, statuses, error, age, after, limit);
    }

    /** The ids it is restricted to, if it is. */
    public Optional<List<UUID>> ids() {
        return Optional.ofNullable(ids);
    }

    /** The kinds it is about; empty for any kind. */
    public Set<String> kinds() {
        return new LinkedHashSet<>(kinds);
    }

    /** The ways in which they came to be dead letters. */
    public Set<Status> statuses() {
        return statuses;
    }

    /** What their last error contains, if that matters. */
    public Optional<String> errorContaining() {
        return Optional.ofNullable(error);
    }

    /** How long ago they died at least, if that matters. */
    public Optional<Duration> olderThan() {
        return Optional.ofNullable(age);
    }

    /** The last letter of the page before, if there was one. */
    public Optional<DeadLetter> after() {
        return Optional.ofNullable(after);
    }

    /** How many at most. */
    public int limit() {
        return limit;
    }

    /** The conditions, on one line; not the text that errors contain, which may hold secrets. */
    @Override
    public String toString() {
        List<String> conditions = new ArrayList<>();
        conditions.add("at most " + limit);
        ids().ifPresent(some -> conditions.add(some.size() + " ids"));
        conditions.add(kinds.isEmpty() ? "any kind" : "kinds " + kinds);
        conditions.add("status " + EnumSet.copyOf(statuses));
        errorContaining().ifPresent(text -> conditions.add("a certain error"));
        olderThan().ifPresent(some -> conditions.add("older than " + some));
        after().ifPresent(some -> conditions.add("after " + some.id()));
        return "dead letters: " + String.join(", ", conditions);
    }
}
