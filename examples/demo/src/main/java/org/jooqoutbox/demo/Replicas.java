package org.jooqoutbox.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jooqoutbox.schema.OutboxTable;

/** All dispatcher processes, those that have ended included. */
final class Replicas implements ReplicaProcess.Listener, AutoCloseable {

    private final Database database;
    private final Path directory;
    private final BiConsumer<ReplicaProcess, Entry> heard;
    private final List<ReplicaProcess> all = new ArrayList<>();
    private final Set<ReplicaProcess> ready = ConcurrentHashMap.newKeySet();
    private final Set<ReplicaProcess> frozen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger journals = new AtomicInteger();

    /**
     * None yet.
     *
     * @param heard is told every entry in every journal, on threads of the replicas'
     */
    Replicas(Database database, Path directory, BiConsumer<ReplicaProcess, Entry> heard) {
        this.database = database;
        this.directory = directory;
        this.heard = heard;
    }

    ReplicaProcess start(String name, OutboxTable outbox, Optional<Path> events) {
        Path journal = directory.resolve(name + "." + journals.incrementAndGet() + ".journal");
        return add(name, new ReplicaOptions(outbox, database, journal, repaired(), events));
    }

    /** Starts another process in the place of one that has ended. */
    ReplicaProcess restart(ReplicaProcess ended) {
        ReplicaOptions options = ended.options();
        return start(ended.toString(), options.outbox(), options.events());
    }

    private ReplicaProcess add(String name, ReplicaOptions options) {
        ReplicaProcess replica = ReplicaProcess.start(name, options, this);
        all.add(replica);
        return replica;
    }

    /** The file that tells them, when it is there, that the broken destination works again. */
    Path repaired() {
        return directory.resolve("repaired");
    }

    boolean allReady() {
        return ready.containsAll(all.stream().filter(r -> !r.isGone()).toList());
    }

    /** Whether it holds messages: some delivered and not acknowledged, some not delivered. */
    boolean isFrozen(ReplicaProcess replica) {
        return frozen.contains(replica);
    }

    /** Those that ended although nobody asked them to. */
    List<String> died() {
        return all.stream()
                .filter(ReplicaProcess::died)
                .map(replica -> replica.describe() + " ended by itself, see " + replica.log())
                .toList();
    }

    /** Those that poison has ended, in the order in which they were started. */
    List<ReplicaProcess> halted() {
        return all.stream().filter(ReplicaProcess::wasHalted).toList();
    }

    /** Lets them finish what they have begun. */
    List<ReplicaProcess> stop() throws InterruptedException {
        List<ReplicaProcess> running = all.stream().filter(r -> !r.isGone()).toList();
        running.forEach(ReplicaProcess::requestStop);
        for (ReplicaProcess replica : running) {
            replica.awaitEnd();
        }
        return running;
    }

    /** What they have written, once they have ended. */
    List<Testimony> testimonies() {
        return all.stream().map(ReplicaProcess::testimony).toList();
    }

    @Override
    public void entry(ReplicaProcess replica, Entry entry) {
        heard.accept(replica, entry);
    }

    @Override
    public void note(ReplicaProcess replica, String note) {
        if (note.equals(ReplicaMain.READY)) {
            ready.add(replica);
        } else if (note.equals(ReplicaMain.FROZEN)) {
            frozen.add(replica);
        }
    }

    /** Ends those that still run. */
    @Override
    public void close() {
        all.forEach(ReplicaProcess::kill);
    }
}
