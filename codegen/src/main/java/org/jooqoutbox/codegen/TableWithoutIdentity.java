package org.jooqoutbox.codegen;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.meta.ColumnDefinition;
import org.jooq.meta.DefaultColumnDefinition;
import org.jooq.meta.TableDefinition;
import org.jooq.meta.postgres.PostgresTableDefinition;

/**
 * A table whose sequence-fed column is an ordinary column with a default. jOOQ would take it for an identity, which it is not, and generate
 * a call ({@code DataType.identity(boolean)}) that jOOQ 3.21 marks for removal: the generated classes are meant to run there too.
 */
final class TableWithoutIdentity extends PostgresTableDefinition {

    TableWithoutIdentity(TableDefinition table) {
        super(table.getSchema(), table.getName(), table.getComment());
    }

    @Override
    public List<ColumnDefinition> getElements0() throws SQLException {
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnDefinition column : super.getElements0()) {
            columns.add(new DefaultColumnDefinition(
                    this, column.getName(), column.getPosition(), column.getDefinedType(), false, column.getComment()));
        }
        return columns;
    }
}
