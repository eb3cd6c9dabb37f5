package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Configuration;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooqoutbox.Message;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * Removal of one message, as the first statement of the transaction that delivers it. What is the caller's, what is BUSY and why nothing is waited
 * for: see SettleStatement. With the row goes all that the rest of the transaction needs: it is not to be idle for long, it can be asked for by its
 * id when the reply to its commit is lost, and how its first statement was planned is no matter to those of a handler.
 */
final class RemovalStatement {

    private static final Outbox O = OUTBOX.as("o");
    private static final Field<Object> CTID = field(name("o", "ctid"));
    private static final Field<String> TRANSACTION_ID = field("pg_catalog.pg_current_xact_id()::text", String.class);
    private static final Field<String> SETTINGS = field(
            "pg_catalog.concat(pg_catalog.set_config('idle_in_transaction_session_timeout', {0}, true), "
                    + LocalSettings.SET_BACK + ")",
            String.class,
            param("idle_timeout", String.class));

    private RemovalStatement() {}

    static Query remove() {
        return deleteFrom(O)
                .where(condition("{0} = any(array({1}))", CTID, lock()))
                .returningResult(TRANSACTION_ID, SETTINGS);
    }

    private static Select<Record1<Object>> lock() {
        return select(CTID)
                .from(O)
                .where(O.ID.eq(param("id", UUID.class)))
                .and(O.ATTEMPTS.eq(param("attempts", Integer.class)))
                .and(SettleStatement.isUnsettled(O))
                .forUpdate()
                .skipLocked();
    }

    /**
     * Removes its row, if it is the caller's and nobody else has it locked.
     *
     * @return what the server knows the transaction by, or nothing if it was not removed
     */
    static Optional<String> send(
            Configuration configuration, Statements statements, Message message, Duration idleTimeout) {
        Map<String, Field<?>> values = Map.of(
                "id", DriverBinding.value(message.id()),
                "attempts", DriverBinding.value(message.attempts()),
                "idle_timeout", DriverBinding.value(String.valueOf(idleTimeout.toMillis())));
        return statements
                .remove()
                .read(configuration, values, rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty());
    }
}
