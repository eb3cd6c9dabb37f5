package org.jooqoutbox.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, keys and times at their limits, in the table itself. */
@Tag("conformance")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoredTextTest {

    private static final OutboxTable TABLE = OutboxTable.of("stored_text", "outbox");
    private static final MessageDraft DRAFT = MessageKind.json("order.placed").draft("{}");

    private Connection connection;

    @BeforeAll
    void install() throws SQLException {
        OutboxSchema.install(Postgres.dataSource(), TABLE);
        connection = Postgres.dataSource().getConnection();
    }

    @AfterAll
    void disconnect() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @MethodSource("org.jooqoutbox.it.input.HostileTexts#storable")
    void text_thatPasses_isKept(String text) throws SQLException {
        check(DRAFT.withDeduplicationKey(text).withPayloadType(text).withHeader(text, text));

        assertThat(throughPostgres(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\uD83Db", "\uDE00", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void text_withHalfAPair_isRefusedBecauseItWouldBeAltered(String text) throws SQLException {
        assertThat(throughPostgres(text)).contains("?").isNotEqualTo(text);
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> check(DRAFT.withDeduplicationKey(text)));
    }

    @Test
    void text_withNul_isRefusedBecausePostgresWould() {
        assertThatThrownBy(() -> throughPostgres("a\0b")).isInstanceOf(SQLException.class);
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> check(DRAFT.withDeduplicationKey("a\0b")));
    }

    /** Random characters of four bytes: nothing that compression could make fit. */
    @Test
    void kindAndKey_longest_fitIntoTheIndex() throws SQLException {
        String kind = incompressible(63);
        String key = incompressible(256);
        check(MessageKind.json(kind + "abc").draft("{}").withDeduplicationKey(key));

        assertThatCode(() -> insert(kind + "abc", key)).doesNotThrowAnyException();
    }

    @Test
    void kindAndKey_farLonger_areRefusedByTheIndex() {
        assertThatThrownBy(() -> insert(incompressible(63), incompressible(1000)))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-11-23T10:15:30.123456Z"})
    void instant_withinTheLimits_isKept(Instant at) throws SQLException {
        check(DRAFT.withAvailableAt(at));
        check(DRAFT.withExpiresAt(at));

        try (PreparedStatement statement = connection.prepareStatement("select cast(? as timestamptz)")) {
            statement.setObject(1, at.atOffset(ZoneOffset.UTC));
            assertThat(single(statement, OffsetDateTime.class).toInstant()).isEqualTo(at);
        }
    }

    @Test
    void delayAndTimeToLive_longest_areAdded() throws SQLException {
        Duration delay = Duration.ofDays(3653);
        check(DRAFT.withDelay(delay));
        check(DRAFT.withTimeToLive(delay));

        try (PreparedStatement statement = connection.prepareStatement(
                "select extract(epoch from (now() + ? * interval '1 microsecond') - now())::bigint")) {
            statement.setLong(1, delay.toSeconds() * 1_000_000);
            assertThat(single(statement, Long.class)).isEqualTo(delay.toSeconds());
        }
    }

    private static void check(MessageDraft draft) {
        MessageLimits.defaults().check(draft);
    }

    private static String incompressible(int characters) {
        StringBuilder text = new StringBuilder();
        new Random(characters).ints(characters, 0x10000, 0x110000).forEach(text::appendCodePoint);
        return text.toString();
    }

    private String throughPostgres(String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select cast(? as text)")) {
            statement.setString(1, text);
            return single(statement, String.class);
        }
    }

    private void insert(String kind, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into " + TABLE.quoted() + " (kind, payload, dedup_key) values (?, '{}', ?)")) {
            statement.setString(1, kind);
            statement.setString(2, key);
            statement.executeUpdate();
        }
    }

    private static <T> T single(PreparedStatement statement, Class<T> type) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            assertThat(result.next()).isTrue();
            return result.getObject(1, type);
        }
    }
}
