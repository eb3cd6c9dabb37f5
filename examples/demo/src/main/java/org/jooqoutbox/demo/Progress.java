package org.jooqoutbox.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jooqoutbox.demo.Entry.Event;

/** Shows what is going on: a line a second, and one for everything special. Safe for use by many threads. */
final class Progress implements AutoCloseable {

    private final PrintStream out;
    private final long began = System.nanoTime();
    private final Map<String, AtomicInteger> delivered = new ConcurrentHashMap<>();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });

    Progress(PrintStream out) {
        this.out = out;
    }

    /** Begins to show the figures of these. */
    void show(List<Producers> producers) {
        var unused = ticker.scheduleWithFixedDelay(() -> tick(producers), 1, 1, TimeUnit.SECONDS);
    }

    void heard(String service, Entry entry) {
        if (entry.event() == Event.ACKNOWLEDGED) {
            count(service).incrementAndGet();
        }
    }

    private AtomicInteger count(String service) {
        return delivered.computeIfAbsent(service, name -> new AtomicInteger());
    }

    private void tick(List<Producers> producers) {
        say("%s", producers.stream().map(this::figures).collect(Collectors.joining("   ")));
    }

    private String figures(Producers producers) {
        Service service = producers.service();
        return String.format(
                Locale.ROOT,
                "%s: %,6d enqueued %,6d delivered %,6d pending",
                service.schema(),
                producers.enqueued(),
                count(service.schema()).get(),
                service.pending());
    }

    /** A line with the time since the start. */
    void say(String format, Object... arguments) {
        Duration since = Duration.ofNanos(System.nanoTime() - began);
        String text = String.format(Locale.ROOT, format, arguments);
        out.println(String.format(Locale.ROOT, "%5.1f s  %s", since.toMillis() / 1000.0, text));
    }

    /** Shows no more figures. */
    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
