package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells for many tables at once, by a few queries that change nothing, which of them need no installation. */
final class TableStates {

    enum State {
        /** {@link Installation} would find nothing to do. */
        UP_TO_DATE,
        /** There is nothing of that name. */
        ABSENT,
        /** Whatever it is, {@link Installation} has to look at it. */
        UNCLEAR
    }

    private final Connection connection;
    private final Set<InstallOption> options;

    TableStates(Connection connection, Set<InstallOption> options) {
        this.connection = connection;
        this.options = options;
    }

    /** @throws SQLException if only one of them cannot be looked at, for instance because it is locked */
    Map<OutboxTable, State> of(List<OutboxTable> tables) throws SQLException {
        Map<OutboxTable, TableShape> shapes = new CatalogReader(connection).read(tables);
        List<OutboxTable> sound = tables.stream()
                .filter(shapes::containsKey)
                .filter(table -> isSound(table, Objects.requireNonNull(shapes.get(table))))
                .toList();
        Set<OutboxTable> recorded = FlywayHistory.withFirstMigration(connection, sound);
        Map<OutboxTable, State> states = new LinkedHashMap<>();
        tables.forEach(table -> states.put(table, state(shapes.get(table), recorded.contains(table))));
        return states;
    }

    private boolean isSound(OutboxTable table, TableShape shape) {
        return shape.isOrdinaryTable()
                && ShapeCheck.differences(table, shape).isEmpty()
                && ExpectedShape.indexes(options).stream().allMatch(shape::has);
    }

    private static State state(@Nullable TableShape shape, boolean soundAndRecorded) {
        if (soundAndRecorded) {
            return State.UP_TO_DATE;
        }
        return shape == null ? State.ABSENT : State.UNCLEAR;
    }
}
