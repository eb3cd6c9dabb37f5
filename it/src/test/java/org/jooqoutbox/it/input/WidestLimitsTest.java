package org.jooqoutbox.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.it.support.Postgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the limits cannot be set so wide that PostgreSQL's own come first. */
@Tag("conformance")
class WidestLimitsTest {

    private static final int BYTES = 16 * 1024 * 1024;
    private static final MessageLimits WIDEST =
            MessageLimits.defaults().maxPayloadBytes(BYTES).maxDepth(1000).maxNumberDigits(16_383);

    @Test
    void payload_asManyElementsAsFit_isKept() throws SQLException {
        int elements = (BYTES - 1) / 2;
        String json = "[" + "1,".repeat(elements - 1) + "1]";

        assertThat(ask("select jsonb_array_length(cast(? as jsonb))", checked(json)))
                .isEqualTo(elements);
    }

    @Test
    void payload_longestString_isKept() throws SQLException {
        String json = '"' + "x".repeat(BYTES - 2) + '"';

        assertThat(ask("select length(cast(? as jsonb) #>> '{}')", checked(json)))
                .isEqualTo(BYTES - 2);
    }

    /** On a quarter of the stack: functions and triggers may have used up the rest. */
    @Test
    void payload_deepest_isKeptOnAQuarterOfTheStack() throws SQLException {
        String json = "{\"a\":[".repeat(500) + "]}".repeat(500);

        assertThat(ask("select length(cast(cast(? as jsonb) as text))", checked(json)))
                .isPositive();
    }

    private static String checked(String json) {
        WIDEST.check(MessageKind.json("large").draft(json));
        return json;
    }

    private static int ask(String question, String json) throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection();
                Statement settings = connection.createStatement();
                PreparedStatement statement = connection.prepareStatement(question)) {
            settings.execute("set max_stack_depth = '512kB'");
            statement.setString(1, json);
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                return answer.getInt(1);
            }
        }
    }
}
