package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * Many outboxes of one database: one for each tenant, in a schema of its own. What a {@link org.jooqoutbox.dispatch.Worker} takes that serves them
 * all, and where producers get the repository of a tenant from.
 *
 * <pre>{@code
 * var tenants = JooqOutboxes.ofSchemas(dataSource, "tenant\\_%");
 *
 * tenants.outbox(OutboxTable.of("tenant_4711", "outbox")).enqueue(trx, INVOICE_ISSUED.draft(…));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class JooqOutboxes implements OutboxRepository.Source<Configuration> {

    /** Each table takes a lock, and the server's table of locks is not large. */
    private static final int TABLES_AT_ONCE = 100;

    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(250);
    private static final Field<Long[]> LAST_VALUES = DSL.field("last_values", Long[].class);

    // A sequence is advanced by every insert, by whomever, and to read it plans no query on the table.
    private static final String WRITE_MARKS = """
            select pg_catalog.array_agg(case
                     when pg_catalog.has_sequence_privilege(s.oid, 'USAGE')
                     then coalesce(pg_catalog.pg_sequence_last_value(s.oid), 0) end order by s.ord) as last_values
              from (select pg_catalog.to_regclass(n.name)::oid as oid, n.ord
                      from pg_catalog.unnest({0}) with ordinality as n (name, ord)) s
            """;

    private final Supplier<? extends Collection<OutboxTable>> tables;
    private final String name;
    private final Builder builder;
    private final OwnTransactions ownTransactions;
    private final Map<OutboxTable, JooqOutboxRepository> repositories = new ConcurrentHashMap<>();

    private JooqOutboxes(String name, DataSource dataSource, Builder builder) {
        this.name = name;
        this.builder = builder;
        this.ownTransactions =
                new OwnTransactions(name, dataSource, new DefaultConfiguration().set(SQLDialect.POSTGRES), null);
        this.tables = builder.tables == null ? () -> find(builder.schemasLike, builder.tableName) : builder.tables;
    }

    /**
     * The outboxes called {@code outbox} in all schemas that match a pattern, as there are at the moment.
     *
     * @param dataSource where claims and settlements, too, get their connections from
     * @param schemasLike a pattern of SQL's {@code LIKE}: {@code tenant\\_%} for all that begin with {@code tenant_}
     */
    public static JooqOutboxes ofSchemas(DataSource dataSource, String schemasLike) {
        return builder(dataSource).schemasLike(schemasLike).build();
    }

    /** A builder for other names, for tables that the application knows itself, and for what repositories are built with. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * The repository of a table, whether or not the table is there: made when it is first asked for, and cheap. The one that a worker of these
     * outboxes uses, too.
     */
    public JooqOutboxRepository outbox(OutboxTable table) {
        return repositories.computeIfAbsent(table, builder::repository);
    }

    /**
     * {@inheritDoc} Looks for them in the catalog, with one query, unless the application names them.
     *
     * @throws DataAccessException if the database does not answer
     */
    @Override
    public Collection<JooqOutboxRepository> outboxes() {
        Set<OutboxTable> there = new LinkedHashSet<>(tables.get());
        repositories.keySet().retainAll(there);
        return there.stream().map(this::outbox).toList();
    }

    private List<OutboxTable> find(String schemasLike, String tableName) {
        return ownTransactions.run(configuration -> configuration
                .dsl()
                .connectionResult(connection -> OutboxSchema.tables(connection, schemasLike, tableName)));
    }

    /**
     * {@inheritDoc} These are the last values of the tables' sequences, read with one query for a hundred tables. An outbox whose sequence has
     * another name than {@link OutboxTable#quotedSequence}, or may not be used by this role, is left out.
     */
    @Override
    public Map<String, Long> writeMarks() {
        Map<String, Long> marks = new HashMap<>();
        List<OutboxTable> all = List.copyOf(repositories.keySet());
        for (int from = 0; from < all.size(); from += TABLES_AT_ONCE) {
            read(all.subList(from, Math.min(all.size(), from + TABLES_AT_ONCE)), marks);
        }
        return marks;
    }

    private void read(List<OutboxTable> some, Map<String, Long> marks) {
        String[] sequences = some.stream().map(OutboxTable::quotedSequence).toArray(String[]::new);
        Long[] values = ownTransactions.run(configuration -> DSL.using(configuration)
                .resultQuery(WRITE_MARKS, val(sequences))
                .coerce(LAST_VALUES)
                .fetchSingle(LAST_VALUES));
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null) {
                marks.put(some.get(i).toString(), values[i]);
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return "outboxes " + name;
    }

    /** Builds sources of outboxes. Not safe for use by many threads. */
    public static final class Builder {

        private final DataSource dataSource;
        private String schemasLike = "%";
        private String tableName = "outbox";
        private @Nullable Supplier<? extends Collection<OutboxTable>> tables;
        private UnaryOperator<JooqOutboxRepository.Builder> options = UnaryOperator.identity();

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /** In which schemas they are: a pattern of SQL's {@code LIKE}. Replaces {@link #tables}. Default: in all on which the role has USAGE. */
        public Builder schemasLike(String pattern) {
            this.schemasLike = Objects.requireNonNull(pattern, "pattern");
            this.tables = null;
            return this;
        }

        /** What the tables are called. Default: {@code outbox}. */
        public Builder tableName(String name) {
            this.tableName = OutboxTable.of("any", name).name();
            return this;
        }

        /**
         * The application knows which tables there are. Replaces {@link #schemasLike}. Default: they are looked for in the catalog.
         *
         * @param tables called again and again, by one thread at a time
         */
        public Builder tables(Supplier<? extends Collection<OutboxTable>> tables) {
            this.tables = Objects.requireNonNull(tables, "tables");
            return this;
        }

        /**
         * What each repository is built with beside its table: limits, audits, redaction. Default: nothing else. Where it does not say otherwise, no
         * claim or settlement waits for a lock on its table for longer than a quarter of a second, so that a table which is being altered does not
         * hold up a thread that others need.
         */
        public Builder each(UnaryOperator<JooqOutboxRepository.Builder> options) {
            this.options = Objects.requireNonNull(options, "options");
            return this;
        }

        private JooqOutboxRepository repository(OutboxTable table) {
            return options.apply(JooqOutboxRepository.builder(table)
                            .dataSource(dataSource)
                            .lockTimeout(LOCK_TIMEOUT))
                    .build();
        }

        /** The outboxes. */
        public JooqOutboxes build() {
            Builder copy = new Builder(dataSource);
            copy.schemasLike = schemasLike;
            copy.tableName = tableName;
            copy.tables = tables;
            copy.options = options;
            return new JooqOutboxes(tables == null ? schemasLike + "." + tableName : "several", dataSource, copy);
        }
    }
}
