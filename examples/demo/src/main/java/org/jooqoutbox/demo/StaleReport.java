package org.jooqoutbox.demo;

import java.util.UUID;

/**
 * What a message looked like in its table, before and after a replica that had lost it reported how its delivery had ended. Another replica
 * held it all the time.
 */
record StaleReport(UUID message, String before, String after) {

    boolean changedSomething() {
        return !before.equals(after);
    }
}
