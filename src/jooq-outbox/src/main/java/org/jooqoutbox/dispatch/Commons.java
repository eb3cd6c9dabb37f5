package org.jooqoutbox.dispatch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What the outboxes of one worker use together: threads, places for handlers, room for messages that wait. */
final class Commons {

    // So that a few outboxes with a backlog leave some for the others.
    private static final int SHARE_OF_ROOM = 4;

    private final Crew crew;
    private final Executor executor;
    private final Consumer<OneOfMany> onEnd;
    private final Quota places;
    private final Quota room;
    private final Quota suspects = new Quota(1);
    private final int mostRoom;
    private final Set<Thread> busyThreads = ConcurrentHashMap.newKeySet();

    /**
     * Nothing of it in use.
     *
     * @param executor where handlers run
     * @param concurrency how many of them at once
     * @param maxWaiting how many messages may wait for them
     * @param onEnd told of each outbox when it has done its last turn
     */
    Commons(Crew crew, Executor executor, int concurrency, int maxWaiting, Consumer<OneOfMany> onEnd) {
        this.crew = crew;
        this.executor = executor;
        this.onEnd = onEnd;
        this.places = new Quota(concurrency);
        this.room = new Quota(maxWaiting);
        this.mostRoom = Math.max(1, maxWaiting / SHARE_OF_ROOM);
    }

    Crew crew() {
        return crew;
    }

    /**
     * The share of one outbox.
     *
     * @param most how many of its handlers may run at once
     * @param mayAsk called when it may get places or room
     * @param mayHoldSuspect called when it may claim a suspect
     */
    Shares shares(int most, Runnable mayAsk, Runnable mayHoldSuspect) {
        return new Shares(places.share(most, mayAsk), room.share(mostRoom, mayAsk), suspects.share(1, mayHoldSuspect));
    }

    Handlers handlers(Mailbox mailbox) {
        return new ExecutorHandlers(executor, mailbox, busyThreads);
    }

    void ended(OneOfMany outbox) {
        onEnd.accept(outbox);
    }

    /** Whether the calling thread is inside a handler. */
    boolean isInHandler() {
        return busyThreads.contains(Thread.currentThread());
    }
}
