package org.jooqoutbox.bench.steadystate;

/** Threads that keep no process alive. */
final class Daemon {

    private Daemon() {}

    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, "steady-state-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
