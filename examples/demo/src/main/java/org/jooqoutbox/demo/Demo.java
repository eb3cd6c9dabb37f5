package org.jooqoutbox.demo;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jooqoutbox.demo.Postings.Posting;
import org.jooqoutbox.schema.OutboxTable;

/** Sets everything up, runs the {@link Course}, and has it judged. */
final class Demo {

    /** Two producers per service, and some for looking. */
    static final int CONNECTIONS = 7;

    private static final List<OutboxTable> OUTBOXES =
            List.of(OutboxTable.of("workspace.outbox"), OutboxTable.of("accounting.outbox"));

    private final DemoSettings settings;
    private final Database database;
    private final PrintStream out;
    private final List<Service> services;
    private final OrderBook orders;
    private final LateMessages late;
    private final Progress progress;
    private final Operator operator;
    private final Path ledgerFile;

    Demo(DemoSettings settings, Database database, DataSource pool, PrintStream out) {
        this.settings = settings;
        this.database = database;
        this.out = out;
        this.services = OUTBOXES.stream().map(table -> new Service(pool, table)).toList();
        this.progress = new Progress(out);
        this.operator = new Operator(progress);
        this.orders = new OrderBook(settings, services.size());
        this.late =
                new LateMessages(orders.lateSuccess(), orders.lateFailure(), services.get(services.size() - 1)::look);
        this.ledgerFile = settings.directory().resolve("ledger");
    }

    /** The exit code. */
    int run() throws InterruptedException {
        services.forEach(Service::install);
        try (Replicas replicas = new Replicas(database, settings.directory(), this::heard);
                Ledger ledger = new Ledger(ledgerFile);
                Progress shown = progress) {
            Course course = new Course(
                    new Patience(settings.limit()),
                    shown,
                    replicas,
                    late,
                    producers(ledger),
                    startReplicas(replicas),
                    orders,
                    operator);
            List<String> problems = course.run();
            return report(replicas, problems);
        }
    }

    private List<Producers> producers(Ledger ledger) {
        return IntStream.range(0, services.size())
                .mapToObj(i -> new Producers(services.get(i), orders.of(i), ledger))
                .toList();
    }

    /** Two per service. */
    private List<ReplicaProcess> startReplicas(Replicas replicas) {
        List<ReplicaProcess> started = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            for (int number = 1; number <= 2; number++) {
                started.add(
                        replicas.start(services.get(i).schema() + "-" + number, OUTBOXES.get(i), settings.eventsOf(i)));
            }
        }
        return started;
    }

    private void heard(ReplicaProcess replica, Entry entry) {
        progress.heard(replica.options().outbox().schema(), entry);
        late.heard(entry, replica::tell);
    }

    private int report(Replicas replicas, List<String> problems) {
        Evidence evidence = evidence(replicas);
        List<Tally> tallies = services.stream()
                .map(service -> Tally.of(service.schema(), evidence, operator.replayed(service)))
                .toList();
        Report report = new Report(out);
        report.table(tallies);
        List<Offence> offences = Judge.judge(evidence);
        writeDown(offences);
        report.highlights(new Highlights(evidence, offences));
        return report.verdict(tallies, offences, problems);
    }

    /** All of them: the report shows some of each kind. */
    private void writeDown(List<Offence> offences) {
        try (AppendOnlyFile file = new AppendOnlyFile(settings.directory().resolve("offences"))) {
            offences.forEach(offence -> file.append(offence.toString()));
        }
    }

    private Evidence evidence(Replicas replicas) {
        Set<UUID> bookings = new HashSet<>();
        List<Leftover> leftovers = new ArrayList<>();
        List<Posting> postings = new ArrayList<>();
        for (Service service : services) {
            bookings.addAll(service.bookings());
            postings.addAll(service.postings());
            service.messages()
                    .forEach(row -> leftovers.add(
                            new Leftover(row.getId(), service.schema(), row.getStatus(), row.getAttempts())));
        }
        return new Evidence(
                Ledger.read(ledgerFile),
                bookings,
                replicas.testimonies(),
                leftovers,
                late.reports(),
                ReplicaMain.LEASE,
                orders.plan(),
                postings,
                operator.purged());
    }
}
