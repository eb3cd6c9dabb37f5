package org.jooqoutbox.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A statement as the library sends it, to be sent by plain JDBC.
 *
 * @param binds one for each question mark; arrays as arrays
 */
record Replay(String sql, List<Object> binds) {

    private static final Map<Class<?>, String> ARRAYS = Map.of(
            UUID.class,
            "uuid",
            String.class,
            "text",
            Integer.class,
            "int4",
            Long.class,
            "int8",
            OffsetDateTime.class,
            "timestamptz");

    /** The statement with its values bound. The caller closes it. */
    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < binds.size(); i++) {
            Object bind = binds.get(i);
            if (bind instanceof Object[] array) {
                statement.setArray(i + 1, connection.createArrayOf(type(array), array));
            } else {
                statement.setObject(i + 1, bind);
            }
        }
        return statement;
    }

    private static String type(Object[] array) {
        String type = ARRAYS.get(array.getClass().getComponentType());
        if (type == null) {
            throw new BenchException("plain JDBC was not taught to bind a " + array.getClass());
        }
        return type;
    }
}
