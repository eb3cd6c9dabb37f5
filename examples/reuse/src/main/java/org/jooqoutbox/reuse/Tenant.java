package org.jooqoutbox.reuse;

import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.jsonbGetAttributeAsText;
import static org.jooq.impl.DSL.min;
import static org.jooqoutbox.generated.OutboxUnmapped.OUTBOX_UNMAPPED;
import static org.jooqoutbox.generated.Tables.OUTBOX;
import static org.jooqoutbox.reuse.Customer.CUSTOMER;

import java.time.OffsetDateTime;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Records;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.MappedTable;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.Settings;
import org.jooq.conf.SettingsTools;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** What can be asked about the outbox of one tenant, whose business tables are in the same schema. */
final class Tenant {

    /**
     * Messages of one kind that wait.
     *
     * @param oldestDue since when the oldest of them is due
     */
    record Backlog(String kind, int waiting, OffsetDateTime oldestDue) {}

    /** A customer with a message that was tried and has not arrived. */
    record Trouble(String customer, String kind, int attempts, String lastError) {}

    private final DSLContext dsl;

    /**
     * The tenant with this schema.
     *
     * @param dsl on a connection of the application's; its settings are not changed
     */
    Tenant(DSLContext dsl, String schema, String outbox) {
        Settings settings = SettingsTools.clone(dsl.settings()).withRenderMapping(mapping(schema, outbox));
        this.dsl = DSL.using(dsl.configuration().derive(settings));
    }

    /** The generated classes name schemas that do not exist; here is what they mean. */
    private static RenderMapping mapping(String schema, String outbox) {
        MappedTable table = new MappedTable().withInput(OUTBOX.getName()).withOutput(outbox);
        return new RenderMapping()
                .withSchemata(
                        new MappedSchema()
                                .withInput(OUTBOX_UNMAPPED.getName())
                                .withOutput(schema)
                                .withTables(table),
                        new MappedSchema().withInput(Customer.UNMAPPED).withOutput(schema));
    }

    /** What waits to be delivered, by kind. */
    List<Backlog> backlog() {
        return dsl.select(OUTBOX.KIND, count(), min(OUTBOX.RETRY_AT))
                .from(OUTBOX)
                .where(OUTBOX.STATUS.eq("pending"))
                .groupBy(OUTBOX.KIND)
                .orderBy(OUTBOX.KIND)
                .fetch(Records.mapping(Backlog::new));
    }

    /** Whose messages were tried in vain, those tried most often first. The customer's id is in the payload. */
    List<Trouble> troubles() {
        return dsl.select(CUSTOMER.fullName, OUTBOX.KIND, OUTBOX.ATTEMPTS, OUTBOX.LAST_ERROR)
                .from(OUTBOX)
                .join(CUSTOMER)
                .on(CUSTOMER.id.eq(
                        jsonbGetAttributeAsText(OUTBOX.PAYLOAD, "customer").cast(SQLDataType.UUID)))
                .where(OUTBOX.LAST_ERROR.ne(""))
                .orderBy(OUTBOX.ATTEMPTS.desc(), OUTBOX.SEQ)
                .fetch(Records.mapping(Trouble::new));
    }
}
