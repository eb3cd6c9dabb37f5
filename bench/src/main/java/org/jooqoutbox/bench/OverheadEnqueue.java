package org.jooqoutbox.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jooq.Configuration;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * Writes messages in the transaction of a business row, with connection and prepare threshold as the driver has them by default. The
 * transaction is rolled back, which is not measured.
 */
final class OverheadEnqueue implements OverheadOperation {

    private final OverheadSite site;
    private final Connection connection;
    private final Configuration configuration;
    private final LongAdder listenerCalls = new LongAdder();
    private final String business;
    private final String insert;

    /** On this connection, whose transactions are its own from now on. */
    OverheadEnqueue(OverheadSite site, Connection connection) throws SQLException {
        this.site = site;
        this.connection = connection;
        connection.setAutoCommit(false);
        configuration = new DefaultConfiguration().set(SQLDialect.POSTGRES).set(connection);
        configuration.set(ExecuteListener.onExecuteStart(context -> listenerCalls.increment()));
        configuration.setAppending(JooqOutboxRepository.wakeUpAfterCommit());
        String schema = site.table().schema();
        business = "insert into " + schema + ".business (id, note) values (?, 'a booking')";
        insert = "insert into " + schema + "." + site.table().name() + " (id, kind, payload)"
                + " select id, kind, payload::jsonb from unnest(?, ?, ?) with ordinality as d (id, kind, payload, ord) order by ord";
    }

    @Override
    public String title() {
        return "enqueue";
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.values());
    }

    @Override
    public int haste() {
        return 6;
    }

    @Override
    public void fill(int messages) {
        site.fill(0);
    }

    @Override
    public Task task(Way way, int messages) {
        List<String> payloads = OverheadSite.payloads(messages);
        return switch (way) {
            case LIBRARY -> new ByLibrary(payloads);
            case SAME_SQL -> new BySameSql(payloads);
            case VALIDATING -> new ByHand(payloads);
        };
    }

    private static List<MessageDraft> drafts(List<String> payloads) {
        return payloads.stream().map(Producer.KIND::draft).toList();
    }

    /** A version 7 as cheap as one can be: plain JDBC is not to lose by its ids. */
    static UUID id() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(
                System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000),
                random.nextLong() >>> 2 | Long.MIN_VALUE);
    }

    /** A call in the transaction of a business row. */
    private abstract class InTransaction implements Task {

        final List<String> payloads;
        private int written;

        InTransaction(List<String> payloads) {
            this.payloads = payloads;
        }

        @Override
        public void before() throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(business)) {
                statement.setObject(1, UUID.randomUUID());
                statement.executeUpdate();
            }
        }

        @Override
        public final void run() throws SQLException {
            written = write();
        }

        /** Returns how many were written. */
        abstract int write() throws SQLException;

        @Override
        public void after() throws SQLException {
            connection.rollback();
            if (written != payloads.size()) {
                throw new BenchException(written + " of " + payloads.size() + " messages were written");
            }
        }
    }

    private final class ByLibrary extends InTransaction {

        private long listenerCallsBefore;

        ByLibrary(List<String> payloads) {
            super(payloads);
        }

        @Override
        public void before() throws SQLException {
            super.before();
            listenerCallsBefore = listenerCalls.sum();
        }

        @Override
        int write() {
            return site.outbox().enqueue(configuration, drafts(payloads)).ids().size();
        }

        @Override
        public void after() throws SQLException {
            super.after();
            if (listenerCalls.sum() != listenerCallsBefore + 1) {
                throw new BenchException("the ExecuteListener was not called");
            }
        }
    }

    private final class BySameSql extends InTransaction {

        private final Replay replay;

        BySameSql(List<String> payloads) {
            super(payloads);
            List<MessageDraft> drafts = drafts(payloads);
            replay = site.rehearsal().of(outbox -> outbox.enqueueInOwnTransaction(drafts));
        }

        @Override
        int write() throws SQLException {
            try (PreparedStatement statement = replay.prepare(connection)) {
                return statement.executeUpdate();
            }
        }
    }

    private final class ByHand extends InTransaction {

        ByHand(List<String> payloads) {
            super(payloads);
        }

        @Override
        int write() throws SQLException {
            List<MessageDraft> drafts = drafts(payloads);
            UUID[] ids = new UUID[drafts.size()];
            String[] kinds = new String[drafts.size()];
            String[] texts = new String[drafts.size()];
            for (int i = 0; i < drafts.size(); i++) {
                MessageDraft draft = drafts.get(i);
                MessageLimits.defaults().check(draft);
                ids[i] = id();
                kinds[i] = draft.kind();
                texts[i] = draft.payload();
            }
            try (PreparedStatement statement = connection.prepareStatement(insert)) {
                statement.setArray(1, connection.createArrayOf("uuid", ids));
                statement.setArray(2, connection.createArrayOf("text", kinds));
                statement.setArray(3, connection.createArrayOf("text", texts));
                return statement.executeUpdate();
            }
        }
    }
}
