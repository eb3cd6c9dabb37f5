package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.TransactionListener;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.jooq.EnqueueStatement.Form;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * One outbox table on PostgreSQL, reached through jOOQ.
 *
 * <pre>{@code
 * var outbox = JooqOutboxRepository.of(dataSource, OutboxTable.of("accounting.outbox"));
 *
 * dsl.transactionResult(trx -> {
 *     Invoice invoice = insertInvoice(trx.dsl(), order);
 *     outbox.enqueue(trx, INVOICE_ISSUED.draft(new InvoiceIssued(invoice.id(), invoice.total())));
 *     return invoice;
 * });
 * }</pre>
 *
 * <p>Cheap to make, and safe for use by many threads: one per table, for as many tables as there are tenants. jOOQ's exceptions pass
 * through unwrapped.
 */
public final class JooqOutboxRepository implements OutboxRepository<Configuration> {

    private final OutboxTable table;
    private final String sequence;
    private final MessageLimits limits;
    private final LastError lastError;
    private final OutboxMapping mapping;
    private final CallerTransaction callerTransaction;
    private final Configuration base;
    private final @Nullable OwnTransactions ownTransactions;
    private final Statements statements;
    private final DeadLetters deadLetters;
    private final Interventions interventions;
    private final WakeUp wakeUp;
    private final Claims claims;
    private final TransactionalDelivery deliveries;

    private JooqOutboxRepository(Builder builder) {
        table = builder.table;
        sequence = table.quotedSequence();
        limits = builder.limits;
        lastError = new LastError(builder.redaction);
        mapping = new OutboxMapping(table);
        callerTransaction = new CallerTransaction(table, builder.transactionCheck);
        base = builder.base.derive();
        ownTransactions = builder.dataSource == null
                ? null
                : new OwnTransactions(table.toString(), builder.dataSource, base, builder.lockTimeout);
        statements = new Statements(mapping);
        claims = new Claims(table.toString(), statements);
        deliveries = new TransactionalDelivery(table, statements, base);
        Audits audits = new Audits(table, builder.audits);
        deadLetters = new DeadLetters(statements, audits);
        interventions = new Interventions(statements, lastError, audits);
        wakeUp = new WakeUp(table, builder.newNotifications());
    }

    /** The outbox in this table, which claims and settles on connections of its own from this {@code DataSource}. */
    public static JooqOutboxRepository of(DataSource dataSource, OutboxTable table) {
        return builder(table).dataSource(dataSource).build();
    }

    /**
     * The outbox in this table, which claims and settles on connections of its own from the context's {@code DataSource}, with its settings and
     * listeners.
     *
     * @throws IllegalArgumentException if the context is not backed by a {@code DataSource}: it may be in a transaction already
     */
    public static JooqOutboxRepository of(DSLContext dsl, OutboxTable table) {
        return builder(table).dsl(dsl).build();
    }

    /** The outbox in this table, for producers: it enqueues into the transactions it is given, and can do nothing else. */
    public static JooqOutboxRepository forEnqueue(OutboxTable table) {
        return builder(table).build();
    }

    /** A builder for what the factory methods leave at its default. */
    public static Builder builder(OutboxTable table) {
        return new Builder(table);
    }

    @Override
    public String name() {
        return table.toString();
    }

    /** The table. */
    public OutboxTable table() {
        return table;
    }

    @Override
    public EnqueueResult enqueue(Configuration transaction, Collection<MessageDraft> drafts) {
        Drafts checked = check(drafts);
        callerTransaction.require(transaction);
        EnqueueResult result = write(transaction, checked);
        if (!checked.isEmpty()) {
            WakeUpListener.note(transaction, wakeUp);
        }
        return result;
    }

    /**
     * Like {@link #enqueue(Configuration, Collection)}, for the context of the transaction: {@code trx.dsl()}, or one with a thread-bound
     * transaction.
     */
    public EnqueueResult enqueue(DSLContext transaction, Collection<MessageDraft> drafts) {
        return enqueue(transaction.configuration(), drafts);
    }

    /** Like {@link #enqueue(DSLContext, Collection)}. */
    public EnqueueResult enqueue(DSLContext transaction, MessageDraft first, MessageDraft... more) {
        return enqueue(transaction.configuration(), first, more);
    }

    /**
     * The statement that {@link #enqueue(Configuration, Collection)} executes, for those who execute it themselves. Attached to the
     * configuration; whether a transaction is open, and whom to {@link #wakeUp() wake up} afterwards, is then theirs to see to.
     *
     * @throws org.jooqoutbox.InvalidMessageException if a draft cannot be stored as it is
     */
    public Query enqueueQuery(Configuration configuration, Collection<MessageDraft> drafts) {
        CallerTransaction.requirePostgres(table, configuration);
        Drafts checked = check(drafts);
        EnqueueStatement statement =
                checked.mayCoalesce() ? checked.statement(Form.COALESCING_UNTOLD) : checked.plain();
        Map<String, Field<?>> values = values(statement, checked);
        // Whoever executes it may do so without JDBC.
        values.replaceAll((name, value) -> val(((Param<?>) value).getValue()));
        return statements.enqueue(statement).query(configuration, values);
    }

    @Override
    public EnqueueResult enqueueInOwnTransaction(Collection<MessageDraft> drafts) {
        Drafts checked = check(drafts);
        EnqueueResult result = own().run(configuration -> write(configuration, checked));
        if (!checked.isEmpty()) {
            wakeUp.call();
        }
        return result;
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return claims.claim(own(), request);
    }

    @Override
    public List<Settlement.Verdict> settle(List<Settlement> settlements) {
        if (settlements.isEmpty()) {
            return List.of();
        }
        SettlementBatch batch = SettlementBatch.of(settlements, statements, lastError);
        return batch.complete(own().runOften(batch::send), own(), statements);
    }

    @Override
    public boolean settlesAndClaimsAtOnce() {
        return true;
    }

    /** {@inheritDoc} It is one round trip and one transaction, in which the claim sees what the settlement did. */
    @Override
    public Claim.WithVerdicts settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        if (settlements.isEmpty()) {
            return new Claim.WithVerdicts(List.of(), claim(request));
        }
        SettlementBatch batch = SettlementBatch.of(settlements, statements, lastError);
        ClaimAttempt attempt = claims.begin(request);
        Statement both = statements.both(batch.statement(), attempt.statement(statements));
        Map<String, Field<?>> values = new HashMap<>(batch.values());
        values.putAll(attempt.values());
        SettledAndClaimed answers = own().runOften(configuration -> both.read(
                configuration, values, first -> SettledAndClaimed.read(batch, claims.reader(attempt), first)));
        return new Claim.WithVerdicts(
                batch.complete(answers.verdicts(), own(), statements), claims.end(own(), attempt, answers.result()));
    }

    @Override
    public List<Settlement.Verdict> renew(List<Message> messages, Duration lease) {
        ClaimRequest.of(1).lease(lease);
        if (messages.isEmpty()) {
            return List.of();
        }
        Map<String, Field<?>> values = SettlementArrays.ofMessages(messages);
        values.put("lease", DriverBinding.value(SettlementArrays.micros(lease)));
        return own().runOften(new SettlementBatch(statements.renew(), values, messages, true)::send);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The {@code Configuration} has settings and listeners of the context that this repository was made with. Nested
     * {@code trx.dsl().transaction(…)} are savepoints, and {@code enqueue(trx, …)} writes messages that commit with the rest. Its connection
     * refuses to commit, to roll back and to be closed. A statement that failed and whose exception was swallowed, or a {@code commit} or
     * {@code rollback} sent as the last SQL text, is an exception; do not send one with other statements after it: that is not noticed.
     *
     * @throws OutboxException also if the work left the transaction failed or ended
     */
    @Override
    public Settlement.Verdict deliverInTransaction(
            Message message, Duration idleTimeout, TransactionalWork<Configuration> work) throws Exception {
        return deliveries.deliver(own(), message, idleTimeout, work);
    }

    /**
     * {@inheritDoc} Zero also while it takes long to look at everything, because dead rows are kept for an old snapshot: then a claim looks, from
     * where the last one got to.
     */
    @Override
    public Optional<Duration> nextDue(Collection<String> kinds) {
        return claims.areSlow()
                ? Optional.of(Duration.ZERO)
                : own().run(configuration -> NextDueStatement.ask(configuration, statements, kinds));
    }

    @Override
    public OutboxStats stats() {
        return own().run(configuration -> StatsStatement.read(statements
                .stats()
                .resultQuery(configuration, Map.of())
                .coerce(StatsStatement.RESULT)
                .fetchSingle()));
    }

    @Override
    public List<DeadLetter> deadLetters(DeadLetterQuery query) {
        return deadLetters.list(own(), query);
    }

    @Override
    public List<DeadLetter.Count> countDeadLetters(DeadLetterQuery query) {
        return deadLetters.count(own(), query);
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query) {
        return wakingUp(deadLetters.replay(own(), query));
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query, int perSecond) {
        return wakingUp(deadLetters.replay(own(), query, perSecond));
    }

    private DeadLetter.Replay wakingUp(DeadLetter.Replay replay) {
        if (!replay.replayed().isEmpty()) {
            becameDue();
        }
        return replay;
    }

    @Override
    public DeadLetter.Replay previewReplay(DeadLetterQuery query) {
        return deadLetters.previewReplay(own(), query);
    }

    @Override
    public List<UUID> purge(DeadLetterQuery query) {
        return deadLetters.purge(own(), query);
    }

    @Override
    public List<BlockedKey> blockedKeys(@Nullable String after, int limit) {
        if (limit < 1 || limit > BlockedKeysStatement.MOST) {
            throw new IllegalArgumentException(
                    "limit must be from 1 to " + BlockedKeysStatement.MOST + ", it is " + limit);
        }
        return own().run(configuration -> statements
                .blockedKeys()
                .resultQuery(configuration, BlockedKeysStatement.values(after, limit))
                .coerce(BlockedKeysStatement.RESULT)
                .fetch(BlockedKeysStatement::read));
    }

    @Override
    public List<UUID> retryNow(Collection<UUID> ids) {
        return waking(interventions.retryNow(own(), ids));
    }

    /** {@inheritDoc} It is redacted and cut as errors are. */
    @Override
    public List<UUID> giveUp(Collection<UUID> ids, String reason) {
        return waking(interventions.giveUp(own(), ids, Objects.requireNonNull(reason, "reason")));
    }

    private void becameDue() {
        claims.becameDue();
        wakeUp.call();
    }

    /** They are due now, or those behind them are. */
    private List<UUID> waking(List<UUID> changed) {
        if (!changed.isEmpty()) {
            becameDue();
        }
        return changed;
    }

    @Override
    public void verify() {
        List<String> problems =
                own().run(configuration -> configuration.dsl().connectionResult(c -> OutboxSchema.check(c, table)));
        if (!problems.isEmpty()) {
            throw new OutboxException("outbox " + table + " is not as this library needs it: "
                    + String.join("; ", problems) + ". OutboxSchema.install(dataSource, table) brings it up to date");
        }
    }

    /**
     * A listener with which dispatchers in this process learn of new messages at once instead of at their next poll. Registered once on the
     * Configuration that transactions are begun from, it serves all outboxes:
     *
     * <pre>{@code
     * configuration.setAppending(JooqOutboxRepository.wakeUpAfterCommit());
     * }</pre>
     *
     * <p>After the commit of the outermost transaction, on the thread that committed, each outbox that {@code enqueue} was called for in it calls
     * its subscribers once: those of every repository for this table in this process, whichever of them wrote. Nobody is called for what was
     * rolled back, in a nested transaction or as a whole. Where transactions are not jOOQ's, it learns of nothing: see {@link #wakeUp()}.
     *
     * @return always the same, stateless, safe for use by many threads; registering it twice does no harm
     */
    public static TransactionListener wakeUpAfterCommit() {
        return WakeUpListener.INSTANCE;
    }

    /**
     * Tells the dispatchers of this outbox, of every repository for this table in this process, that messages may have become due. To be called
     * after a commit that {@link #wakeUpAfterCommit()} does not see, because the transaction was Spring's or plain JDBC's. Only a hint: it does no
     * harm too often, too early or not at all. Returns at once, and throws nothing.
     */
    public void wakeUp() {
        wakeUp.call();
    }

    /**
     * {@inheritDoc} Calls come after a commit that {@link #wakeUpAfterCommit()} saw, after {@link #wakeUp()}, after a replay and after a message
     * was enqueued in a transaction of its own, if that was in this process; and on a thread of this class's for what happens in other
     * processes, with {@link Builder#notifications()}.
     */
    @Override
    public Subscription onWakeUp(Runnable wakeUp) {
        return this.wakeUp.subscribe(Objects.requireNonNull(wakeUp, "wakeUp"));
    }

    /**
     * A context for queries of the caller's own, in which the generated class {@code Outbox} means this table. It is in the caller's transaction
     * and on its connection, with its settings and listeners. The caller's Configuration is not changed.
     *
     * @throws OutboxException if the Configuration has settings with which jOOQ would render another name
     */
    public DSLContext dsl(Configuration configuration) {
        return mapping.dsl(configuration);
    }

    @Override
    public String toString() {
        return "outbox " + table;
    }

    private Drafts check(Collection<MessageDraft> drafts) {
        drafts.forEach(limits::check);
        return Drafts.of(drafts);
    }

    private EnqueueResult write(Configuration configuration, Drafts drafts) {
        if (drafts.isEmpty()) {
            return drafts.allWritten();
        }
        if (drafts.mayCoalesce()) {
            EnqueueStatement statement = drafts.statement(Form.COALESCING);
            return drafts.written(statements
                    .enqueue(statement)
                    .resultQuery(configuration, values(statement, drafts))
                    .coerce(OUTBOX.ID)
                    .fetchSet(OUTBOX.ID));
        }
        EnqueueStatement statement = drafts.plain();
        statements
                .enqueue(statement)
                .query(configuration, values(statement, drafts))
                .execute();
        return drafts.allWritten();
    }

    private Map<String, Field<?>> values(EnqueueStatement statement, Drafts drafts) {
        return statement.values(drafts.ids(), drafts.drafts(), sequence);
    }

    private OwnTransactions own() {
        if (ownTransactions == null) {
            throw new OutboxException(
                    "outbox " + table + ": this repository was made for enqueueing into the caller's transactions only."
                            + " Give it a DataSource for everything else: JooqOutboxRepository.of(dataSource, table)");
        }
        return ownTransactions;
    }

    /**
     * Says whether a connection from a {@code DataSource} takes part in a transaction of the calling thread.
     *
     * <p>Needed only for transaction managers other than jOOQ's and Spring's, such as JTA: from outside, a pool that hands out connections with
     * auto-commit off looks the same inside and outside a transaction.
     */
    @FunctionalInterface
    public interface TransactionCheck {

        /**
         * Whether a transaction is open on the calling thread in which connections of this {@code DataSource} take part. Called at each
         * enqueue; must be safe for use by many threads.
         */
        boolean isTransactionActive(DataSource dataSource);
    }

    /** Builds repositories. Not safe for use by many threads. */
    public static final class Builder {

        private final OutboxTable table;
        private @Nullable DataSource dataSource;
        private Configuration base = new DefaultConfiguration().set(SQLDialect.POSTGRES);
        private MessageLimits limits = MessageLimits.defaults();
        private @Nullable TransactionCheck transactionCheck;
        private @Nullable Duration lockTimeout;
        private UnaryOperator<String> redaction = UnaryOperator.identity();
        private final List<DeadLetter.Audit> audits = new ArrayList<>();
        private boolean notifications;
        private @Nullable DataSource notifyThrough;
        private @Nullable DataSource listenThrough;

        private Builder(OutboxTable table) {
            this.table = table;
        }

        /** Where everything but enqueue gets its connections from. Replaces {@link #dsl}. Default: none, for producers. */
        public Builder dataSource(DataSource dataSource) {
            this.dataSource = dataSource;
            return this;
        }

        /**
         * Takes {@code DataSource}, settings and listeners for everything but enqueue from this context. Replaces {@link #dataSource}.
         *
         * @throws IllegalArgumentException if the context is not backed by a {@code DataSource}: it may be in a transaction already
         */
        public Builder dsl(DSLContext dsl) {
            Configuration configuration = dsl.configuration();
            CallerTransaction.requirePostgres(table, configuration);
            if (!(configuration.connectionProvider() instanceof DataSourceConnectionProvider provider)) {
                throw new IllegalArgumentException(
                        "outbox " + table + ": claims need transactions of their own, but this DSLContext gets its"
                                + " connections from a "
                                + configuration.connectionProvider().getClass().getSimpleName()
                                + " and may be in a transaction of the caller's. Pass a DSLContext made with a DataSource, or the DataSource itself");
            }
            this.dataSource = provider.dataSource();
            this.base = configuration;
            return this;
        }

        /** What a message may be like. Default: {@link MessageLimits#defaults()}. */
        public Builder limits(MessageLimits limits) {
            this.limits = limits;
            return this;
        }

        /** How a transaction is recognised on a Configuration that takes connections from a {@code DataSource} and whose transactions neither jOOQ nor
         * Spring manages. Default: such a Configuration is refused. One on a connection with auto-commit off needs no check. */
        public Builder transactionCheck(TransactionCheck check) {
            this.transactionCheck = check;
            return this;
        }

        /**
         * How long a claim, settlement, renewal or look ahead waits for a lock on the table, as while somebody alters it, before it fails and is
         * tried again; rows are never waited for. Their plans are not kept then. Default: as long as the connection's {@code lock_timeout} says, which is for ever by default.
         *
         * @param timeout from 1 ms to 1 day
         */
        public Builder lockTimeout(Duration timeout) {
            if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("lockTimeout must be from 1 ms to 1 day, not " + timeout);
            }
            this.lockTimeout = timeout;
            return this;
        }

        /** What is done to an error text before it is stored, for instance to take secrets out. Logs and listeners get it as it was. Default: nothing. */
        public Builder redactErrors(UnaryOperator<String> redaction) {
            this.redaction = redaction;
            return this;
        }

        /**
         * Who is told what was done to messages by hand, on the thread that did it, after the commit; may be called several times. Must be
         * safe for use by many threads. Default: nobody.
         */
        public Builder audit(DeadLetter.Audit audit) {
            audits.add(Objects.requireNonNull(audit, "audit"));
            return this;
        }

        /**
         * Tells dispatchers in other processes too that messages may have become due, and is told by them, with PostgreSQL's {@code NOTIFY} and
         * {@code LISTEN}, both through this repository's {@code DataSource} unless {@link #notifyThrough} or {@link #listenThrough} says
         * otherwise. Default: off; they poll.
         *
         * <p>Notifications are sent where subscribers in this process are called, so producers have to register {@link #wakeUpAfterCommit()} or
         * call {@link #wakeUp()}. They are sent after the commit, never in the business transaction, by one daemon thread per
         * {@code DataSource}, at most one per outbox in ten milliseconds; failures are logged.
         *
         * <p>They are received on one connection and by one daemon thread per {@code DataSource}, for all its outboxes together, from the first
         * {@link JooqOutboxRepository#onWakeUp subscription} to the last. <b>For so long that connection is missing from its pool</b>: a pool needs
         * one more, and one that has only one needs another {@code DataSource} here. The connection is replaced when it breaks. A pooler in
         * transaction mode swallows notifications: that is found out by a test, reported, and nothing is listened to until a later test succeeds.
         */
        public Builder notifications() {
            notifications = true;
            return this;
        }

        /**
         * Sends notifications, through this {@code DataSource}: for producers without one of their own. It may lead through a pooler in any mode.
         * See {@link #notifications()}. Default: none are sent, or through the repository's own.
         */
        public Builder notifyThrough(DataSource dataSource) {
            notifyThrough = Objects.requireNonNull(dataSource, "dataSource");
            return this;
        }

        /**
         * Receives notifications, on a connection from this {@code DataSource}: for one that goes past a pooler. It need not be a pool. See
         * {@link #notifications()}. Default: none are received, or through the repository's own.
         */
        public Builder listenThrough(DataSource dataSource) {
            listenThrough = Objects.requireNonNull(dataSource, "dataSource");
            return this;
        }

        private Notifications newNotifications() {
            if (notifications && dataSource == null && notifyThrough == null) {
                throw new IllegalArgumentException("outbox " + table
                        + ": notifications are sent on a connection of their own, after the commit, and this repository has no DataSource."
                        + " Name one with notifyThrough(dataSource)");
            }
            @Nullable DataSource own = notifications ? dataSource : null;
            return new Notifications(
                    notifyThrough == null ? own : notifyThrough, listenThrough == null ? own : listenThrough);
        }

        /**
         * The repository.
         *
         * @throws IllegalArgumentException if {@link #notifications()} has no {@code DataSource} to send through
         */
        public JooqOutboxRepository build() {
            return new JooqOutboxRepository(this);
        }
    }
}
