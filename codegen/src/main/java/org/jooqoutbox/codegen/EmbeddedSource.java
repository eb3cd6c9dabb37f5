package org.jooqoutbox.codegen;

import io.zonky.test.db.postgres.util.LinuxUtils;

/** A server run by this process, from the binaries on the class path. */
record EmbeddedSource(boolean durable) implements PostgresSource {

    @Override
    public String name() {
        return "embedded binaries";
    }

    /**
     * PostgreSQL refuses to run as root. Where a user namespace may be made, the library behind {@link EmbeddedServer} hides in one; many
     * containers forbid that.
     */
    @Override
    public PostgresServer start() throws UnavailableException {
        if (NobodyServer.isRoot() && !LinuxUtils.isUnshareAvailable()) {
            return NobodyServer.start(durable);
        }
        return EmbeddedServer.start(durable);
    }
}
