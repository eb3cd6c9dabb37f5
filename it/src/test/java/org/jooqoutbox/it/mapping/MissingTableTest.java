package org.jooqoutbox.it.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;

/** No statement ever reaches a table, or a function, that search_path happens to offer. */
@Tag("conformance")
class MissingTableTest {

    private static final MessageKind<String> KIND = MessageKind.json("kind");

    /** A complete outbox that every connection of these tests would find through its search_path. */
    private static final TestOutbox DECOY = TestOutbox.create("decoy");

    private static final JooqOutboxRepository MISSING =
            JooqOutboxRepository.of(withSearchPath(DECOY.table().schema()), OutboxTable.of("nowhere", "outbox"));

    private static final Message MESSAGE =
            new Message("o", new UUID(1, 2), "kind", "1", Map.of(), 1, 0, 0, Instant.EPOCH, null, null, 1);

    static Stream<Named<Consumer<JooqOutboxRepository>>> operations() {
        return Stream.of(
                named(
                        "enqueue",
                        outbox -> DSL.using(withSearchPath(DECOY.table().schema()), SQLDialect.POSTGRES)
                                .transaction(trx -> {
                                    outbox.enqueue(trx, KIND.draft("1"));
                                })),
                named("enqueueInOwnTransaction", outbox -> outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")))),
                named(
                        "enqueue with a key",
                        outbox -> outbox.enqueueInOwnTransaction(
                                List.of(KIND.draft("1").withDeduplicationKey("k")))),
                named("claim of any kind", outbox -> outbox.claim(1)),
                named(
                        "claim of a kind",
                        outbox -> outbox.claim(ClaimRequest.of(1).kinds(Set.of("kind")))),
                named("markDone", outbox -> outbox.markDone(MESSAGE)),
                named("markFailed", outbox -> outbox.markFailed(MESSAGE, "error", Instant.EPOCH)),
                named("markDead", outbox -> outbox.markDead(MESSAGE, "error")),
                named("release", outbox -> outbox.release(MESSAGE)),
                named("renew", outbox -> outbox.renew(List.of(MESSAGE), Duration.ofSeconds(1))),
                named("deadLetters", outbox -> outbox.deadLetters(1)),
                named("countDeadLetters", outbox -> outbox.countDeadLetters(DeadLetterQuery.all())),
                named("replay", outbox -> outbox.replay(List.of(MESSAGE.id()))),
                named("replay at a rate", outbox -> outbox.replay(DeadLetterQuery.all(), 10)),
                named("previewReplay", outbox -> outbox.previewReplay(DeadLetterQuery.all())),
                named("purge", outbox -> outbox.purge(DeadLetterQuery.all())),
                named("stats", JooqOutboxRepository::stats),
                named("nextDue", outbox -> outbox.nextDue(List.of("kind"))),
                named("blockedKeys", outbox -> outbox.blockedKeys(null, 1)),
                named("retryNow", outbox -> outbox.retryNow(List.of(MESSAGE.id()))),
                named("giveUp", outbox -> outbox.giveUp(List.of(MESSAGE.id()), "error")));
    }

    @BeforeEach
    void putOneMessageInTheDecoy() {
        DECOY.clear();
        DECOY.repository().enqueueInOwnTransaction(List.of(KIND.draft("1")));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operation_onMissingTable_failsNamingIt(Consumer<JooqOutboxRepository> operation) {
        assertThatThrownBy(() -> operation.accept(MISSING))
                .isInstanceOf(DataAccessException.class)
                .satisfies(e -> assertThat(((DataAccessException) e).sqlState()).isIn("42P01", "3F000"))
                .hasMessageContaining("nowhere");
        assertThat(DECOY.rows())
                .singleElement()
                .satisfies(row -> assertThat(row.getAttempts()).isZero());
    }

    @Test
    void verify_ofMissingTable_saysSo() {
        assertThatThrownBy(MISSING::verify)
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("nowhere.outbox")
                .hasMessageContaining("OutboxSchema.install");
    }

    @Test
    void operations_underHostileSearchPath_callNoneOfItsFunctions() {
        DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES).execute("""
                        create schema hostile;
                        create function hostile.now() returns timestamptz language sql as 'select timestamptz ''1970-01-01''';
                        create function hostile.left(text, int) returns text language sql as 'select (1/0)::text';
                        create function hostile.format(text, int, text) returns text language sql as 'select (1/0)::text';
                        create function hostile.random() returns float8 language sql as 'select (1/0)::float8';
                        create function hostile.strpos(text, text) returns int language sql as 'select 1/0';
                        create function hostile.split_part(text, text, int) returns text language sql as 'select (1/0)::text';
                        create function hostile.translate(text, text, text) returns text language sql as 'select (1/0)::text';
                        create function hostile.chr(int) returns text language sql as 'select (1/0)::text';
                        create function hostile.unnest(anyarray) returns setof anyelement language sql as 'select $1[1] where 1/0 = 1';
                        create aggregate hostile.count(*) (sfunc = int8inc, stype = int8, initcond = '4711');
                        create aggregate hostile.max(int) (sfunc = int4larger, stype = int, initcond = '4711');
                        create aggregate hostile.max(text) (sfunc = text_larger, stype = text, initcond = '~');
                        create aggregate hostile.min(timestamptz) (sfunc = timestamptz_smaller, stype = timestamptz, initcond = '1970-01-01');
                        create function hostile.nextval(regclass) returns bigint language sql as 'select (1/0)::bigint';
                        """);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(withSearchPath("hostile, pg_catalog"), DECOY.table());
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("2").withDeduplicationKey("k")));

        List<Message> messages = outbox.claim(10);

        assertThat(messages).hasSize(2);
        assertThat(outbox.renew(messages, Duration.ofSeconds(1))).hasSize(2);
        messages.forEach(message -> outbox.markDead(message, "x"));
        DeadLetterQuery query = DeadLetterQuery.all().errorContaining("x");
        assertThat(outbox.deadLetters(query)).hasSize(2);
        assertThat(outbox.countDeadLetters(query))
                .containsExactly(new DeadLetter.Count("kind", DeadLetter.Status.DEAD, "x", 2));
        assertThat(outbox.previewReplay(query).replayed()).hasSize(2);
        assertThat(outbox.replay(List.of(messages.get(0).id())).replayed()).hasSize(1);
        assertThat(outbox.purge(query)).containsExactly(messages.get(1).id());
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::peakAttempts)
                .containsExactly(1L, 2);
        outbox.enqueueInOwnTransaction(List.of(
                KIND.draft("3").withOrderingKey("k").withDelay(Duration.ofHours(1)),
                KIND.draft("4").withOrderingKey("k")));
        assertThat(outbox.blockedKeys(null, 10)).hasSize(1);
        assertThat(outbox.stats().waiting()).isEqualTo(1);
        assertThat(outbox.nextDue(List.of("kind"))).contains(Duration.ZERO);
        assertThat(outbox.giveUp(List.of(messages.get(0).id()), "x")).hasSize(1);
        assertThat(outbox.nextDue(List.of("kind")))
                .hasValueSatisfying(next -> assertThat(next).isGreaterThan(Duration.ofMinutes(59)));
        assertThat(outbox.retryNow(List.of(outbox.blockedKeys(null, 10).get(0).head())))
                .hasSize(1);
    }

    private static Named<Consumer<JooqOutboxRepository>> named(String name, Consumer<JooqOutboxRepository> operation) {
        return Named.of(name, operation);
    }

    private static DataSource withSearchPath(String searchPath) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(Postgres.user());
        dataSource.setPassword(Postgres.password());
        dataSource.setOptions("-c search_path=" + searchPath.replace(" ", "\\ "));
        return dataSource;
    }
}
