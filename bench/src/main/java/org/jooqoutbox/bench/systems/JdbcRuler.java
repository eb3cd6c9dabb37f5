package org.jooqoutbox.bench.systems;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * What one could write by hand over plain JDBC, on this library's table: the best statements that are known, batches without a gap, and nothing that
 * an application would need besides. So it is a limit, and not a library: no handler may fail, nobody is told of anything, and its first error ends a
 * worker.
 */
public final class JdbcRuler implements QueueSystem {

    private static final String APPLICATION = "bench-ruler";
    private static final long PAUSE_MILLIS = 2;

    private final Form form;
    private final int batch;

    /** What a ruler is for. */
    public enum Form {

        /** Claims under a lease, like this library's usual form. */
        LEASED("leased"),

        /** Claims under a lease, and each message's handler runs in the transaction that removes it, as in this library's transactional form. */
        TRANSACTIONAL("transactional"),

        /** No lease: the rows are locked until the batch is handled. Of no use where handlers take long or may fail; as an upper limit. */
        HOLDING("holding the locks");

        private final String words;

        Form(String words) {
            this.words = words;
        }
    }

    /**
     * A ruler.
     *
     * @param batch how many messages it claims at once
     */
    public JdbcRuler(Form form, int batch) {
        this.form = form;
        this.batch = batch;
    }

    @Override
    public String title() {
        return "JDBC ruler, " + form.words + ", batch " + batch;
    }

    @Override
    public String version() {
        return "by hand";
    }

    @Override
    public String settings() {
        return "prepared at once, plans fixed, polls every " + PAUSE_MILLIS + " ms when idle";
    }

    @Override
    public void install(Connections connections) throws SQLException {
        OwnTable.install(connections, APPLICATION);
    }

    @Override
    public List<String> tables() {
        return OwnTable.names();
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return OwnTable.remaining(connections, APPLICATION);
    }

    @Override
    public Sender sender(Connections connections) throws SQLException {
        return new JdbcSender(connections.dataSource(APPLICATION));
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) throws SQLException {
        return PollingLoop.start(
                APPLICATION, work(connections.dataSource(APPLICATION), threads, handler), PAUSE_MILLIS);
    }

    private PollingLoop.Work work(DataSource dataSource, int count, Handler handler) throws SQLException {
        HandlerThreads threads = new HandlerThreads(APPLICATION, count);
        return switch (form) {
            case LEASED -> new LeasedRuler(dataSource, batch, threads, handler);
            case TRANSACTIONAL -> new TransactionalRuler(dataSource, batch, count, threads, handler);
            case HOLDING -> new HoldingRuler(dataSource, batch, threads, handler);
        };
    }

    @Override
    public String toString() {
        return title();
    }
}
