package org.jooqoutbox.demo;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooqoutbox.demo.Postings.Posting;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;

/**
 * A service that takes bookings: three business tables and an outbox in one schema. The same code serves every schema; which one is decided by
 * the {@link OutboxTable} it is made for.
 */
final class Service {

    private static final int ACCOUNTS = 20;
    private static final Field<UUID> ID = field(name("id"), UUID.class);
    private static final Field<String> ITEM = field(name("item"), String.class);
    private static final Field<Integer> ACCOUNT = field(name("account"), Integer.class);
    private static final Field<Integer> CENTS = field(name("cents"), Integer.class);
    private static final Field<Integer> BALANCE = field(name("balance"), Integer.class);

    private final DataSource dataSource;
    private final DSLContext dsl;
    private final JooqOutboxRepository outbox;
    private final Table<Record> booking;
    private final Table<Record> account;
    private final Postings postings;

    Service(DataSource dataSource, OutboxTable table) {
        this.dataSource = dataSource;
        this.dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        this.outbox = JooqOutboxRepository.of(dataSource, table);
        this.booking = table(name(table.schema(), "booking"));
        this.account = table(name(table.schema(), "account"));
        this.postings = new Postings(table.schema());
    }

    /** Books in one transaction: the business rows, and the messages that tell the world. Either all of that happens, or none of it. */
    UUID book(Order order) {
        return dsl.transactionResult(trx -> {
            UUID id = insertBooking(trx.dsl(), order);
            outbox.enqueue(trx, order.messages());
            charge(trx.dsl(), order);
            return id;
        });
    }

    private UUID insertBooking(DSLContext trx, Order order) {
        trx.insertInto(booking)
                .columns(ID, ITEM, ACCOUNT, CENTS)
                .values(order.id(), order.item(), accountOf(order), order.cents())
                .execute();
        return order.id();
    }

    private void charge(DSLContext trx, Order order) {
        trx.update(account)
                .set(BALANCE, BALANCE.minus(order.cents()))
                .where(ACCOUNT.eq(accountOf(order)))
                .execute();
        if (order.declined()) {
            throw new PaymentDeclinedException(order.id());
        }
    }

    private static int accountOf(Order order) {
        return Math.floorMod(order.id().hashCode(), ACCOUNTS);
    }

    /** Makes schema, business tables and outbox. */
    void install() {
        OutboxSchema.install(dataSource, outbox.table());
        dsl.createTable(booking)
                .columns(ID, ITEM, ACCOUNT, CENTS)
                .primaryKey(ID)
                .execute();
        postings.install(dsl);
        dsl.createTable(account).columns(ACCOUNT, BALANCE).primaryKey(ACCOUNT).execute();
        for (int number = 0; number < ACCOUNTS; number++) {
            dsl.insertInto(account).columns(ACCOUNT, BALANCE).values(number, 0).execute();
        }
    }

    /** The bookings that are really there. */
    Set<UUID> bookings() {
        return dsl.select(ID).from(booking).fetchSet(ID);
    }

    /** What handlers wrote in transactional mode. */
    List<Posting> postings() {
        return postings.read(dsl);
    }

    /** How many messages wait to be delivered, now or later. */
    int pending() {
        return outbox.dsl(dsl.configuration()).fetchCount(OUTBOX, OUTBOX.STATUS.eq("pending"));
    }

    /** What has become of a message, as far as settlements change it. */
    String look(UUID message) {
        return outbox.dsl(dsl.configuration())
                .fetchOptional(OUTBOX, OUTBOX.ID.eq(message))
                .map(row -> row.getStatus() + ", " + row.getFailures() + " failures, last error '" + row.getLastError()
                        + "'")
                .orElse("gone");
    }

    /** All that is in the outbox table. */
    List<OutboxRecord> messages() {
        return outbox.dsl(dsl.configuration()).selectFrom(OUTBOX).fetch();
    }

    /** The schema, which is what the service is called by. */
    String schema() {
        return outbox.table().schema();
    }

    JooqOutboxRepository outbox() {
        return outbox;
    }
}
