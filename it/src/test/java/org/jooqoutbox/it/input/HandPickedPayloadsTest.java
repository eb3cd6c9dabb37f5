package org.jooqoutbox.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.jooqoutbox.PayloadCases;
import org.jooqoutbox.PayloadCases.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That PostgreSQL does with each payload what the table of cases says; what the library does is tested beside that table. */
@Tag("conformance")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandPickedPayloadsTest {

    private PostgresVerdict postgres;

    @BeforeAll
    void connect() throws SQLException {
        postgres = new PostgresVerdict();
    }

    @AfterAll
    void disconnect() throws SQLException {
        postgres.close();
    }

    static Stream<PayloadCases.Case> cases() {
        return PayloadCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void postgres_handPickedPayload_doesWhatTheCaseSays(PayloadCases.Case one) throws SQLException {
        Verdict expected = one.verdict() == Verdict.BEYOND_OUR_LIMIT ? Verdict.KEPT : one.verdict();

        assertThat(postgres.on(one.json())).isEqualTo(expected);
    }
}
