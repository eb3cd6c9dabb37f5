package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jooqoutbox.schema.InstallOption;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The text that users copy into migrations of their own. */
class DdlTest {

    static Stream<String> names() {
        return Stream.of("outbox", "Out\"box's", "a${outbox}$$;\\n\n--");
    }

    @ParameterizedTest
    @MethodSource("names")
    void ddl_run_makesTheTableThatInstallMakes(String name) throws SQLException {
        OutboxTable installed = OutboxTable.of(Database.newName().schema(), name);
        OutboxTable copied = OutboxTable.of(Database.newName().schema() + name, name);

        OutboxSchema.install(Database.dataSource(), installed, InstallOption.GO_WORKERS);
        Database.run(
                "create schema " + Database.quoted(copied.schema()),
                OutboxSchema.ddl(copied, InstallOption.GO_WORKERS));

        assertThat(CatalogSnapshot.of(copied)).isEqualTo(CatalogSnapshot.of(installed));
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, copied)).isEmpty();
        }
    }

    @Test
    void ddl_thenInstall_findsTheTableAsItShouldBe() throws SQLException {
        OutboxTable table = Database.newName();
        Database.run("create schema " + Database.quoted(table.schema()), OutboxSchema.ddl(table));
        var before = CatalogSnapshot.of(table);

        OutboxSchema.install(Database.dataSource(), table);
        OutboxSchema.install(Database.dataSource(), table);

        assertThat(CatalogSnapshot.of(table)).isEqualTo(before);
    }
}
