package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.schema.OutboxTable;

/** Where messages are written to, and how. */
interface EnqueueTarget {

    String title();

    /** Its tables, qualified. */
    List<String> tables();

    /** How many messages are there. */
    long messages() throws Exception;

    /** A producer for one thread. The caller closes it. */
    QueueSystem.Sender sender() throws Exception;

    /** A system, installed in this database. */
    static EnqueueTarget of(QueueSystem system, Database database) throws Exception {
        system.install(database);
        return new EnqueueTarget() {
            @Override
            public String title() {
                return system.title();
            }

            @Override
            public List<String> tables() {
                return system.tables();
            }

            @Override
            public long messages() throws Exception {
                return system.remaining(database);
            }

            @Override
            public QueueSystem.Sender sender() throws Exception {
                return system.sender(database);
            }
        };
    }

    /** Plain JDBC, into a table like ours. */
    static EnqueueTarget ofJdbc(Database database) {
        OutboxTable table = database.install("by_hand");
        return new EnqueueTarget() {
            @Override
            public String title() {
                return "plain JDBC";
            }

            @Override
            public List<String> tables() {
                return List.of(table.toString());
            }

            @Override
            public long messages() {
                return database.count(table);
            }

            @Override
            public QueueSystem.Sender sender() throws Exception {
                return new EnqueueJdbc(database.dataSource("bench-by-hand").getConnection(), table);
            }
        };
    }
}
