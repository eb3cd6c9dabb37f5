package org.jooqoutbox.jooq;

import java.sql.SQLException;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.exception.DataAccessException;
import org.postgresql.PGStatement;

/**
 * Keeps the driver from preparing our statements on the server. A plan that PostgreSQL made for good while the outbox was empty reads the whole
 * table after the next bulk load, until somebody analyzes it; and a pooler may route a prepared name to a server that does not know it.
 */
final class UnpreparedStatements implements ExecuteListener {

    private static final long serialVersionUID = 1L;

    @Override
    public void prepareEnd(ExecuteContext context) {
        try {
            if (context.statement() != null) {
                context.statement().unwrap(PGStatement.class).setPrepareThreshold(0);
            }
        } catch (SQLException e) {
            throw new DataAccessException("the prepare threshold of a statement could not be set", e);
        }
    }
}
