package org.jooqoutbox.bench;

import java.util.List;
import java.util.Optional;
import org.jooqoutbox.bench.systems.JooqOutboxSystem;
import org.jooqoutbox.bench.systems.QueueSystem;

/** The systems that are measured side by side. */
final class Systems {

    private Systems() {}

    /** This library in its usual form, which the others are held against. */
    static QueueSystem ours() {
        return JooqOutboxSystem.LEASED;
    }

    /** All of them. */
    static List<QueueSystem> all() {
        return List.of(ours());
    }

    /** Those that a quick run has time for, where each of them takes long. */
    static List<QueueSystem> few() {
        return List.of(ours());
    }

    /** What one could write by hand at best, if it is among them. */
    static Optional<QueueSystem> ruler() {
        return Optional.empty();
    }

    /** Libraries of others. */
    static List<QueueSystem> peers() {
        return List.of();
    }
}
