package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * One connection and one thread for all tables of a DataSource, from the first subscription to the last. Only this thread touches the connection,
 * so that tables which come and go are seen to between two waits for notifications: a quarter of a second late at most.
 *
 * What may have been missed. Whatever was committed before the server heard LISTEN is not notified of. So the subscribers of a table are called
 * when it is listened for, which is also after each loss of the connection.
 *
 * What may never come. A pooler in transaction mode executes LISTEN on one connection to the server, and then waits with another. So a private
 * notification is sent to and fro before anything else; and a channel that nobody knows is all that is left behind on the pooler's connection if
 * it does not arrive.
 */

/** Receives notifications from other processes through one {@code DataSource} and calls this process's subscribers. */
final class NotificationReceiver implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(NotificationReceiver.class);

    private static final Duration WAIT = Duration.ofMillis(250);
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(10);
    private static final Duration TEST_PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TESTS = Duration.ofMinutes(5);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final int MAX_DOUBLINGS = 8;

    private static final ConcurrentMap<DataSourceKey, NotificationReceiver> ACTIVE = new ConcurrentHashMap<>();

    private final DataSourceKey key;
    private final DataSource testedThrough;
    private final OutboxTable first;
    private final ConcurrentMap<OutboxTable, Integer> wanted = new ConcurrentHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final RareWarning warning = new RareWarning(LOG);
    private final BackgroundThread thread;
    private boolean heardBefore;
    private boolean gaveUpBefore;
    private int failures;

    @SuppressWarnings("ThisEscapedInObjectConstruction")
    private NotificationReceiver(DataSourceKey key, DataSource testedThrough, OutboxTable first) {
        this.key = key;
        this.testedThrough = testedThrough;
        this.first = first;
        wanted.put(first, 1);
        thread = BackgroundThread.start("jooq-outbox-listen", this);
    }

    /**
     * Listens for notifications of the table until the subscription is closed. Never waits for the database.
     *
     * @param testedThrough what notifications are sent through, to see whether they arrive
     */
    static Subscription listen(DataSourceKey through, DataSource testedThrough, OutboxTable table) {
        NotificationReceiver receiver = ACTIVE.compute(
                through,
                (key, active) ->
                        active == null ? new NotificationReceiver(key, testedThrough, table) : active.with(table));
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                receiver.forget(table);
            }
        };
    }

    private NotificationReceiver with(OutboxTable table) {
        wanted.merge(table, 1, Integer::sum);
        changed.set(true);
        return this;
    }

    @SuppressWarnings("NullAway")
    private void forget(OutboxTable table) {
        ACTIVE.computeIfPresent(key, (k, receiver) -> {
            wanted.computeIfPresent(table, (t, count) -> count == 1 ? null : count - 1);
            changed.set(true);
            return receiver;
        });
        thread.nudge();
    }

    @Override
    public void run() {
        while (!retire()) {
            Duration pause = listen();
            BackgroundThread.waitFor(pause, wanted::isEmpty);
        }
    }

    private boolean retire() {
        return ACTIVE.computeIfPresent(key, (k, receiver) -> wanted.isEmpty() ? null : receiver) == null;
    }

    /** Listens until nobody wants it or the connection breaks, and returns how long to wait before the next try. */
    private Duration listen() {
        try {
            boolean heard = new OwnConnections(first.toString(), key.dataSource()).use(this::listenOn);
            return heard ? Duration.ZERO : BETWEEN_TESTS;
        } catch (Throwable e) {
            if (wanted.isEmpty()) {
                LOG.debug("outbox notifications: the connection broke when nobody needed it any more", e);
                return Duration.ZERO;
            }
            warning.say(
                    "outbox notifications: nothing is listened to until there is a connection again; meanwhile dispatchers poll",
                    e);
            return backoff();
        }
    }

    private Duration backoff() {
        failures = Math.min(failures + 1, MAX_DOUBLINGS);
        long longest = FIRST_BACKOFF.toMillis() << failures;
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
    }

    /** Returns false if no notification arrives. */
    private boolean listenOn(Connection connection) throws SQLException {
        try (ListeningConnection listening = new ListeningConnection(connection)) {
            if (!hears(listening)) {
                return false;
            }
            failures = 0;
            changed.set(true);
            LOG.info("outbox notifications: listening");
            while (!wanted.isEmpty()) {
                listenUntilCheck(listening);
                listening.check();
            }
            return true;
        }
    }

    private void listenUntilCheck(ListeningConnection listening) throws SQLException {
        long start = System.nanoTime();
        while (!wanted.isEmpty() && System.nanoTime() - start < BETWEEN_CHECKS.toNanos()) {
            if (changed.getAndSet(false)) {
                wake(listening.follow(Set.copyOf(wanted.keySet())));
            }
            wake(listening.await(WAIT));
        }
    }

    private static void wake(Set<OutboxTable> tables) {
        tables.forEach(WakeUps::wake);
    }

    /** What fails although it worked before will work again soon, and is an exception. */
    private boolean hears(ListeningConnection listening) throws SQLException {
        String channel = "jo_test_" + UUID.randomUUID().toString().replace("-", "");
        listening.listen(channel);
        Exception notSent = sendTo(channel);
        if (notSent != null && heardBefore) {
            throw new SQLException("a notification could not be sent for a test", notSent);
        }
        boolean heard = notSent == null && listening.hears(channel, TEST_PATIENCE);
        heardBefore |= heard;
        if (heard) {
            listening.unlisten(channel);
        } else {
            giveUp(notSent);
        }
        return heard;
    }

    private @Nullable Exception sendTo(String channel) {
        try {
            NotificationSender.send(testedThrough, first, List.of(channel));
            return null;
        } catch (SQLException | RuntimeException e) {
            return e;
        }
    }

    private void giveUp(@Nullable Exception notSent) {
        String found = notSent == null
                ? "a notification that was sent for a test did not arrive within " + TEST_PATIENCE.toSeconds()
                        + " s. A pooler in transaction mode swallows them, or what is sent through and what is listened through lead to"
                        + " different databases. Give the repository a DataSource that goes past the pooler:"
                        + " JooqOutboxRepository.builder(table).listenThrough(dataSource)"
                : "none could be sent for a test (" + notSent
                        + "). It takes a second connection while the first one listens: if the pool has"
                        + " only one, give the repository another DataSource for it: JooqOutboxRepository.builder(table).listenThrough(dataSource)";
        String text =
                "outbox notifications: " + found + ". Nothing is listened to, dispatchers poll; the next test is in "
                        + BETWEEN_TESTS.toMinutes() + " minutes";
        if (gaveUpBefore) {
            LOG.debug(text);
        } else {
            LOG.warn(text);
        }
        gaveUpBefore = true;
    }
}
