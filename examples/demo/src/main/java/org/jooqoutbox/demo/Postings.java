package org.jooqoutbox.demo;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.List;
import java.util.UUID;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooqoutbox.Message;

/**
 * A table of the service's own, into which handlers in transactional mode write one row per message. It has no key and no unique constraint: a
 * row that is written twice is there twice.
 */
final class Postings {

    /** What a handler wrote. */
    record Posting(UUID message, String service, String fingerprint) {}

    private static final Field<UUID> MESSAGE = field(name("message"), UUID.class);
    private static final Field<String> FINGERPRINT = field(name("fingerprint"), String.class);

    private final String schema;
    private final Table<Record> posting;

    Postings(String schema) {
        this.schema = schema;
        this.posting = table(name(schema, "posting"));
    }

    void install(DSLContext dsl) {
        dsl.createTable(posting).columns(MESSAGE, FINGERPRINT).execute();
    }

    /** Writes the row of this message, in the transaction that its handler was given. */
    void write(Configuration trx, Message message, String fingerprint) {
        trx.dsl()
                .insertInto(posting)
                .columns(MESSAGE, FINGERPRINT)
                .values(message.id(), fingerprint)
                .execute();
    }

    /** All that is there. */
    List<Posting> read(DSLContext dsl) {
        return dsl.select(MESSAGE, FINGERPRINT)
                .from(posting)
                .fetch(row -> new Posting(row.value1(), schema, row.value2()));
    }
}
