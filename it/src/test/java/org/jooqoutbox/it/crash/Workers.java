package org.jooqoutbox.it.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Worker processes on one outbox, one of them always in reserve. */
final class Workers implements AutoCloseable {

    private final Warm processes;

    Workers(Lab lab, WorkerOptions options, String... jvmOptions) {
        List<String> allOptions = new ArrayList<>(ForkedClasses.options());
        allOptions.addAll(List.of(jvmOptions));
        processes =
                new Warm(name -> ForkedJvm.start(name, WorkerMain.class, properties(name, lab, options), allOptions));
    }

    static Map<String, String> properties(String name, Lab lab, WorkerOptions options) {
        Map<String, String> properties = new HashMap<>(lab.place().properties(name));
        properties.putAll(options.properties());
        return properties;
    }

    /** The next worker, which begins to work. */
    ForkedJvm next() {
        return started(processes.next());
    }

    /** The next worker, which begins to work, when it is the last one that is needed. */
    ForkedJvm last() {
        return started(processes.last());
    }

    private static ForkedJvm started(ForkedJvm worker) {
        worker.tell("start");
        return worker;
    }

    /** Ends those that are left. */
    @Override
    public void close() {
        processes.close();
    }
}
