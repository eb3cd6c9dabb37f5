package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jooqoutbox.Message;

/** Handlers that take virtual time and end as the test says. */
final class VirtualHandlers implements Handlers, DispatchListener {

    /**
     * What a handler does.
     *
     * @param takes how long it runs undisturbed
     * @param ends how it ends then
     * @param ignoresInterrupt whether it goes on when it is interrupted; else it fails at once
     */
    record Behaviour(Duration takes, HandlerResult ends, boolean ignoresInterrupt) {

        static Behaviour delivers(Duration takes) {
            return new Behaviour(takes, new HandlerResult.Delivered(), false);
        }

        static Behaviour fails(Duration takes) {
            return new Behaviour(takes, HandlerResult.Failed.of(new IllegalStateException("no")), false);
        }

        static Behaviour hangs() {
            return delivers(Duration.ofDays(10));
        }

        Behaviour ignoringInterrupt() {
            return new Behaviour(takes, ends, true);
        }
    }

    private final VirtualTime time;
    private final Mailbox mailbox;
    private final Map<Job, Behaviour> running = new LinkedHashMap<>();
    private final List<Message> started = new ArrayList<>();
    private final Set<Message> abandoned = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private Function<Message, Behaviour> script = message -> Behaviour.delivers(Duration.ofMillis(1));
    private int most;
    private int starts;
    private IntPredicate rejected = start -> false;

    VirtualHandlers(VirtualTime time) {
        this(time, time);
    }

    VirtualHandlers(VirtualTime time, Mailbox mailbox) {
        this.time = time;
        this.mailbox = mailbox;
    }

    void script(Function<Message, Behaviour> script) {
        this.script = script;
    }

    /** Every message that was handed to a handler, in order. */
    List<Message> started() {
        return started;
    }

    /** The largest number that ran at once. */
    int most() {
        return most;
    }

    /** Messages that ran beside a suspect; abandoned handlers are no company. */
    List<String> violations() {
        return violations;
    }

    /** The executor refuses these starts, counted from one. */
    void reject(IntPredicate starts) {
        rejected = starts;
    }

    /** How often a message was handed over, refused or not. */
    int starts() {
        return starts;
    }

    @Override
    public void run(Job job) {
        if (rejected.test(++starts)) {
            report(job, new HandlerResult.NotStarted("full"));
            return;
        }
        List<Message> messages = messages(job);
        Behaviour behaviour = script.apply(messages.get(0));
        started.addAll(messages);
        running.put(job, behaviour);
        most = Math.max(most, running.size());
        List<Message> counted = running.keySet().stream()
                .flatMap(other -> messages(other).stream())
                .filter(m -> !abandoned.contains(m))
                .toList();
        if (counted.size() > 1 && counted.stream().anyMatch(m -> m.unsettled() > 0)) {
            violations.add(counted.toString());
        }
        time.after(behaviour.takes(), () -> end(job, behaviour.ends()));
    }

    @Override
    public void handlerAbandoned(Message message) {
        abandoned.add(message);
    }

    @Override
    public boolean interrupt(Job job) {
        Behaviour behaviour = running.get(job);
        if (behaviour != null && !behaviour.ignoresInterrupt()) {
            end(job, HandlerResult.Failed.of(new InterruptedException("interrupted")));
        }
        return behaviour != null;
    }

    /** Messages whose handler is at work and was not abandoned. */
    List<Message> atWork() {
        return running().stream()
                .filter(message -> !abandoned.contains(message))
                .toList();
    }

    /** Messages whose handler is at work. */
    List<Message> running() {
        return running.keySet().stream().flatMap(job -> messages(job).stream()).toList();
    }

    private void end(Job job, HandlerResult result) {
        if (running.remove(job) != null) {
            report(job, result);
        }
    }

    private void report(Job job, HandlerResult result) {
        List<HandlerResult> results = Collections.nCopies(job.messages().size(), result);
        mailbox.put((core, now) -> core.handlerFinished(job, results, now));
    }

    private static List<Message> messages(Job job) {
        return job.messages().stream().map(Held::message).toList();
    }
}
