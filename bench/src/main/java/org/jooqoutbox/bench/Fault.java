package org.jooqoutbox.bench;

/** Something that goes wrong. */
enum Fault {
    /** The process of the worker dies, and another one is started. */
    KILL("worker killed"),
    /** Connections are cut, again and again for a while. */
    CUT("backends terminated"),
    /** The server crashes, and is started again. */
    RESTART("server restarted");

    private final String words;

    Fault(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
