package org.jooqoutbox.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jooqoutbox.bench.LoadGenerator.OnFailure;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.bench.systems.QueueSystem.Handler;
import org.jooqoutbox.bench.systems.QueueSystem.Running;

/** A system at work: in a database of its own, with one worker in this process, whose handlers do nothing but note that they were called. */
final class Stage implements AutoCloseable {

    /** How many handlers may run at once. */
    static final int THREADS = 10;

    /** Longer than any lease, and than any pause between two looks. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Server server;
    private final QueueSystem system;
    private final Database database;
    private final Running running;
    private volatile NumberedJourneys journeys = new NumberedJourneys(0, 0);
    private long numbers;

    private Stage(Server server, QueueSystem system, Database database) throws Exception {
        this.server = server;
        this.system = system;
        this.database = database;
        Handler handler = payload -> journeys.begun(Payloads.number(payload));
        Consumer<String> settled = payload -> journeys.settled(Payloads.number(payload));
        Optional<Running> telling = system.startTelling(database, THREADS, handler, settled);
        this.running = telling.isPresent() ? telling.get() : system.start(database, THREADS, handler);
    }

    /** Creates a database of this name, which is gone when the stage is closed, and starts the system's worker there. */
    static Stage open(Server server, QueueSystem system, String name) throws Exception {
        Database database = install(server, system, name);
        try {
            return new Stage(server, system, database);
        } catch (Exception e) {
            database.close();
            throw e;
        }
    }

    /** Creates a database of this name with all that the system needs. The caller closes it. */
    static Database install(Server server, QueueSystem system, String name) throws Exception {
        Database database = server.database(name);
        try {
            database.createBusiness();
            system.install(database);
            return database;
        } catch (Exception e) {
            database.close();
            throw e;
        }
    }

    Database database() {
        return database;
    }

    QueueSystem system() {
        return system;
    }

    /**
     * Writes a load, and returns when all of it is handled and settled.
     *
     * @throws BenchException if messages are lost, or a producer fails
     */
    Performance perform(LoadShape shape, List<Leg> legs) throws Exception {
        Pace pace = new Pace(legs);
        NumberedJourneys here = journeys(pace.messages());
        int last = legs.size() - 1;
        try (LoadGenerator generator = new LoadGenerator(system, database, shape, pace, here, OnFailure.GIVE_UP)) {
            try (Recorder recorder = new Recorder(here, () -> database.deadRows(system.tables()))) {
                generator.start();
                Clock.pass(Math.round((pace.beginOf(last) - recorder.seconds()) * 1e6));
                Usage.Moment begin = Usage.now(server, database.dsl());
                generator.await();
                Usage usage = begin.untilNow();
                double taken = recorder.seconds() - pace.beginOf(last);
                Course course = recorder.finish();
                awaitQuiet();
                return new Performance(pace, last, here, course, taken, usage, generator.greatestLagMillis());
            }
        }
    }

    /** Begins journeys of this many messages, whose numbers follow those of all before. */
    NumberedJourneys journeys(long messages) {
        NumberedJourneys next = new NumberedJourneys(numbers, messages);
        numbers += messages;
        journeys = next;
        return next;
    }

    /** Waits until all is handled and settled. */
    void awaitQuiet() throws Exception {
        Quiet.await(system, database, journeys, PATIENCE);
    }

    @Override
    public void close() {
        running.close();
        database.close();
    }
}
