package org.jooqoutbox.it.support;

import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Name;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;

/** An installed outbox with a business table beside it, in schemas that no other test uses. */
public final class TestOutbox {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final OutboxTable table;
    private final DSLContext dsl;
    private final JooqOutboxRepository repository;

    private TestOutbox(OutboxTable table) {
        this.table = table;
        this.dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        this.repository = JooqOutboxRepository.of(Postgres.dataSource(), table);
        dsl.execute("create schema {0}", DSL.name(table.schema()));
        OutboxSchema.install(Postgres.dataSource(), table);
        dsl.execute("create table {0} (id int primary key, note text)", business());
    }

    /** An outbox in a schema of its own, whose name begins with this word. */
    public static TestOutbox create(String schema) {
        return new TestOutbox(OutboxTable.of(schema + "_" + COUNT.incrementAndGet(), "outbox"));
    }

    /** An outbox of exactly this name; its schema must not exist. */
    public static TestOutbox create(OutboxTable table) {
        return new TestOutbox(table);
    }

    /** Names as services have them, and names that hurt. Each has a number in it, so that every test class has its own. */
    public static Stream<OutboxTable> names() {
        String n = Integer.toString(COUNT.incrementAndGet());
        return Stream.of(
                OutboxTable.of("workspace" + n, "outbox"),
                OutboxTable.of("accounting" + n, "outbox"),
                OutboxTable.of("Te nant.\"4711\"; -- '?{0}:x" + n, "out\"box.{1} $1 ?"),
                OutboxTable.of("select" + n, "table"),
                OutboxTable.of("ÄäßÆ日本語ёжик@@limit" + n, "日本語日本語日本語日本語日本語日本語日本語"));
    }

    public OutboxTable table() {
        return table;
    }

    public JooqOutboxRepository repository() {
        return repository;
    }

    /** A context on a DataSource that hands out auto-commit connections. */
    public DSLContext dsl() {
        return dsl;
    }

    public DataSource dataSource() {
        return Postgres.dataSource();
    }

    /** The business table: {@code id}, {@code note}. */
    public Name business() {
        return DSL.name(table.schema(), "business");
    }

    /** Everything in the outbox, in the order of enqueueing. */
    public List<OutboxRecord> rows() {
        return mapped().selectFrom(OUTBOX).orderBy(OUTBOX.SEQ).fetch();
    }

    public OutboxRecord row(UUID id) {
        return mapped().fetchSingle(OUTBOX, OUTBOX.ID.eq(id));
    }

    /** A context in which the generated table is this outbox: for looking, and for setting up what the API cannot. */
    public DSLContext mapped() {
        return repository.dsl(dsl.configuration());
    }

    /** Lets every lease and every wait end now. */
    public void makeAllDue() {
        mapped().update(OUTBOX)
                .set(OUTBOX.RETRY_AT, DSL.currentOffsetDateTime())
                .execute();
    }

    /** Lets so much time pass for every row, without waiting: all its times lie that much further back. */
    public void elapse(Duration time) {
        mapped().execute(
                        "update {0} set created_at = created_at - {1}, updated_at = updated_at - {1}, retry_at = retry_at - {1},"
                                + " expires_at = expires_at - {1}",
                        OUTBOX, DSL.field("{0} * interval '1 second'", DSL.val(time.toSeconds())));
    }

    public void clear() {
        mapped().deleteFrom(OUTBOX).execute();
    }
}
