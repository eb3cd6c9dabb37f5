package org.jooqoutbox.demo;

import java.util.List;

/**
 * The journal of one process.
 *
 * @param replica which process
 * @param service whose outbox it worked on
 * @param killed whether it was killed, so that its journal may lack the end
 */
record Testimony(String replica, String service, boolean killed, List<Entry> entries) {

    Testimony {
        entries = List.copyOf(entries);
    }
}
