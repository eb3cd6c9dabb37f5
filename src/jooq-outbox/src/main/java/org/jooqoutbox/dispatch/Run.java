package org.jooqoutbox.dispatch;

/** One run of a dispatcher, from its start to its end. */
interface Run {

    /** Refuses to begin where it is clear that it cannot work. */
    void verify();

    /** Runs on the calling thread until there is nothing more to do. */
    void run();

    /** Tells the listeners that it is over, and what came of it. */
    void tellStopped();

    /** Asks it to stop; from any thread. */
    void requestStop();

    /** Whether the calling thread is one that this run itself would have to wait for. */
    boolean isInside();

    /** How it stands and what came of it so far, on one line. */
    String describe();

    /** What came of it so far. */
    Worker.StopReport report();
}
