package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * An outbox in memory, on a clock that the test moves: leases, fence, suspects and death bound as the SQL has them. Calls can be made to fail
 * before they take effect or after it, and rows to be busy.
 */
class VirtualOutbox implements OutboxRepository<Void> {

    enum Op {
        CLAIM,
        SETTLE,
        SETTLE_AND_CLAIM,
        RENEW,
        LOOK_AHEAD
    }

    /** What goes wrong with a call. */
    enum Fault {
        NONE,
        REFUSED,
        REPLY_LOST
    }

    /** A call as it arrived. */
    record Call(Op op, long at, int size, List<?> arguments) {}

    static final class Row {
        final UUID id;
        final String kind;
        final int order;
        String status = "pending";
        String lastError = "";
        int attempts;
        int failures;
        int unsettled;
        boolean expires;
        long dueAt;

        @Nullable
        String key;

        Row(UUID id, String kind, int order, long dueAt) {
            this.id = id;
            this.kind = kind;
            this.order = order;
            this.dueAt = dueAt;
        }

        private boolean isHeldBy(Message message) {
            return status.equals("pending") && attempts == message.attempts() && unsettled > 0;
        }
    }

    private final String name;
    private final LongSupplier clock;
    private final Map<UUID, Row> rows = new LinkedHashMap<>();
    private final Map<Op, Deque<Fault>> faults = new EnumMap<>(Op.class);
    private final Map<UUID, Integer> busy = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private Function<Op, Throwable> error = op -> new IllegalStateException("no database for " + op);
    private Consumer<Op> before = op -> {};
    private Consumer<List<Settlement>> settling = settlements -> {};
    private @Nullable RuntimeException verifyError;
    private @Nullable List<Verdict> verdicts;
    private int picksNothing;
    private int nullClaims;
    private boolean fused;
    private boolean ignoresKinds;
    private boolean ignoresSuspicion;
    private boolean looksAhead;
    private final Deque<Claim.Coverage> blindClaims = new ArrayDeque<>();
    private final List<Runnable> subscribers = new ArrayList<>();
    private @Nullable RuntimeException subscriptionError;
    private @Nullable RuntimeException fusedError;
    private int order;

    VirtualOutbox(LongSupplier clock) {
        this("virtual", clock);
    }

    VirtualOutbox(String name, LongSupplier clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Due messages of one kind. */
    synchronized List<UUID> add(String kind, int count) {
        return IntStream.range(0, count).mapToObj(i -> addOne(kind, 0)).toList();
    }

    /** A due message whose last deliveries had no result. */
    synchronized UUID addOne(String kind, int unsettled) {
        Row row = new Row(new UUID(7, ++order), kind, order, clock.getAsLong());
        row.unsettled = unsettled;
        row.attempts = unsettled;
        rows.put(row.id, row);
        return row.id;
    }

    /** Due messages of one kind and ordering key. */
    synchronized List<UUID> addOrdered(String key, String kind, int count) {
        List<UUID> ids = add(kind, count);
        ids.forEach(id -> row(id).key = key);
        return ids;
    }

    /** A message of one kind that becomes due after this time. */
    synchronized UUID addDelayed(String kind, Duration delay) {
        UUID id = addOne(kind, 0);
        row(id).dueAt += delay.toNanos();
        return id;
    }

    /** Somebody deletes it. */
    synchronized void remove(UUID id) {
        rows.remove(id);
    }

    /** Says when something is due. Else it says that something may be now. */
    synchronized void looksAhead() {
        looksAhead = true;
    }

    /** So many claims look at nothing, and say that what they looked at was this. */
    synchronized void claimBlindly(Claim.Coverage coverage, int claims) {
        IntStream.range(0, claims).forEach(i -> blindClaims.add(coverage));
    }

    synchronized void settlesAndClaimsThrows(RuntimeException error) {
        fusedError = error;
    }

    synchronized void onWakeUpThrows(RuntimeException error) {
        subscriptionError = error;
    }

    /** Tells those who want to know that something may be due. */
    synchronized void wakeUp() {
        subscribers.forEach(Runnable::run);
    }

    synchronized int subscribers() {
        return subscribers.size();
    }

    /** Its time to live is over at once. */
    synchronized void expire(UUID id) {
        row(id).expires = true;
    }

    synchronized void fail(Op op, Fault... next) {
        faults(op).addAll(List.of(next));
    }

    synchronized void fail(Op op, int times, Fault fault) {
        IntStream.range(0, times).forEach(i -> faults(op).add(fault));
    }

    private Deque<Fault> faults(Op op) {
        return faults.computeIfAbsent(op, o -> new ArrayDeque<>());
    }

    synchronized void heal() {
        faults.clear();
    }

    synchronized void throwing(Function<Op, Throwable> error) {
        this.error = error;
    }

    synchronized void before(Consumer<Op> action) {
        this.before = action;
    }

    synchronized void settling(Consumer<List<Settlement>> action) {
        this.settling = action;
    }

    /** So many claims see what is due and take none of it, as when it changed at the same moment. */
    synchronized void pickNothing(int claims) {
        picksNothing = claims;
    }

    /** Breaks the contract: so many claims take nothing and return null. */
    synchronized void answerClaimsWithNull(int claims) {
        nullClaims = claims;
    }

    /** Breaks the contract: settlements change nothing and are answered like this. */
    synchronized void answerSettlementsWith(List<Verdict> verdicts) {
        this.verdicts = verdicts;
    }

    /** Breaks the contract: claims hand out messages of any kind. */
    synchronized void ignoreKinds() {
        ignoresKinds = true;
    }

    /** Breaks the contract: claims hand out suspects like everything else. */
    synchronized void ignoreSuspicion() {
        ignoresSuspicion = true;
    }

    synchronized void busy(UUID id, int times) {
        busy.put(id, times);
    }

    synchronized void verifyThrows(RuntimeException error) {
        this.verifyError = error;
    }

    synchronized Row row(UUID id) {
        return Objects.requireNonNull(rows.get(id), "that row is gone");
    }

    synchronized boolean has(UUID id) {
        return rows.containsKey(id);
    }

    synchronized int pending() {
        return (int)
                rows.values().stream().filter(r -> r.status.equals("pending")).count();
    }

    synchronized List<Row> rows() {
        return List.copyOf(rows.values());
    }

    synchronized List<Call> calls(Op op) {
        return calls.stream().filter(c -> c.op() == op).toList();
    }

    /** Somebody else claims it now, whether or not its lease is over. */
    synchronized void steal(UUID id) {
        Row row = row(id);
        row.attempts++;
        row.unsettled++;
        row.dueAt = clock.getAsLong() + Duration.ofSeconds(30).toNanos();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized Optional<Duration> nextDue(Collection<String> kinds) {
        Predicate<Row> isFirst = isFirst();
        return call(
                Op.LOOK_AHEAD,
                kinds.size(),
                List.copyOf(kinds),
                () -> looksAhead
                        ? rows.values().stream()
                                .filter(row ->
                                        row.status.equals("pending") && kinds.contains(row.kind) && isFirst.test(row))
                                .map(row -> Duration.ofNanos(Math.max(0, row.dueAt - clock.getAsLong())))
                                .min(Comparator.naturalOrder())
                        : Optional.of(Duration.ZERO));
    }

    @Override
    public synchronized Subscription onWakeUp(Runnable wakeUp) {
        if (subscriptionError != null) {
            throw subscriptionError;
        }
        subscribers.add(wakeUp);
        return () -> {
            synchronized (this) {
                subscribers.remove(wakeUp);
            }
        };
    }

    /** Of an ordering key, only the first may be claimed. */
    private Predicate<Row> isFirst() {
        Map<String, Row> firsts = new HashMap<>();
        rows.values().stream()
                .filter(row -> row.status.equals("pending"))
                .forEach(row -> firsts.putIfAbsent(row.key, row));
        return row -> row.key == null || firsts.get(row.key) == row;
    }

    @Override
    public synchronized Claim claim(ClaimRequest request) {
        return call(Op.CLAIM, request.limit(), List.of(request), () -> claimNow(request));
    }

    @SuppressWarnings("NullAway") // null is what the test is about
    private Claim claimNow(ClaimRequest request) {
        if (nullClaims > 0) {
            nullClaims--;
            return null;
        }
        long now = clock.getAsLong();
        Claim.Coverage blind = blindClaims.poll();
        if (blind != null) {
            return new Claim(List.of(), List.of(), List.of(), 0, 0, 0, blind, Instant.EPOCH.plusNanos(now));
        }
        Predicate<Row> isFirst = isFirst();
        List<Row> due = rows.values().stream()
                .filter(r -> r.status.equals("pending")
                        && r.dueAt <= now
                        && isFirst.test(r)
                        && (ignoresKinds || request.kinds().contains(r.kind)))
                .sorted(Comparator.<Row>comparingLong(r -> r.dueAt).thenComparing(r -> r.order))
                .filter(withinLimits(request))
                .limit(request.limit())
                .toList();
        int suspects = (int) due.stream().filter(r -> r.unsettled > 0).count();
        List<Message> expired = new ArrayList<>();
        due.stream().filter(r -> r.expires).forEach(r -> {
            r.status = "expired";
            expired.add(message(r, r.unsettled));
        });
        List<Message> dead = new ArrayList<>();
        due.stream()
                .filter(r -> r.status.equals("pending") && r.unsettled > request.maxDeaths())
                .forEach(r -> {
                    r.status = "dead";
                    dead.add(message(r, r.unsettled));
                });
        List<Row> picked =
                pick(due.stream().filter(r -> r.status.equals("pending")).toList(), request.takesSuspects());
        List<Message> messages = new ArrayList<>();
        for (Row row : picked) {
            row.attempts++;
            row.unsettled++;
            row.dueAt = now + request.lease().toNanos();
            messages.add(message(row, row.unsettled - 1));
        }
        return new Claim(
                messages,
                dead,
                expired,
                due.size(),
                picked.size() + dead.size() + expired.size(),
                suspects,
                Claim.Coverage.ALL,
                Instant.EPOCH.plusNanos(now));
    }

    private static Predicate<Row> withinLimits(ClaimRequest request) {
        Map<String, Integer> taken = new HashMap<>();
        return row ->
                taken.merge(row.kind, 1, Integer::sum) <= request.kindLimits().getOrDefault(row.kind, request.limit());
    }

    private List<Row> pick(List<Row> due, boolean takesSuspects) {
        if (picksNothing > 0) {
            picksNothing--;
            return List.of();
        }
        if (ignoresSuspicion) {
            return due;
        }
        if (takesSuspects && !due.isEmpty() && due.get(0).unsettled > 0) {
            return due.subList(0, 1);
        }
        return due.stream().filter(r -> r.unsettled == 0).toList();
    }

    private Message message(Row row, int unsettled) {
        return new Message(
                name,
                row.id,
                row.kind,
                "{}",
                Map.of(),
                row.attempts,
                row.failures,
                unsettled,
                Instant.EPOCH,
                null,
                row.key,
                row.order);
    }

    @Override
    public List<BlockedKey> blockedKeys(@Nullable String after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<UUID> retryNow(Collection<UUID> ids) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<UUID> giveUp(Collection<UUID> ids, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<Verdict> settle(List<Settlement> settlements) {
        return call(Op.SETTLE, settlements.size(), settlements, () -> {
            settling.accept(settlements);
            return verdicts != null
                    ? verdicts
                    : settlements.stream().map(this::settleNow).toList();
        });
    }

    private Verdict settleNow(Settlement settlement) {
        Message message = settlement.message();
        Verdict verdict = verdict(message);
        if (verdict == Verdict.APPLIED) {
            apply(settlement, row(message.id()));
        }
        return verdict;
    }

    private void apply(Settlement settlement, Row row) {
        long now = clock.getAsLong();
        if (settlement instanceof Settlement.Done) {
            rows.remove(row.id);
        } else if (settlement instanceof Settlement.Released) {
            row.unsettled = settlement.message().unsettled();
            row.attempts += row.unsettled > 0 ? 1 : 0;
            row.dueAt = now;
        } else if (settlement instanceof Settlement.Postponed postponed) {
            row.unsettled = 0;
            row.lastError = postponed.reason();
            row.dueAt = now + postponed.retryAfter().toNanos();
        } else {
            row.unsettled = 0;
            row.failures++;
            if (settlement instanceof Settlement.Failed failed) {
                row.lastError = failed.error();
                row.dueAt = now + failed.retryAfter().toNanos();
            } else if (settlement instanceof Settlement.Dead dead) {
                row.lastError = dead.error();
                row.status = "dead";
            }
        }
    }

    private Verdict verdict(Message message) {
        Row row = rows.get(message.id());
        if (row == null || !row.isHeldBy(message)) {
            return Verdict.LEASE_LOST;
        }
        int timesBusy = busy.getOrDefault(row.id, 0);
        busy.put(row.id, Math.max(0, timesBusy - 1));
        return timesBusy > 0 ? Verdict.BUSY : Verdict.APPLIED;
    }

    /** Settlements and claims can be had at once: one call, one fault. */
    synchronized void fused() {
        fused = true;
    }

    @Override
    public synchronized boolean settlesAndClaimsAtOnce() {
        if (fusedError != null) {
            throw fusedError;
        }
        return fused;
    }

    @Override
    public synchronized Claim.WithVerdicts settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return call(
                Op.SETTLE_AND_CLAIM,
                settlements.size(),
                List.of(settlements, request),
                () -> new Claim.WithVerdicts(
                        settlements.stream().map(this::settleNow).toList(), claimNow(request)));
    }

    @Override
    public synchronized List<Verdict> renew(List<Message> messages, Duration lease) {
        return call(
                Op.RENEW,
                messages.size(),
                messages,
                () -> messages.stream().map(message -> renewNow(message, lease)).toList());
    }

    private Verdict renewNow(Message message, Duration lease) {
        Verdict verdict = verdict(message);
        if (verdict == Verdict.APPLIED) {
            Row row = row(message.id());
            row.dueAt = Math.max(row.dueAt, clock.getAsLong() + lease.toNanos());
        }
        return verdict;
    }

    private <R> R call(Op op, int size, List<?> arguments, Supplier<R> effect) {
        calls.add(new Call(op, clock.getAsLong(), size, arguments));
        before.accept(op);
        Fault fault = faults(op).isEmpty() ? Fault.NONE : faults(op).remove();
        if (fault == Fault.REFUSED) {
            throw sneaky(error.apply(op));
        }
        R result = effect.get();
        if (fault == Fault.REPLY_LOST) {
            throw sneaky(error.apply(op));
        }
        return result;
    }

    @SuppressWarnings("unchecked")
    static <E extends Throwable> RuntimeException sneaky(Throwable error) throws E {
        throw (E) error;
    }

    @Override
    public synchronized void verify() {
        if (verifyError != null) {
            throw verifyError;
        }
    }

    @Override
    public EnqueueResult enqueue(Void transaction, Collection<MessageDraft> drafts) {
        throw new UnsupportedOperationException("a dispatcher enqueues nothing");
    }

    @Override
    public EnqueueResult enqueueInOwnTransaction(Collection<MessageDraft> drafts) {
        throw new UnsupportedOperationException("a dispatcher enqueues nothing");
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<Void> work)
            throws Exception {
        synchronized (this) {
            if (verdict(message) != Verdict.APPLIED) {
                return Verdict.LEASE_LOST;
            }
        }
        work.run(null);
        remove(message.id());
        return Verdict.APPLIED;
    }

    @Override
    public OutboxStats stats() {
        throw new UnsupportedOperationException("a dispatcher asks for no numbers");
    }

    @Override
    public List<DeadLetter> deadLetters(DeadLetterQuery query) {
        throw new UnsupportedOperationException("a dispatcher lists no dead letters");
    }

    @Override
    public List<DeadLetter.Count> countDeadLetters(DeadLetterQuery query) {
        throw new UnsupportedOperationException("a dispatcher counts no dead letters");
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query) {
        throw new UnsupportedOperationException("a dispatcher replays nothing");
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query, int perSecond) {
        throw new UnsupportedOperationException("a dispatcher replays nothing");
    }

    @Override
    public DeadLetter.Replay previewReplay(DeadLetterQuery query) {
        throw new UnsupportedOperationException("a dispatcher replays nothing");
    }

    @Override
    public List<UUID> purge(DeadLetterQuery query) {
        throw new UnsupportedOperationException("a dispatcher deletes nothing by hand");
    }
}
