package org.jooqoutbox.it.support;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jooqoutbox.codegen.ThrowawayPostgres;

/** The one PostgreSQL of this test run, started when it is first asked for and gone with the JVM. */
public final class Postgres {

    private static final Pattern PORT = Pattern.compile("//[^/:]+:(\\d+)/");
    private static final ThrowawayPostgres SERVER = ThrowawayPostgres.start();

    private Postgres() {}

    /** A new connection each time, with auto-commit on, as a superuser. */
    public static DataSource dataSource() {
        return SERVER.dataSource();
    }

    public static String jdbcUrl() {
        return SERVER.jdbcUrl();
    }

    /** On this machine. */
    public static int port() {
        Matcher port = PORT.matcher(jdbcUrl());
        if (!port.find()) {
            throw new IllegalStateException("no port in " + jdbcUrl());
        }
        return Integer.parseInt(port.group(1));
    }

    public static String user() {
        return SERVER.user();
    }

    public static String password() {
        return SERVER.password();
    }
}
