package org.jooqoutbox.it.crash;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * An outbox whose every change is written down together with its writer, and the tables that producers and consumers write to.
 *
 * <p>In {@code changes}, a claim is a change that raises {@code attempts}; its {@code tx} is the transaction it happened in. The writer is the
 * {@code application_name} of the connection.
 */
final class Lab {

    private static final String TABLES = """
            create table intents (id uuid primary key);
            create table deliveries (n bigserial primary key, id uuid not null, attempt int not null, worker text not null,
              kind text not null, headers text not null, payload text not null);
            create table inbox (id uuid primary key);
            create table effects (id uuid not null);
            create table freezes (n bigserial primary key, worker text not null, since timestamptz not null, until timestamptz);
            create table changes (n bigserial primary key, id uuid not null, writer text not null, tx bigint not null,
              op text not null, attempts_before int not null, attempts int not null, failures int not null,
              unsettled int not null, status text not null, at timestamptz not null default clock_timestamp());
            create index on changes (id, attempts);
            create function note_change() returns trigger language plpgsql set search_path from current as $$
              declare r record;
              begin
                if tg_op = 'DELETE' then r := old; else r := new; end if;
                insert into changes (id, writer, tx, op, attempts_before, attempts, failures, unsettled, status) values
                  (r.id, current_setting('application_name'), txid_current(), lower(tg_op), old.attempts, r.attempts,
                   r.failures, r.unsettled, r.status);
                return null;
              end $$;
            create trigger note_change after update or delete on outbox for each row execute function note_change();
            """;

    private static final String HELD = """
            o.status = 'pending' and o.unsettled > 0 and exists (select from changes c
              where c.id = o.id and c.attempts = o.attempts and c.attempts_before < c.attempts and c.writer = ?)
            """;

    private final TestOutbox outbox;
    private final Place place;
    private final DSLContext dsl;

    private Lab(TestOutbox outbox) {
        this.outbox = outbox;
        this.place = Place.of(outbox.table());
        this.dsl = DSL.using(place.pool("test", 4), SQLDialect.POSTGRES);
        dsl.connection(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(TABLES);
            }
        });
    }

    static Lab create(String schema) {
        return new Lab(TestOutbox.create(schema));
    }

    TestOutbox outbox() {
        return outbox;
    }

    Place place() {
        return place;
    }

    /** A context in which the tables of this lab are found without a schema. */
    DSLContext dsl() {
        return dsl;
    }

    /** The outbox for somebody in this process, who writes by this name. */
    JooqOutboxRepository repository(String writer) {
        return JooqOutboxRepository.of(place.dataSource(writer), place.table());
    }

    /** Enqueues messages in one transaction, and their intents with them. */
    List<UUID> enqueue(Behaviour behaviour, int count) {
        return enqueue(Stream.generate(() -> behaviour).limit(count).toList());
    }

    /** Enqueues messages in this order, in one transaction, and their intents with them. */
    List<UUID> enqueue(List<Behaviour> behaviours) {
        List<UUID> ids = new ArrayList<>();
        List<MessageDraft> drafts = new ArrayList<>();
        for (Behaviour behaviour : behaviours) {
            UUID id = UUID.randomUUID();
            ids.add(id);
            drafts.add(behaviour.draft(id));
        }
        dsl.transaction(trx -> {
            outbox.repository().enqueue(trx, drafts);
            trx.dsl().execute("insert into intents (id) select unnest(?::uuid[])", (Object) ids.toArray(UUID[]::new));
        });
        return ids;
    }

    /** Waits until the server has noticed that this process is gone, and then lets its leases end now instead of in their time. */
    void endLeasesOfDead(ForkedJvm worker) throws InterruptedException {
        Patience.until("connections of " + worker + " are gone", () -> connectionsOf(worker) == 0);
        endLeasesOf(worker);
    }

    private int connectionsOf(ForkedJvm worker) {
        return dsl.fetchSingle("select count(*) from pg_stat_activity where application_name = ?", worker.name())
                .into(int.class);
    }

    /** Lets the leases of this process end now instead of in their time. */
    void endLeasesOf(ForkedJvm worker) {
        dsl.execute("update outbox o set retry_at = now() where retry_at > now() and " + HELD, worker.name());
    }

    /** How many messages this process has claimed and not settled, and nobody else has claimed since. */
    int heldBy(ForkedJvm worker) {
        return dsl.fetchSingle("select count(*) from outbox o where " + HELD, worker.name())
                .into(int.class);
    }

    /** Waits until nothing is pending. */
    void awaitNothingPending() throws InterruptedException {
        Patience.until("nothing is pending", () -> pending() == 0);
    }

    int pending() {
        return dsl.fetchSingle("select count(*) from outbox where status = 'pending'")
                .into(int.class);
    }

    /** Delivers what is left, in this process, until nothing is pending. */
    void drain() throws InterruptedException {
        try (HikariDataSource pool = place.pool("drainer", 4)) {
            Drainer drainer = drainer(pool);
            Patience.until("what is left is delivered", () -> {
                drainer.drain();
                return pending() == 0;
            });
        }
    }

    private Drainer drainer(DataSource dataSource) {
        Inbox inbox = new Inbox(dataSource, "drainer");
        return Drainer.builder(JooqOutboxRepository.of(dataSource, place.table()))
                .handle(Behaviour.KIND, (payload, message) -> {
                    inbox.received(message);
                    inbox.consume(message);
                })
                .concurrency(3)
                .unlimitedDeaths()
                .timeLimit(Duration.ofMinutes(1))
                .build();
    }
}
