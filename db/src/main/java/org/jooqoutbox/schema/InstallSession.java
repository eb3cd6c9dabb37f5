package org.jooqoutbox.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The one connection on which everything of an installation happens, set up for it, and given back as it came.
 *
 * <p>It holds a session-level advisory lock on the table's name, so that installations of one table follow each other. One connection,
 * because a pool may have no second one, and because what Flyway does has to happen under that lock too.
 */
final class InstallSession implements AutoCloseable {

    /** One each tenth of a second, for ten minutes. */
    private static final int TRIES = 6_000;

    /** What we need. The search_path is empty, so that no function but PostgreSQL's own is found unqualified. */
    private static final Map<String, String> SETTINGS = Map.of(
            "search_path", "",
            "lock_timeout", "0",
            "statement_timeout", "0",
            "standard_conforming_strings", "on",
            "default_transaction_read_only", "off");

    /** What Flyway changes: it sets the role again that was there anyway. */
    private static final String ROLE = "role";

    private final Connection connection;
    private final long lock;
    private final boolean autoCommit;
    private final boolean readOnly;
    private final int isolation;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private boolean locked;

    private InstallSession(Connection connection, OutboxTable table) throws SQLException {
        this.connection = connection;
        this.lock = lockKey(table);
        this.autoCommit = connection.getAutoCommit();
        this.readOnly = connection.isReadOnly();
        this.isolation = connection.getTransactionIsolation();
    }

    static InstallSession open(DataSource dataSource, OutboxTable table) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            InstallSession session = new InstallSession(connection, table);
            session.setUp();
            return session;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    Connection connection() {
        return connection;
    }

    /**
     * Waits until no other session installs this table. By trying again and again: a statement that waits inside the server holds a
     * snapshot, and {@code create index concurrently} of the session that has the lock would wait for it in turn.
     */
    void lock() throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            if (Jdbc.isTrue(connection, "select pg_catalog.pg_try_advisory_lock(" + lock + ")")) {
                locked = true;
                return;
            }
            Jdbc.text(connection, "select pg_catalog.pg_sleep(0.1)");
        }
        throw new IllegalStateException("another session has been installing this outbox for ten minutes"
                + " (it holds the advisory lock " + lock + "): look what it waits for in pg_stat_activity");
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.setAutoCommit(true);
            if (locked) {
                Jdbc.text(connection, "select pg_catalog.pg_advisory_unlock(" + lock + ")");
            }
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                set(setting.getKey(), setting.getValue());
            }
            connection.setTransactionIsolation(isolation);
            connection.setReadOnly(readOnly);
            connection.setAutoCommit(autoCommit);
        }
    }

    private void setUp() throws SQLException {
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        remember(ROLE);
        for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
            remember(setting.getKey());
            set(setting.getKey(), setting.getValue());
        }
    }

    private void remember(String name) throws SQLException {
        settings.put(name, Jdbc.text(connection, "select pg_catalog.current_setting(?)", name));
    }

    private void set(String name, String value) throws SQLException {
        Jdbc.text(connection, "select pg_catalog.set_config(?, ?, false)", name, value);
    }

    private static long lockKey(OutboxTable table) {
        byte[] name = ("jooq-outbox install " + table.quoted()).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.wrap(OutboxTable.sha256(name)).getLong();
    }
}
