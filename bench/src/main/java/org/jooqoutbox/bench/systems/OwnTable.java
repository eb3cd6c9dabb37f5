package org.jooqoutbox.bench.systems;

import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;

/** This library's table: of its own forms, and of what is written by hand to be held against them. */
final class OwnTable {

    static final OutboxTable TABLE = OutboxTable.of("outbox_bench", "outbox");

    /** What all messages are. */
    static final String KIND = "bench.event";

    private OwnTable() {}

    static void install(Connections connections, String application) throws SQLException {
        OutboxSchema.install(connections.dataSource(application), TABLE);
    }

    /** Its name, as in SQL. */
    static String name() {
        return TABLE.schema() + "." + TABLE.name();
    }

    static List<String> names() {
        return List.of(name());
    }

    /** How many messages are not settled. */
    static long remaining(Connections connections, String application) throws SQLException {
        return Counted.rows(connections.dataSource(application), name() + " where status = 'pending'");
    }
}
