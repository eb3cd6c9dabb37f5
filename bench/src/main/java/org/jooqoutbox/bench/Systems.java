package org.jooqoutbox.bench;

import java.util.List;
import java.util.stream.Stream;
import org.jooqoutbox.bench.systems.GoPort;
import org.jooqoutbox.bench.systems.JdbcRuler;
import org.jooqoutbox.bench.systems.JooqOutboxSystem;
import org.jooqoutbox.bench.systems.Peers;
import org.jooqoutbox.bench.systems.QueueSystem;

/** The systems that are measured side by side. */
final class Systems {

    /** As a Worker claims by default, and as its large form does. */
    private static final JdbcRuler LEASED = new JdbcRuler(JdbcRuler.Form.LEASED, 100);

    private static final JdbcRuler LEASED_1000 = new JdbcRuler(JdbcRuler.Form.LEASED, 1_000);
    private static final JdbcRuler TRANSACTIONAL = new JdbcRuler(JdbcRuler.Form.TRANSACTIONAL, 100);
    private static final JdbcRuler HOLDING = new JdbcRuler(JdbcRuler.Form.HOLDING, 100);
    private static final GoPort GO_PORT = new GoPort();

    // The same objects each time, so that they are found in lists.
    private static final List<QueueSystem> PEERS = Peers.all();

    private Systems() {}

    /** This library in its usual form, which the others are held against. */
    static QueueSystem ours() {
        return JooqOutboxSystem.LEASED;
    }

    /** All of them. */
    static List<QueueSystem> all() {
        return Stream.concat(sustaining().stream(), Stream.of(HOLDING, GO_PORT)).toList();
    }

    /** Those that are of use where messages come all the time. The Go port rests for seconds after each batch that was not full. */
    static List<QueueSystem> sustaining() {
        return Stream.of(
                        List.<QueueSystem>of(JooqOutboxSystem.values()),
                        peers(),
                        List.<QueueSystem>of(LEASED, LEASED_1000, TRANSACTIONAL))
                .flatMap(List::stream)
                .toList();
    }

    /** Those that a quick run has time for, where each of them takes long. */
    static List<QueueSystem> few() {
        return List.of(ours(), LEASED);
    }

    /** This library, the fastest of others, and what one could write by hand at best. */
    static List<QueueSystem> foremost() {
        return Stream.concat(few().stream(), Stream.of(fastestPeer())).toList();
    }

    /** What one could write by hand at best with the same transactions as this one. */
    static QueueSystem rulerOf(QueueSystem system) {
        if (system == JooqOutboxSystem.LEASED_1000 || system == LEASED_1000) {
            return LEASED_1000;
        }
        return system == JooqOutboxSystem.TRANSACTIONAL || system == TRANSACTIONAL ? TRANSACTIONAL : LEASED;
    }

    /** Libraries of others. */
    static List<QueueSystem> peers() {
        return PEERS;
    }

    /** Which of them is the fastest, as {@code drain} shows each time: where there is no time for all. */
    static QueueSystem fastestPeer() {
        return Peers.fastest(PEERS);
    }

    /** Where this library comes from. */
    static QueueSystem goPort() {
        return GO_PORT;
    }
}
