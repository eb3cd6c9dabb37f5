package org.jooqoutbox.bench.steadystate;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Where a database is, as JDBC wants it said.
 *
 * @param jdbcUrl without user and password, unless it was a JDBC URL that had them
 * @param user null if none was named, or the JDBC URL has it
 * @param password null if none was named, or the JDBC URL has it
 */
record DatabaseUrl(
        String jdbcUrl, @Nullable String user, @Nullable String password) {

    static final String EXPECTED = "postgres://user:password@host:port/database, postgresql://… or jdbc:postgresql://…,"
            + " with special characters percent-encoded";

    private static final String JDBC = "jdbc:postgresql:";
    private static final Pattern LIBPQ = Pattern.compile("postgres(?:ql)?://"
            + "(?:(?<user>[^:@/?]*)(?::(?<password>[^:@/?]*))?@)?"
            + "(?<hosts>[^@/?]*)/(?<database>[^/?]+)(?:\\?(?<parameters>.*))?");
    private static final Pattern SECRETS = Pattern.compile("(?<=//).*@|(?<=password=)[^&]*");

    /** What libpq calls by another name than the driver. */
    private static final Map<String, String> RENAMED =
            Map.of("application_name", "ApplicationName", "connect_timeout", "connectTimeout");

    /** What libpq takes from here instead of from its place; the driver would ignore it. */
    private static final Set<String> MISPLACED = Set.of("host", "hostaddr", "port", "dbname");

    /**
     * Understands the URLs of libpq and of JDBC.
     *
     * @param name the variable that holds it, for the message
     * @throws IllegalArgumentException if it is neither; without the password
     */
    static DatabaseUrl parse(String name, String text) {
        try {
            DatabaseUrl url = text.startsWith(JDBC) ? new DatabaseUrl(text, null, null) : fromLibpq(text);
            if (Driver.parseURL(url.jdbcUrl, null) == null) {
                throw new IllegalArgumentException("the driver does not understand it");
            }
            return url;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + " is \"" + SECRETS.matcher(text).replaceAll("***") + "\", but must be " + EXPECTED + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static DatabaseUrl fromLibpq(String text) {
        Matcher parts = LIBPQ.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("it is none of these");
        }
        String hosts = parts.group("hosts");
        return new DatabaseUrl(
                JDBC + "//" + (hosts.isEmpty() ? "localhost" : hosts) + "/" + encode(decode(parts.group("database")))
                        + parameters(parts.group("parameters")),
                optional(parts.group("user")),
                optional(parts.group("password")));
    }

    private static String parameters(@Nullable String text) {
        return text == null || text.isEmpty()
                ? ""
                : Arrays.stream(text.split("&", -1))
                        .map(DatabaseUrl::parameter)
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String parameter(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("a parameter has no value");
        }
        String name = decode(text.substring(0, equals));
        if (MISPLACED.contains(name)) {
            throw new IllegalArgumentException("parameter " + name + " belongs before the question mark");
        }
        return encode(RENAMED.getOrDefault(name, name)) + "=" + encode(decode(text.substring(equals + 1)));
    }

    private static @Nullable String optional(@Nullable String encoded) {
        return encoded == null || encoded.isEmpty() ? null : decode(encoded);
    }

    // A plus is a plus in these URLs, and a space in those of forms, which the decoder is for.
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return SECRETS.matcher(jdbcUrl).replaceAll("***");
    }
}
