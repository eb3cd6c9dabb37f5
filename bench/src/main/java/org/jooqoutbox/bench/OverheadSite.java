package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.postgresql.ds.PGSimpleDataSource;

/** An outbox whose commits do not wait for the disk, since it is the client that is looked at. */
final class OverheadSite implements AutoCloseable {

    private final OutboxTable table;
    private final HikariDataSource pool;
    private final DSLContext dsl;
    private final JooqOutboxRepository outbox;
    private final Rehearsal rehearsal;

    OverheadSite(Database database) {
        table = database.install("overhead");
        PGSimpleDataSource dataSource = database.dataSource("bench-overhead");
        dataSource.setOptions("-c synchronous_commit=off");
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(3);
        pool = new HikariDataSource(config);
        dsl = DSL.using(pool, SQLDialect.POSTGRES);
        outbox = JooqOutboxRepository.of(dsl, table);
        rehearsal = new Rehearsal(dsl, table);
    }

    OutboxTable table() {
        return table;
    }

    HikariDataSource pool() {
        return pool;
    }

    JooqOutboxRepository outbox() {
        return outbox;
    }

    Rehearsal rehearsal() {
        return rehearsal;
    }

    /** Of the kind, as a worker claims: only so has a claim a bound to begin at. */
    static ClaimRequest request(int messages) {
        return ClaimRequest.of(messages).kinds(List.of(Producer.KIND.name()));
    }

    /** Claims as many, so that they can be settled. */
    List<Message> claimed(int messages) {
        Claim claim = outbox.claim(request(messages));
        require(claim.messages(), messages);
        return claim.messages();
    }

    static List<Settlement> done(List<Message> messages) {
        return messages.stream().map(Settlement::done).toList();
    }

    static List<String> payloads(int messages) {
        List<String> payloads = new ArrayList<>();
        IntStream.range(0, messages)
                .forEach(i -> payloads.add("{\"number\": " + i + ", \"text\": \"" + "x".repeat(180) + "\"}"));
        return payloads;
    }

    static void require(List<?> messages, int expected) {
        if (messages.size() != expected) {
            throw new BenchException(messages.size() + " messages instead of " + expected);
        }
    }

    /** Leaves nothing but so many messages that are due. */
    void fill(int messages) {
        dsl.execute("truncate {0}", DSL.name(table.schema(), table.name()));
        dsl.execute(
                "insert into {0} (kind, payload) select {1}, {2}::jsonb from generate_series(1, {3})",
                DSL.name(table.schema(), table.name()),
                DSL.val(Producer.KIND.name()),
                DSL.val(Producer.PAYLOAD),
                DSL.val(messages));
        dsl.execute("analyze {0}", DSL.name(table.schema(), table.name()));
    }

    @Override
    public void close() {
        pool.close();
    }
}
