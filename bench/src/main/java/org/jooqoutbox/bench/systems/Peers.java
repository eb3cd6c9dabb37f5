package org.jooqoutbox.bench.systems;

import java.util.List;

/** What others offer on the JVM, from Maven Central, in the newest version that runs on Java 17. */
public final class Peers {

    private Peers() {}

    /** All of them; JobRunr's free edition last, which cannot send in the transaction of its caller. */
    public static List<QueueSystem> all() {
        return List.of(new GruelboxSystem(), new NamastackSystem(), new DbSchedulerSystem(), new JobRunrSystem());
    }

    /** The fastest of these, which are all of them: what scenarios that compare all have found so far. */
    public static QueueSystem fastest(List<QueueSystem> all) {
        return all.stream()
                .filter(DbSchedulerSystem.class::isInstance)
                .findFirst()
                .orElseThrow();
    }
}
