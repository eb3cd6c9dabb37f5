package org.jooqoutbox.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What happens, one after the other. Nothing waits for time to pass: each step begins when what it needs has happened. */
final class Course {

    private final Patience patience;
    private final Progress progress;
    private final Replicas replicas;
    private final LateMessages late;
    private final List<Producers> producers;
    private final List<ReplicaProcess> started;
    private final OrderBook orders;
    private final Operator operator;
    private final Set<ReplicaProcess> replaced = new HashSet<>();

    Course(
            Patience patience,
            Progress progress,
            Replicas replicas,
            LateMessages late,
            List<Producers> producers,
            List<ReplicaProcess> started,
            OrderBook orders,
            Operator operator) {
        this.patience = patience;
        this.progress = progress;
        this.replicas = replicas;
        this.late = late;
        this.producers = producers;
        this.started = started;
        this.orders = orders;
        this.operator = operator;
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
        CompletableFuture<?> placed =
                CompletableFuture.allOf(producers.stream().map(Producers::start).toArray(CompletableFuture<?>[]::new));
        killAndRestart(started.get(0));
        placePoison(producers.get(0));
        until("the producers", placed::isDone);
        requireSuccess(placed);
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

    private void placePoison(Producers some) {
        some.place(orders.burst());
        progress.say(
                "placed a poison message in %s, among others: whoever handles it ends",
                some.service().schema());
    }

    /** As whatever watches over processes does. */
    private void replaceHalted() {
        for (ReplicaProcess halted : replicas.halted()) {
            if (replaced.add(halted)) {
                ReplicaProcess successor = replicas.restart(halted);
                progress.say("poison ended %s; started %s", halted.describe(), successor.describe());
            }
        }
        if (replaced.size() > ReplicaMain.DEATHS_OF_POISON) {
            throw new DemoException("poison has ended " + replaced.size() + " processes, and should have been given up"
                    + " after " + ReplicaMain.DEATHS_OF_POISON);
        }
    }

    private void repairAndReplay() throws InterruptedException {
        until("the restarted replica", replicas::allReady); // so that it gets its share
        services().forEach(operator::count);
        repair();
        services().forEach(operator::replay);
        until("the replayed messages", this::nothingPending);
        services().forEach(service -> operator.purge(service, orders.plan().poison()));
    }

    private void repair() {
        try {
            Files.createFile(replicas.repaired());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        progress.say("the broken destinations are repaired; replaying");
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
            replaceHalted();
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
        return services().allMatch(service -> service.pending() == 0);
    }

    private Stream<Service> services() {
        return producers.stream().map(Producers::service);
    }

    private int finished() {
        return producers.stream().mapToInt(Producers::finished).sum();
    }

    private String names() {
        return started.stream().map(ReplicaProcess::describe).collect(Collectors.joining(", "));
    }
}
