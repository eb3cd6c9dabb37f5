package org.jooqoutbox.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The one connection on which everything of an installation happens, set up for it, and given back as it came.
 *
 * <p>It holds a session-level advisory lock on the name of the table that is installed, so that installations of one table follow each other.
 * One connection, because a pool may have no second one, and because what Flyway does has to happen under that lock too.
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
    private final boolean autoCommit;
    private final boolean readOnly;
    private final int isolation;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private @Nullable Long lock;

    private InstallSession(Connection connection) throws SQLException {
        this.connection = connection;
        this.autoCommit = connection.getAutoCommit();
        this.readOnly = connection.isReadOnly();
        this.isolation = connection.getTransactionIsolation();
    }

    static InstallSession open(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            InstallSession session = new InstallSession(connection);
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
     * Waits until no other session installs this table, and locks it. By trying again and again: a statement that waits inside the server holds a
     * snapshot, and {@code create index concurrently} of the session that has the lock would wait for it in turn.
     */
    void lock(OutboxTable table) throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            if (tryLock(table)) {
                return;
            }
            Jdbc.text(connection, "select pg_catalog.pg_sleep(0.1)");
        }
        throw new IllegalStateException("another session has been installing this outbox for ten minutes"
                + " (it holds the advisory lock " + lockKey(table) + "): look what it waits for in pg_stat_activity");
    }

    /** Locks this table unless another session installs it. Lets go of the one before in any case. */
    boolean tryLock(OutboxTable table) throws SQLException {
        unlock();
        long key = lockKey(table);
        if (!Jdbc.isTrue(connection, "select pg_catalog.pg_try_advisory_lock(" + key + ")")) {
            return false;
        }
        lock = key;
        return true;
    }

    private void unlock() throws SQLException {
        if (lock != null) {
            Jdbc.text(connection, "select pg_catalog.pg_advisory_unlock(" + lock + ")");
            lock = null;
        }
    }

    /** How long a statement waits for a lock from now on, unless it has a limit of its own. */
    void limitLockWaits(Duration limit) throws SQLException {
        set("lock_timeout", limit.toMillis() + "ms");
    }

    /** For the next table: as it was when it was opened, whatever the last one left behind, an open transaction too. */
    void reset() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        unlock();
        set(ROLE, Objects.requireNonNull(settings.get(ROLE)));
        for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
            set(setting.getKey(), setting.getValue());
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.setAutoCommit(true);
            unlock();
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

    /** Of the advisory lock on the table's name, be it held by the session or by a transaction. */
    static long lockKey(OutboxTable table) {
        byte[] name = ("jooq-outbox install " + table.quoted()).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.wrap(OutboxTable.sha256(name)).getLong();
    }
}
