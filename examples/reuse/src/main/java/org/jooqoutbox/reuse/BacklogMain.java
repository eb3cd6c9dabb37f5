package org.jooqoutbox.reuse;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jooq.CloseableDSLContext;
import org.jooq.DSLContext;
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
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (CloseableDSLContext dsl = DSL.using(args[0])) {
            print(dsl, Arrays.asList(args).subList(1, args.length), out);
        }
    }

    static void print(DSLContext dsl, List<String> schemas, PrintStream out) {
        for (String schema : schemas) {
            Tenant tenant = new Tenant(dsl, schema, OUTBOX);
            out.println(schema);
            tenant.backlog()
                    .forEach(b -> out.println("  " + b.waiting() + " " + b.kind() + ", due since " + b.oldestDue()));
            tenant.troubles()
                    .forEach(t -> out.println("  " + t.customer() + ": " + t.kind() + " failed, attempt " + t.attempts()
                            + ": " + t.lastError()));
        }
    }
}
