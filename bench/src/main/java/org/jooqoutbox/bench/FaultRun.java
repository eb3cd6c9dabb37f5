package org.jooqoutbox.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jooqoutbox.bench.LoadGenerator.OnFailure;
import org.jooqoutbox.bench.systems.QueueSystem;

/** A load that meets faults, in a database of its own. */
final class FaultRun implements AutoCloseable {

    private static final long CUT_MICROS = 500_000;
    private static final long LOOK_MICROS = 20_000;

    private final Bench bench;
    private final QueueSystem system;
    private final FaultPlan plan;
    private final Database database;
    private final NumberedJourneys journeys;
    private final LoadGenerator generator;
    private final Recorder recorder;
    private final List<Inflicted> inflicted = new ArrayList<>();
    private WorkerProcess worker;
    private Course course = new Course(List.of());

    /**
     * A fault that was inflicted; moments are in seconds since the load began.
     *
     * @param before when what came before it began
     * @param begin when it began
     * @param end when it was over: for one that lasts, later
     * @param next when the next may come
     */
    record Inflicted(Fault fault, double before, double begin, double end, double next) {}

    private FaultRun(Bench bench, QueueSystem system, FaultPlan plan, Database database) throws Exception {
        this.bench = bench;
        this.system = system;
        this.plan = plan;
        this.database = database;
        Pace pace = new Pace(List.of(new Leg(plan.rate(), plan.mostSeconds(Fault.values().length))));
        this.journeys = new NumberedJourneys(0, pace.messages());
        this.worker = WorkerProcess.start(system, database.connections(), journeys);
        this.generator = new LoadGenerator(system, database, FaultPlan.SHAPE, pace, journeys, OnFailure.RECONNECT);
        worker.awaitReady();
        // To ask a server that is away would take long.
        this.recorder = new Recorder(journeys, () -> Double.NaN);
        generator.start();
        pass(plan.warmUp());
        awaitCalm();
    }

    /** Begins a load in a new database. */
    static FaultRun open(Bench bench, QueueSystem system, FaultPlan plan, String name) throws Exception {
        Database database = Stage.install(bench.server(), system, name);
        try {
            return new FaultRun(bench, system, plan, database);
        } catch (Exception e) {
            database.close();
            throw e;
        }
    }

    /** Lets these happen one after the other, each with a time before it and time to come back. */
    void inflict(List<Fault> faults) throws Exception {
        for (Fault fault : faults) {
            awaitCalm();
            double before = recorder.seconds();
            pass(plan.before());
            double begin = recorder.seconds();
            try {
                inflict(fault);
            } catch (UnsupportedOperationException e) {
                bench.results().text("\"" + fault + "\" is left out: " + e.getMessage() + "\n");
                continue;
            }
            double end = fault == Fault.CUT ? recorder.seconds() : begin;
            pass(plan.after());
            inflicted.add(new Inflicted(fault, before, begin, end, recorder.seconds()));
        }
    }

    /** Waits until a worker is at work and has nearly caught up, so that the rate before a fault is the one that is written; not for ever, if it is slow. */
    private void awaitCalm() throws InterruptedException {
        worker.awaitReady();
        double deadline = recorder.seconds() + FaultPlan.PATIENCE_SECONDS;
        while (journeys.commits() - journeys.deliveries() > plan.rate() * FaultPlan.CALM_SECONDS
                && recorder.seconds() < deadline) {
            Clock.pass(LOOK_MICROS);
        }
    }

    private void inflict(Fault fault) throws Exception {
        switch (fault) {
            case KILL -> {
                worker.kill();
                worker = WorkerProcess.start(system, database.connections(), journeys);
            }
            case CUT -> cut();
            case RESTART -> bench.server().restart();
        }
    }

    private void cut() {
        double end = recorder.seconds() + plan.cutting();
        Random random = bench.random();
        while (recorder.seconds() < end) {
            DSLContext dsl = database.dsl();
            List<Integer> backends = dsl.fetch(
                            "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
                                    + " and application_name <> current_setting('application_name')")
                    .getValues(0, Integer.class);
            if (!backends.isEmpty()) {
                dsl.fetchValue(
                        "select pg_terminate_backend({0})", DSL.val(backends.get(random.nextInt(backends.size()))));
            }
            Clock.pass(CUT_MICROS);
        }
    }

    private static void pass(double seconds) {
        Clock.pass(Math.round(seconds * 1e6));
    }

    /**
     * Ends the load, and waits until all that is committed is handled and settled.
     *
     * @throws BenchException if messages are lost, or came from nowhere
     */
    NumberedJourneys finish() throws Exception {
        generator.stop();
        generator.await();
        course = recorder.finish();
        Quiet.await(system, database, journeys, Stage.PATIENCE);
        if (journeys.deliveries() > journeys.commits() + journeys.doubtful()) {
            throw new BenchException(journeys.deliveries() + " messages were delivered, but only " + journeys.commits()
                    + " were committed, and " + journeys.doubtful() + " may be");
        }
        return journeys;
    }

    List<Inflicted> inflicted() {
        return inflicted;
    }

    Course course() {
        return course;
    }

    /**
     * How long it took from the fault, or its end, until the rate was nearly that before; not a number if that time was not enough, or if the worker
     * did not keep up with the load even before.
     */
    double secondsUntilBack(Inflicted fault) {
        double before = course.rate(fault.before(), fault.begin());
        if (before < plan.rate() * FaultPlan.KEPT_UP) {
            return Double.NaN;
        }
        return course.secondsUntilRateAgain(before * FaultPlan.BACK, FaultPlan.WINDOW, fault.end(), fault.next())
                .orElse(Double.NaN);
    }

    /** Of the rate before the fault, what was handled from its begin until the next might come. */
    double rateMeanwhile(Inflicted fault) {
        return course.rate(fault.begin(), fault.next()) / course.rate(fault.before(), fault.begin());
    }

    @Override
    public void close() throws IOException {
        generator.close();
        recorder.close();
        worker.close();
        database.close();
    }
}
