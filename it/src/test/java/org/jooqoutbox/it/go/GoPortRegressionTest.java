package org.jooqoutbox.it.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What a literal port of the Go library would inherit. Each test shows first that the port has the bug, on the very same table, and then that
 * ours has not.
 */
class GoPortRegressionTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("port");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final ClaimRequest HUNDRED = ClaimRequest.of(100);

    private final JooqOutboxRepository ours = OUTBOXES.repository();
    private final GoOutbox port = port(OUTBOXES.table().quoted(), Duration.ZERO);

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    /** U1: a claim that leaves the rows due. */
    @Test
    void claim_ofClaimedMessages_takesNone() throws SQLException {
        enqueue(50);
        assertThat(port.claim(50)).hasSize(50);
        assertThat(port.claim(50)).hasSize(50);

        assertThat(ours.claim(50)).hasSize(50);
        assertThat(ours.claim(50)).isEmpty();
    }

    /** U2: a limit that only failures reach. */
    @Test
    void message_thatKillsItsProcess_isGivenUp() throws SQLException {
        enqueue(1);
        for (int crash = 0; crash < 40; crash++) {
            assertThat(port.claim(50)).hasSize(1);
        }
        assertThat(OUTBOXES.rows().get(0).getStatus()).isEqualTo("pending");

        int crashes = 0;
        while (!ours.claim(HUNDRED).messages().isEmpty()) {
            crashes++;
            OUTBOXES.makeAllDue();
        }
        assertThat(crashes).isEqualTo(4);
        assertThat(OUTBOXES.rows().get(0).getStatus()).isEqualTo("dead");
    }

    /** U3: a message that kills its process stays first in line. */
    @Test
    void message_thatKillsItsProcess_doesNotBlockTheQueue() throws SQLException {
        UUID first = enqueue(100).get(0);
        for (int crash = 0; crash < 40; crash++) {
            assertThat(port.claim(50)).extracting(GoOutbox.Claimed::id).contains(first);
        }
        assertThat(OUTBOXES.rows()).filteredOn(row -> row.getAttempts() == 0).hasSize(50);

        OUTBOXES.clear();
        enqueue(100);
        ours.claim(50);
        assertThat(ours.claim(50)).hasSize(50);
    }

    /** U4: crashes that use up the attempts of the neighbours. */
    @Test
    void crash_ofTheProcess_costsNeighboursNothing() throws SQLException {
        enqueue(2);
        for (int crash = 0; crash < 40; crash++) {
            port.claim(50);
        }
        GoOutbox.Claimed claimed = port.claim(50).get(1);
        port.fail(claimed, "its first failure");
        assertThat(OUTBOXES.row(claimed.id()).getRetryAt().toInstant())
                .isAfter(Instant.now().plus(Duration.ofDays(365)));

        OUTBOXES.clear();
        UUID neighbour = enqueue(2).get(1);
        ours.claim(HUNDRED);
        OUTBOXES.makeAllDue();
        for (Message message = only(); ; message = only()) {
            ours.settle(List.of(Settlement.failed(message, "its first failure", Duration.ofHours(1))));
            if (message.id().equals(neighbour)) {
                assertThat(message.failures()).isZero();
                break;
            }
        }
        assertThat(OUTBOXES.row(neighbour).getFailures()).isEqualTo(1);
        assertThat(OUTBOXES.row(neighbour).getStatus()).isEqualTo("pending");
    }

    /** U6, U7: dead letters that cannot be found, still pending, in the index of due messages. */
    @Test
    void deadLetter_ofOurs_isFoundAndOutOfTheWay() throws SQLException {
        UUID id = enqueue(1).get(0);
        for (int attempt = 1; attempt < GoOutbox.MAX_ATTEMPTS; attempt++) {
            port.fail(port.claim(1).get(0), "broken");
            if (attempt < GoOutbox.MAX_ATTEMPTS - 1) {
                OUTBOXES.makeAllDue();
            }
        }
        assertThat(OUTBOXES.rows())
                .filteredOn(row -> row.getAttempts() >= GoOutbox.MAX_ATTEMPTS)
                .isEmpty();
        assertThat(OUTBOXES.row(id).getStatus()).isEqualTo("pending");
        OUTBOXES.makeAllDue();
        assertThat(port.claim(1)).as("any update of retry_at revives it").hasSize(1);

        OUTBOXES.clear();
        id = enqueue(1).get(0);
        ours.markDead(only(), "broken");
        assertThat(ours.deadLetters(10)).extracting(DeadLetter::id).containsExactly(id);
        OUTBOXES.makeAllDue();
        assertThat(ours.claim(HUNDRED).seen()).isZero();
        assertThat(port.claim(10)).isEmpty();
    }

    /** U8: settlements without a fence. */
    @Test
    void settlement_ofLostLease_changesNothing() throws SQLException {
        enqueue(1);
        GoOutbox.Claimed stale = port.claim(1).get(0);
        GoOutbox.Claimed holder = port.claim(1).get(0);
        port.markFailed(holder.id(), "the holder's", Instant.now().plusSeconds(3600));
        port.markFailed(stale.id(), "the stale one's", Instant.now());
        assertThat(OUTBOXES.row(stale.id()).getLastError()).isEqualTo("the stale one's");

        OUTBOXES.clear();
        enqueue(1);
        Message ourStale = only();
        OUTBOXES.makeAllDue();
        Message ourHolder = only();
        for (Settlement late : List.of(
                Settlement.done(ourStale),
                Settlement.failed(ourStale, "stale", Duration.ZERO),
                Settlement.failedUntil(ourStale, "stale", Instant.now()),
                Settlement.dead(ourStale, "stale"),
                Settlement.released(ourStale))) {
            var before = OUTBOXES.row(ourStale.id());
            assertThat(ours.settle(List.of(late))).containsExactly(Verdict.LEASE_LOST);
            assertThat(OUTBOXES.row(ourStale.id())).isEqualTo(before);
        }
        assertThat(ours.renew(List.of(ourStale), Duration.ofDays(1))).containsExactly(Verdict.LEASE_LOST);
        assertThat(ours.markDone(ourHolder)).isEqualTo(Verdict.APPLIED);
    }

    /** U13: an error text that cannot be stored, so that the message stays due. */
    @Test
    void failure_withTextThatPostgresqlRefuses_isRecorded() throws SQLException {
        enqueue(1);
        GoOutbox.Claimed claimed = port.claim(1).get(0);
        assertThatThrownBy(() -> port.fail(claimed, "a\0b")).isInstanceOf(SQLException.class);
        assertThat(port.claim(1)).as("still due").hasSize(1);

        Message message = only();
        String error = "a\0b\uDC00 " + "\uD83D\uDE80".repeat(10_000);
        assertThat(ours.markFailed(message, error, Instant.now().plusSeconds(60)))
                .isEqualTo(Verdict.APPLIED);
        assertThat(OUTBOXES.row(message.id()).getLastError())
                .startsWith("a\uFFFDb\uFFFD ")
                .satisfies(text ->
                        assertThat(text.getBytes(StandardCharsets.UTF_8).length).isBetween(4000, 4096));
        assertThat(ours.claim(HUNDRED).seen()).isZero();
    }

    /** U17: the clock of whichever client. */
    @Test
    void clock_ofTheClient_decidesNothing() throws SQLException {
        GoOutbox slow = port(OUTBOXES.table().quoted(), Duration.ofHours(-1));
        enqueue(1);
        assertThat(slow.claim(1)).as("due, but not by its clock").isEmpty();

        // There is no clock to set in ours: every time in the table comes from the database.
        Message message = only();
        ours.settle(List.of(Settlement.failed(message, "x", Duration.ofHours(1))));
        var row = OUTBOXES.row(message.id());
        assertThat(Duration.between(row.getUpdatedAt(), row.getRetryAt())).isEqualTo(Duration.ofHours(1));
        assertThat(row.getUpdatedAt()).isAfterOrEqualTo(row.getCreatedAt());
    }

    /** U18: a dual write without a word. */
    @Test
    void enqueue_outsideTransaction_isRefused() throws SQLException {
        port.enqueue("kind", "1");
        assertThat(OUTBOXES.rows()).hasSize(1);

        assertThatThrownBy(() -> ours.enqueue(OUTBOXES.dsl(), KIND.draft("2")))
                .isInstanceOf(NoActiveTransactionException.class);
        assertThat(OUTBOXES.rows()).hasSize(1);
    }

    /** U20: a claim in whatever transaction is open. */
    @Test
    void claim_insideAmbientTransaction_isRefused() throws SQLException {
        enqueue(1);
        try (Connection ambient = Postgres.dataSource().getConnection()) {
            ambient.setAutoCommit(false);
            assertThat(port.claim(ambient, 1)).hasSize(1);
            assertThat(ours.claim(1)).as("hidden until somebody else commits").isEmpty();
            ambient.rollback();

            DSL.using(ambient, SQLDialect.POSTGRES).selectOne().fetch();
            JooqOutboxRepository shared =
                    JooqOutboxRepository.of(new SingleConnectionDataSource(ambient, true), OUTBOXES.table());
            assertThatThrownBy(() -> shared.claim(1)).isInstanceOf(OutboxException.class);
            ambient.rollback();
        }
        assertThat(ours.claim(1)).hasSize(1);
    }

    /** U24: a bad payload that takes the producer's transaction with it. */
    @Test
    void enqueue_ofBadPayload_leavesTheCallersTransactionAlive() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> port.enqueue(connection, "kind", "\"\\u0000\""))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> connection.createStatement().execute("select 1"))
                    .hasMessageContaining("aborted");
            connection.rollback();

            assertThatThrownBy(
                            () -> ours.enqueue(DSL.using(connection, SQLDialect.POSTGRES), KIND.draft("\"\\u0000\"")))
                    .isInstanceOf(InvalidMessageException.class);
            ours.enqueue(DSL.using(connection, SQLDialect.POSTGRES), KIND.draft("\"fine\""));
            connection.commit();
        }
        assertThat(OUTBOXES.rows()).hasSize(1);
    }

    /** U25: a table name that is SQL. */
    @Test
    void tableName_withSqlInIt_isOnlyAName() throws SQLException {
        enqueue(2);
        String injection =
                OUTBOXES.table().quoted() + "; DELETE FROM " + OUTBOXES.table().quoted();
        port(injection, Duration.ZERO).markDone(new UUID(0, 0));
        assertThat(OUTBOXES.rows()).isEmpty();

        JooqOutboxRepository injected = JooqOutboxRepository.of(
                Postgres.dataSource(), OutboxTable.of(OUTBOXES.table().schema(), "outbox\"; DROP TABLE x"));
        assertThatThrownBy(() -> injected.claim(1))
                .hasMessageContaining("outbox\"\"; DROP TABLE x")
                .hasMessageContaining("does not exist");
    }

    /** U26: as many bind values as messages. */
    @Test
    void batch_beyondTheProtocolsLimitOfParameters_isOneStatement() throws SQLException {
        List<String> payloads = Collections.nCopies(8_192, "1");
        try (Connection connection = Postgres.dataSource().getConnection()) {
            assertThatThrownBy(() -> port.enqueue(connection, "kind", payloads)).isInstanceOf(SQLException.class);
        }
        enqueue(70_000);
        List<Message> messages = new ArrayList<>();
        for (Claim claim = ours.claim(ClaimRequest.of(10_000));
                claim.seen() > 0;
                claim = ours.claim(ClaimRequest.of(10_000))) {
            messages.addAll(claim.messages());
        }
        assertThat(messages).hasSize(70_000);
        assertThat(ours.settle(messages.stream().map(Settlement::done).toList()))
                .containsOnly(Verdict.APPLIED);
        assertThat(OUTBOXES.mapped().fetchCount(OUTBOX)).isZero();
    }

    /** U28: an id that needs an extension, and is random. */
    @Test
    void ids_ofOurs_needNoExtensionAndAscend() {
        List<UUID> ids = enqueue(1_000);
        assertThat(OUTBOXES.dsl().fetchCount(DSL.table("pg_extension where extname = 'uuid-ossp'")))
                .isZero();
        assertThatThrownBy(() -> OUTBOXES.dsl().fetchValue("select uuid_generate_v4()"))
                .hasMessageContaining("does not exist");
        assertThat(ids.stream().map(UUID::toString).toList()).isSorted();
    }

    private Message only() {
        return ours.claim(HUNDRED).messages().get(0);
    }

    private List<UUID> enqueue(int count) {
        List<MessageDraft> drafts = IntStream.range(0, count)
                .mapToObj(i -> KIND.draft(Integer.toString(i)))
                .toList();
        return ours.enqueueInOwnTransaction(drafts).ids();
    }

    private static GoOutbox port(String table, Duration skew) {
        // Ahead of the database by a breath, so that what was written just now is due.
        return new GoOutbox(
                Postgres.dataSource(), table, () -> Instant.now().plusSeconds(1).plus(skew));
    }
}
