package org.jooqoutbox.it.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Processes of one kind. The next one is always warmed up while the last one works, for a JVM takes its time to start. */
final class Warm implements AutoCloseable {

    private final Function<String, ForkedJvm> fork;
    private final List<ForkedJvm> all = new ArrayList<>();
    private ForkedJvm spare;

    /**
     * Forks the first one.
     *
     * @param fork begins a process of this name
     */
    Warm(Function<String, ForkedJvm> fork) {
        this.fork = fork;
        this.spare = fork();
    }

    private ForkedJvm fork() {
        ForkedJvm jvm = fork.apply("worker-" + (all.size() + 1));
        all.add(jvm);
        return jvm;
    }

    /** The next process; another one begins to warm up. */
    synchronized ForkedJvm next() {
        ForkedJvm next = spare;
        spare = fork();
        return next;
    }

    /** The next process, when it is the last one that is needed. */
    synchronized ForkedJvm last() {
        return spare;
    }

    /** Ends those that are left. */
    @Override
    public synchronized void close() {
        all.forEach(ForkedJvm::close);
    }
}
