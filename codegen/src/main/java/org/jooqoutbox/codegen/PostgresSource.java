package org.jooqoutbox.codegen;

/** One way to get a server. */
interface PostgresSource {

    /** What is tried, for messages: "Testcontainers". */
    String name();

    /**
     * Starts a server.
     *
     * @throws UnavailableException if this way is closed on this machine
     */
    PostgresServer start() throws UnavailableException;
}
