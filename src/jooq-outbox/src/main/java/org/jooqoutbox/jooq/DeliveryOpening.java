package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose one statement is the first of a transaction that delivers a message. In the same round trip it sets the isolation level, limits
 * how long the transaction may idle, asks what the server knows it by, and has the statement planned as {@link IndexPlans} would, without leaving
 * anything of that to the statements that follow.
 */
final class DeliveryOpening extends DefaultConnection {

    private static final String LAST = ";\nselect " + IndexPlans.SET_BACK;

    private final String first;
    private @Nullable String transactionId;

    DeliveryOpening(Connection connection, Duration idleTimeout) {
        super(connection);
        this.first = "set transaction isolation level read committed;\nselect pg_catalog.pg_current_xact_id()::text,"
                + " pg_catalog.set_config('idle_in_transaction_session_timeout', '" + idleTimeout.toMillis()
                + "', true), "
                + IndexPlans.SET_AND_NOTE + ";\n";
    }

    /** What the server knows the transaction by, once the statement was executed. */
    String transactionId() {
        return Objects.requireNonNull(transactionId, "nothing was executed");
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return new Opening(super.prepareStatement(first + sql + LAST));
    }

    /** Takes the answers to what comes first. */
    private final class Opening extends DefaultPreparedStatement {

        Opening(PreparedStatement statement) {
            super(statement);
        }

        @Override
        public boolean execute() throws SQLException {
            super.execute();
            getMoreResults();
            try (ResultSet answer = getResultSet()) {
                answer.next();
                transactionId = answer.getString(1);
            }
            return getMoreResults();
        }
    }
}
