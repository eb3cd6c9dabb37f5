package org.jooqoutbox.it.support;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jooqoutbox.codegen.ThrowawayPostgres;

/** The one PostgreSQL of this test run, started when it is first asked for and gone with the JVM. */
public final class Postgres {

    private static final Pattern ADDRESS = Pattern.compile("//([^/:]+):(\\d+)/");
    private static final ThrowawayPostgres SERVER = ThrowawayPostgres.start();

    private Postgres() {}

    /** A new connection each time, with auto-commit on, as a superuser. */
    public static DataSource dataSource() {
        return SERVER.dataSource();
    }

    public static String jdbcUrl() {
        return SERVER.jdbcUrl();
    }

    /** Not always this machine's: an engine of containers may give them addresses of their own. */
    public static String host() {
        return address().group(1);
    }

    public static int port() {
        return Integer.parseInt(address().group(2));
    }

    private static Matcher address() {
        Matcher address = ADDRESS.matcher(jdbcUrl());
        if (!address.find()) {
            throw new IllegalStateException("no host and port in " + jdbcUrl());
        }
        return address;
    }

    public static String user() {
        return SERVER.user();
    }

    public static String password() {
        return SERVER.password();
    }
}
