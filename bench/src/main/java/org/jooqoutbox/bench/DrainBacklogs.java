package org.jooqoutbox.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooqoutbox.bench.systems.QueueSystem;

/** Backlogs of all systems. Those that work on the same tables have one in common. For one thread. */
final class DrainBacklogs implements AutoCloseable {

    private final Server server;
    private final Map<List<String>, Backlog> byTables = new HashMap<>();
    private int written;

    DrainBacklogs(Server server) {
        this.server = server;
    }

    /** Writes one for this system, and for all others with its tables, in place of the one that they have. */
    void fill(QueueSystem system, int messages) throws Exception {
        Backlog before = byTables.remove(system.tables());
        if (before != null) {
            before.close();
        }
        written++;
        byTables.put(system.tables(), Backlog.fill(server, system, messages, "bench_drain_" + written));
    }

    boolean has(QueueSystem system) {
        return byTables.containsKey(system.tables());
    }

    /** The one of this system, which was written before. */
    Backlog of(QueueSystem system) {
        return Objects.requireNonNull(byTables.get(system.tables()), system::title);
    }

    @Override
    public void close() {
        byTables.values().forEach(Backlog::close);
    }
}
