package org.jooqoutbox.it.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Worker processes on one outbox. The next one is always warmed up while the last one works, for a JVM takes its time to start. */
final class Workers implements AutoCloseable {

    private final Lab lab;
    private final WorkerOptions options;
    private final List<String> jvmOptions;
    private final List<ForkedJvm> all = new ArrayList<>();
    private ForkedJvm spare;

    Workers(Lab lab, WorkerOptions options, String... jvmOptions) {
        this.lab = lab;
        this.options = options;
        this.jvmOptions = new ArrayList<>(ForkedClasses.options());
        this.jvmOptions.addAll(List.of(jvmOptions));
        this.spare = fork();
    }

    private ForkedJvm fork() {
        String name = "worker-" + (all.size() + 1);
        ForkedJvm jvm = ForkedJvm.start(name, WorkerMain.class, properties(name, lab, options), jvmOptions);
        all.add(jvm);
        return jvm;
    }

    static Map<String, String> properties(String name, Lab lab, WorkerOptions options) {
        Map<String, String> properties = new HashMap<>(lab.place().properties());
        properties.putAll(options.properties());
        properties.put("test.name", name);
        return properties;
    }

    /** The next worker, which begins to work. */
    synchronized ForkedJvm next() {
        ForkedJvm next = last();
        spare = fork();
        return next;
    }

    /** The next worker, which begins to work, when it is the last one that is needed. */
    synchronized ForkedJvm last() {
        spare.tell("start");
        return spare;
    }

    /** Ends those that are left. */
    @Override
    public synchronized void close() {
        all.forEach(ForkedJvm::close);
    }
}
