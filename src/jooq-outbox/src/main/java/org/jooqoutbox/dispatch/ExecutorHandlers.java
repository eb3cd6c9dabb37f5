package org.jooqoutbox.dispatch;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Runs handlers on an executor, which may be the user's and do what it likes. */
final class ExecutorHandlers implements Handlers {

    private final Map<String, Route<?>> routes;
    private final Executor executor;
    private final Mailbox mailbox;
    private final Map<Held, HandlerTask> tasks = new HashMap<>(); // used by the dispatcher's thread alone
    private final Set<Thread> busyThreads = ConcurrentHashMap.newKeySet();

    ExecutorHandlers(Map<String, Route<?>> routes, Executor executor, Mailbox mailbox) {
        this.routes = routes;
        this.executor = executor;
        this.mailbox = mailbox;
    }

    @Override
    public void run(Held held) {
        Route<?> route = Objects.requireNonNull(routes.get(held.message().kind()));
        HandlerTask task = new HandlerTask(route, held.message(), busyThreads, result -> report(held, result));
        tasks.put(held, task);
        try {
            executor.execute(task);
        } catch (Throwable t) {
            withdraw(held, task, "the executor refused it: " + ErrorText.of(t));
        }
    }

    @Override
    public boolean interrupt(Held held) {
        HandlerTask task = tasks.get(held);
        if (task == null) {
            return false;
        }
        withdraw(held, task, "the executor did not come to it in time");
        return task.interrupt();
    }

    private void withdraw(Held held, HandlerTask task, String reason) {
        if (task.withdraw()) {
            report(held, new HandlerResult.NotStarted(reason));
        }
    }

    private void report(Held held, HandlerResult result) {
        mailbox.put((core, now) -> {
            tasks.remove(held);
            core.handlerFinished(held, result, now);
        });
    }

    /** Whether the calling thread is inside a handler. */
    boolean isInHandler() {
        return busyThreads.contains(Thread.currentThread());
    }
}
