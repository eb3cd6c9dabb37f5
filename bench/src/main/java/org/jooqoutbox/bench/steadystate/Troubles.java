package org.jooqoutbox.bench.steadystate;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Tells the log of an outage once when it begins and once when it is over, however often something fails meanwhile. For one thread. */
final class Troubles {

    private static final Logger LOG = System.getLogger(Troubles.class.getName());

    private final String what;
    private long failures;

    Troubles(String what) {
        this.what = what;
    }

    void failed(Throwable error) {
        if (failures++ == 0) {
            LOG.log(Level.WARNING, what + " failed, and is tried again: " + error);
        }
    }

    void succeeded() {
        if (failures > 0) {
            LOG.log(Level.WARNING, what + " succeeds again after " + failures + " failures");
            failures = 0;
        }
    }
}
