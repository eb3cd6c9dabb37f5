package org.jooqoutbox.codegen;

/** A running server, or a database on one, that is ours until it is closed. */
interface PostgresServer extends AutoCloseable {

    String jdbcUrl();

    String user();

    String password();

    /** Where it comes from, for the log: "embedded binaries". */
    String origin();

    /**
     * Stops it as a crash does, and starts it again with the data it had.
     *
     * @throws UnsupportedOperationException if it is not ours to stop
     */
    default void restart() {
        throw new UnsupportedOperationException("PostgreSQL from " + origin() + " cannot be restarted");
    }

    /** Stops it and removes its data. */
    @Override
    void close();
}
