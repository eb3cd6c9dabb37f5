package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Results;
import org.jooq.SQLDialect;
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
 * <p>Immutable, cheap to make, and safe for use by many threads: one per table, for as many tables as there are tenants. jOOQ's exceptions pass
 * through unwrapped.
 */
public final class JooqOutboxRepository implements OutboxRepository<Configuration> {

    private final OutboxTable table;
    private final MessageLimits limits;
    private final LastError lastError;
    private final OutboxMapping mapping;
    private final CallerTransaction callerTransaction;
    private final Configuration base;
    private final @Nullable OwnTransactions ownTransactions;
    private final Statements statements;
    private final DeadLetters deadLetters;
    private final Claims claims;

    private JooqOutboxRepository(Builder builder) {
        table = builder.table;
        limits = builder.limits;
        lastError = new LastError(builder.redaction);
        mapping = new OutboxMapping(table);
        callerTransaction = new CallerTransaction(table, builder.transactionCheck);
        base = builder.base.derive();
        ownTransactions = builder.dataSource == null ? null : new OwnTransactions(table, builder.dataSource, base);
        statements = new Statements(mapping);
        claims = new Claims(table.toString(), statements);
        deadLetters = new DeadLetters(table, statements, builder.audits);
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
        return write(transaction, checked);
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
     * configuration; whether a transaction is open is then theirs to see to.
     *
     * @throws org.jooqoutbox.InvalidMessageException if a draft cannot be stored as it is
     */
    public Query enqueueQuery(Configuration configuration, Collection<MessageDraft> drafts) {
        CallerTransaction.requirePostgres(table, configuration);
        Drafts checked = check(drafts);
        Statement statement = checked.mayCoalesce() ? statements.enqueueCoalescingUntold() : statements.enqueue();
        return statement.query(configuration, checked.values(table));
    }

    @Override
    public EnqueueResult enqueueInOwnTransaction(Collection<MessageDraft> drafts) {
        Drafts checked = check(drafts);
        return own().run(configuration -> write(configuration, checked));
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
        return verdicts(
                statements.settle(),
                SettlementArrays.of(settlements, lastError),
                settlements.stream().map(Settlement::message).toList());
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
        ClaimAttempt attempt = claims.begin(request);
        Statement both = statements.settle().then(attempt.statement(statements));
        Map<String, Field<?>> values = SettlementArrays.of(settlements, lastError);
        values.putAll(attempt.values());
        List<Message> sent = settlements.stream().map(Settlement::message).toList();
        Results results = own().run(
                        configuration -> both.resultQuery(configuration, values).fetchMany());
        return new Claim.WithVerdicts(
                Verdicts.of(
                        sent,
                        results.get(0).into(SettleStatement.ID, SettleStatement.ATTEMPTS, SettleStatement.VERDICT)),
                claims.end(
                        own(),
                        attempt,
                        ClaimResult.of(
                                name(), attempt.from().isSweep(), results.get(1).into(ClaimStatement.RESULT))));
    }

    @Override
    public List<Settlement.Verdict> renew(List<Message> messages, Duration lease) {
        ClaimRequest.of(1).lease(lease);
        if (messages.isEmpty()) {
            return List.of();
        }
        Map<String, Field<?>> values = SettlementArrays.ofMessages(messages);
        values.put("lease", val(SettlementArrays.micros(lease)));
        return verdicts(statements.renew(), values, messages);
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
        Map<String, Field<?>> done = SettlementArrays.of(List.of(Settlement.done(message)), lastError);
        return new TransactionalDelivery(table, own(), base)
                .deliver(
                        idleTimeout,
                        transaction -> verdicts(transaction, statements.settle(), done, List.of(message))
                                .get(0),
                        work);
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
        DeadLetter.Replay replay = deadLetters.replay(own(), query);
        claims.becameDue();
        return replay;
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query, int perSecond) {
        DeadLetter.Replay replay = deadLetters.replay(own(), query, perSecond);
        claims.becameDue();
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
    public void verify() {
        List<String> problems =
                own().run(configuration -> configuration.dsl().connectionResult(c -> OutboxSchema.check(c, table)));
        if (!problems.isEmpty()) {
            throw new OutboxException("outbox " + table + " is not as this library needs it: "
                    + String.join("; ", problems) + ". OutboxSchema.install(dataSource, table) brings it up to date");
        }
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
        Statement statement = drafts.mayCoalesce() ? statements.enqueueCoalescing() : statements.enqueue();
        Map<String, Field<?>> values = drafts.values(table);
        if (drafts.mayCoalesce()) {
            return drafts.written(statement
                    .resultQuery(configuration, values)
                    .coerce(OUTBOX.ID)
                    .fetchSet(OUTBOX.ID));
        }
        statement.query(configuration, values).execute();
        return drafts.allWritten();
    }

    private List<Settlement.Verdict> verdicts(Statement statement, Map<String, Field<?>> values, List<Message> sent) {
        return own().run(configuration -> verdicts(configuration, statement, values, sent));
    }

    private static List<Settlement.Verdict> verdicts(
            Configuration configuration, Statement statement, Map<String, Field<?>> values, List<Message> sent) {
        return Verdicts.of(
                sent,
                statement
                        .resultQuery(configuration, values)
                        .coerce(SettleStatement.ID, SettleStatement.ATTEMPTS, SettleStatement.VERDICT)
                        .fetch());
    }

    private OwnTransactions own() {
        if (ownTransactions == null) {
            throw new OutboxException(
                    "outbox " + table + ": this repository was made for enqueueing into the caller's transactions only."
                            + " Give it a DataSource for everything else: JooqOutboxRepository.of(dataSource, table)");
        }
        return ownTransactions;
    }

    /** Builds repositories. Not safe for use by many threads. */
    public static final class Builder {

        private final OutboxTable table;
        private @Nullable DataSource dataSource;
        private Configuration base = new DefaultConfiguration().set(SQLDialect.POSTGRES);
        private MessageLimits limits = MessageLimits.defaults();
        private @Nullable TransactionCheck transactionCheck;
        private UnaryOperator<String> redaction = UnaryOperator.identity();
        private final List<DeadLetter.Audit> audits = new ArrayList<>();

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

        /** What is done to an error text before it is stored, for instance to take secrets out. Logs and listeners get it as it was. Default: nothing. */
        public Builder redactErrors(UnaryOperator<String> redaction) {
            this.redaction = redaction;
            return this;
        }

        /**
         * Who is told what was done to dead letters by hand, on the thread that did it, after the commit; may be called several times. Must be
         * safe for use by many threads. Default: nobody.
         */
        public Builder audit(DeadLetter.Audit audit) {
            audits.add(Objects.requireNonNull(audit, "audit"));
            return this;
        }

        /** The repository. */
        public JooqOutboxRepository build() {
            return new JooqOutboxRepository(this);
        }
    }
}
