package org.jooqoutbox.dispatch;

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

    private final Executor executor;
    private final Mailbox mailbox;
    private final Map<Job, HandlerTask> tasks = new HashMap<>(); // used by the dispatcher's thread alone
    private final Set<Thread> busyThreads;

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

    private void withdraw(Job job, HandlerTask task, String reason) {
        if (task.withdraw()) {
            report(job, Collections.nCopies(job.messages().size(), new HandlerResult.NotStarted(reason)));
        }
    }

    private void report(Job job, List<HandlerResult> results) {
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
