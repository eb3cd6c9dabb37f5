package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jooqoutbox.bench.systems.QueueSystem;

/** A backlog of one system's, written once by its own means, of which each turn gets a copy. */
final class Backlog implements AutoCloseable {

    private static final int THREADS = 2;

    private final Server server;
    private final QueueSystem system;
    private final int messages;
    private final String name;
    private final Database original;
    private int copies;

    private Backlog(Server server, QueueSystem system, int messages, String name) {
        this.server = server;
        this.system = system;
        this.messages = messages;
        this.name = name;
        this.original = server.database(name);
    }

    /**
     * Writes one.
     *
     * @param messages how many: their numbers are from 0
     * @param name of a database that does not exist yet
     */
    static Backlog fill(Server server, QueueSystem system, int messages, String name) throws Exception {
        Backlog backlog = new Backlog(server, system, messages, name);
        try {
            backlog.fill();
            return backlog;
        } catch (Exception e) {
            backlog.close();
            throw e;
        }
    }

    private void fill() throws Exception {
        original.createBusiness();
        system.install(original);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int part = 0; part < THREADS; part++) {
                long from = (long) messages * part / THREADS;
                long to = (long) messages * (part + 1) / THREADS;
                parts.add(threads.submit(() -> {
                    system.fill(original, LongStream.range(from, to).mapToObj(Payloads::of));
                    return null;
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } finally {
            threads.shutdown();
        }
        requireAll();
        original.dsl().execute("vacuum (analyze)");
        original.disconnect();
    }

    private void requireAll() throws Exception {
        long written = system.remaining(original.watching());
        if (written != messages) {
            throw new BenchException(
                    system.title() + " has " + written + " of " + messages + " messages in its tables");
        }
    }

    QueueSystem system() {
        return system;
    }

    /** How many messages there are. */
    int messages() {
        return messages;
    }

    /** A database with this backlog, the same each time: nothing dead, statistics up to date, nothing left to be written to disk. */
    Database copy() {
        copies++;
        Database copy = server.copy(name, name + "_" + copies);
        copy.dsl().execute("checkpoint");
        return copy;
    }

    @Override
    public void close() {
        original.close();
    }
}
