package org.jooqoutbox.codegen;

/** A running server, or a database on one, that is ours until it is closed. */
interface PostgresServer extends AutoCloseable {

    String jdbcUrl();

    String user();

    String password();

    /** Where it comes from, for the log: "embedded binaries". */
    String origin();

    /** Stops it and removes its data. */
    @Override
    void close();
}
