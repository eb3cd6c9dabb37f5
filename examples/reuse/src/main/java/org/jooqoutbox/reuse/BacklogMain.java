package org.jooqoutbox.reuse;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jooq.CloseableDSLContext;
import org.jooq.impl.DSL;

/**
 * Prints the backlog of some tenants, each with an outbox called {@code outbox} in a schema of its own:
 *
 * <pre>
 * java … org.jooqoutbox.reuse.BacklogMain "jdbc:postgresql://localhost/shop?user=me" workspace accounting
 * </pre>
 */
final class BacklogMain {

    private static final String OUTBOX = "outbox";

    private BacklogMain() {}

    public static void main(String[] args) {
        if (args.length < 2) {
            System.err.println("needed: a JDBC URL, and the schema of at least one tenant");
            System.exit(2);
        }
        List<String> arguments = List.of(args);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        print(arguments.get(0), arguments.subList(1, arguments.size()), out);
    }

    static void print(String jdbcUrl, List<String> schemas, PrintStream out) {
        try (CloseableDSLContext dsl = DSL.using(jdbcUrl)) {
            for (String schema : schemas) {
                out.println(schema);
                print(new Tenant(dsl, schema, OUTBOX), out);
            }
        }
    }

    private static void print(Tenant tenant, PrintStream out) {
        tenant.backlog()
                .forEach(kind ->
                        out.println("  " + kind.waiting() + " " + kind.kind() + ", due since " + kind.oldestDue()));
        tenant.troubles()
                .forEach(trouble -> out.println("  " + trouble.customer() + ": " + trouble.kind() + " failed, attempt "
                        + trouble.attempts() + ": " + trouble.lastError()));
    }
}
