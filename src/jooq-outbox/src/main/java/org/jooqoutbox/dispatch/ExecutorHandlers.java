package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jooqoutbox.Message;

/** Runs handlers on an executor, which may be the user's and do what it likes. */
final class ExecutorHandlers implements Handlers {

    // A quick handler takes less. One that is not keeps others waiting no longer than this.
    private static final long PATIENCE = Nanos.of(Duration.ofNanos(500_000));

    private final Executor executor;
    private final Mailbox mailbox;
    private final Map<Job, HandlerTask> tasks = new HashMap<>(); // used by the dispatcher's thread alone
    private final Set<Thread> busyThreads;
    private boolean behind;
    private long behindSince;

    ExecutorHandlers(Executor executor, Mailbox mailbox) {
        this(executor, mailbox, ConcurrentHashMap.newKeySet());
    }

    /**
     * Handlers of one outbox.
     *
     * @param busyThreads the threads that are inside a handler, of this outbox or another one; safe for use by many threads
     */
    ExecutorHandlers(Executor executor, Mailbox mailbox, Set<Thread> busyThreads) {
        this.executor = executor;
        this.mailbox = mailbox;
        this.busyThreads = busyThreads;
    }

    @Override
    public void run(Job job) {
        List<Message> messages = job.messages().stream().map(Held::message).toList();
        HandlerTask task =
                new HandlerTask(job.lane().route().delivery(), messages, busyThreads, results -> report(job, results));
        tasks.put(job, task);
        try {
            executor.execute(task);
        } catch (Throwable t) {
            withdraw(job, task, "the executor refused it: " + ErrorText.of(t));
        }
    }

    @Override
    public boolean interrupt(Job job) {
        HandlerTask task = tasks.get(job);
        if (task == null) {
            return false;
        }
        withdraw(job, task, "the executor did not come to it in time");
        return task.interrupt();
    }

    @Override
    public long seeToBegin(long now) {
        boolean was = behind;
        behind = executor instanceof HandlerThreads threads && !tasks.isEmpty() && threads.isBehind();
        if (!behind) {
            return Nanos.FOREVER;
        }
        behindSince = was ? behindSince : now;
        if (Nanos.reached(behindSince + PATIENCE, now)) {
            behindSince = now;
            ((HandlerThreads) executor).hurry();
        }
        return PATIENCE;
    }

    private void withdraw(Job job, HandlerTask task, String reason) {
        if (task.withdraw()) {
            report(job, Collections.nCopies(job.messages().size(), new HandlerResult.NotStarted(reason)));
        }
    }

    // Others need not wait for the dispatcher to read its mail.
    private void report(Job job, List<HandlerResult> results) {
        job.giveBackPlaces();
        mailbox.put((core, now) -> {
            tasks.remove(job);
            core.handlerFinished(job, results, now);
        });
    }

    /** Whether the calling thread is inside a handler. */
    boolean isInHandler() {
        return busyThreads.contains(Thread.currentThread());
    }
}
