package org.jooqoutbox.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jooqoutbox.DeadLetter;

/** What happens, one after the other. Nothing waits for time to pass: each step begins when what it needs has happened. */
final class Course {

    private static final int MOST_DEAD_LETTERS = 100_000;

    private final Patience patience;
    private final Progress progress;
    private final Replicas replicas;
    private final LateMessages late;
    private final List<Producers> producers;
    private final List<ReplicaProcess> started;
    private final Map<String, Integer> replayed = new HashMap<>();

    Course(
            Patience patience,
            Progress progress,
            Replicas replicas,
            LateMessages late,
            List<Producers> producers,
            List<ReplicaProcess> started) {
        this.patience = patience;
        this.progress = progress;
        this.replicas = replicas;
        this.late = late;
        this.producers = producers;
        this.started = started;
    }

    /** Runs all of it, and returns what went wrong with the demo itself. */
    List<String> run() throws InterruptedException {
        List<String> problems = new ArrayList<>();
        try {
            produceAndDeliver();
            repairAndReplay();
        } catch (DemoException e) {
            problems.add(e.getMessage());
        }
        producers.forEach(Producers::stop);
        progress.close();
        problems.addAll(stopReplicas());
        return problems;
    }

    private void produceAndDeliver() throws InterruptedException {
        until("the replicas to start", replicas::allReady);
        progress.say("4 replicas deliver: %s", names());
        progress.show(producers);
        CompletableFuture<?> orders =
                CompletableFuture.allOf(producers.stream().map(Producers::start).toArray(CompletableFuture<?>[]::new));
        killAndRestart(started.get(0));
        until("the producers", orders::isDone);
        requireSuccess(orders);
        progress.say("all orders are placed");
        until("the handlers that outlast their leases", late::happened);
        progress.say(
                "2 handlers of accounting have outlasted their leases, and reported when others had their messages");
        until("everything that can be delivered", this::nothingPending);
    }

    private void killAndRestart(ReplicaProcess victim) throws InterruptedException {
        int all = producers.stream().mapToInt(Producers::size).sum();
        until("a third of the transactions", () -> finished() >= all / 3);
        victim.tell("freeze");
        until("messages in the hands of " + victim, () -> replicas.isFrozen(victim));
        victim.kill();
        victim.awaitEnd();
        ReplicaProcess successor = replicas.restart(victim);
        progress.say("killed %s in the midst of its messages; started %s", victim.describe(), successor.describe());
    }

    private void repairAndReplay() throws InterruptedException {
        until("the restarted replica", replicas::allReady); // so that it gets its share
        for (Producers all : producers) {
            List<DeadLetter> dead = all.service().outbox().deadLetters(MOST_DEAD_LETTERS);
            progress.say("%s: %d dead letters, of %s", all.service().schema(), dead.size(), kinds(dead));
        }
        repair();
        for (Producers all : producers) {
            replay(all.service());
        }
        until("the replayed messages", this::nothingPending);
    }

    private void repair() {
        try {
            Files.createFile(replicas.repaired());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        progress.say("the broken destinations are repaired; replaying");
    }

    private void replay(Service service) {
        List<DeadLetter> dead = service.outbox().deadLetters(MOST_DEAD_LETTERS);
        int count = service.outbox()
                .replay(dead.stream().map(DeadLetter::id).toList())
                .replayed()
                .size();
        replayed.put(service.schema(), count);
    }

    private static String kinds(List<DeadLetter> dead) {
        return dead.stream().map(DeadLetter::kind).distinct().collect(Collectors.joining(", "));
    }

    private List<String> stopReplicas() throws InterruptedException {
        List<String> problems = new ArrayList<>(replicas.died());
        for (ReplicaProcess replica : replicas.stop()) {
            String report = replica.stopReport();
            if (report == null) {
                problems.add(replica.describe() + " did not stop when asked to, see " + replica.log());
            } else {
                progress.say("%s stopped: %s", replica, report);
            }
        }
        return problems;
    }

    private void until(String what, BooleanSupplier condition) throws InterruptedException {
        patience.until(what, () -> {
            if (!replicas.died().isEmpty()) {
                throw new DemoException("a replica is gone while waiting for " + what);
            }
            return condition.getAsBoolean();
        });
    }

    private static void requireSuccess(CompletableFuture<?> orders) {
        try {
            orders.join();
        } catch (CompletionException e) {
            throw new DemoException("a producer failed: " + e.getCause());
        }
    }

    private boolean nothingPending() {
        return producers.stream().allMatch(all -> all.service().pending() == 0);
    }

    private int finished() {
        return producers.stream().mapToInt(Producers::finished).sum();
    }

    private String names() {
        return started.stream().map(ReplicaProcess::describe).collect(Collectors.joining(", "));
    }

    /** How many messages of this service were replayed. */
    int replayed(Service service) {
        return replayed.getOrDefault(service.schema(), 0);
    }
}
