package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.postgresql.ds.PGSimpleDataSource;

/** Only root can become nobody. Everybody else has no need to. */
@EnabledIf("org.jooqoutbox.codegen.NobodyServer#isRoot")
class NobodyServerTest {

    @Test
    void start_asRoot_runsAsNobodyRestartsAndLeavesNothing() throws SQLException, UnavailableException {
        NobodyServer server = NobodyServer.start(true);
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(server.jdbcUrl());
        dataSource.setUser(server.user());
        Path data = Path.of(ThrowawayPostgresTest.query(dataSource, "show data_directory"));
        assertThat(data).exists();
        assertThat(ThrowawayPostgresTest.query(dataSource, "show max_connections"))
                .isEqualTo("200");
        assertThat(ThrowawayPostgresTest.query(dataSource, "show fsync")).isEqualTo("on");

        server.restart();

        assertThat(ThrowawayPostgresTest.query(dataSource, "show data_directory"))
                .isEqualTo(data.toString());
        assertThat(ThrowawayPostgresTest.query(dataSource, "show fsync")).isEqualTo("on");

        server.close();

        assertThat(data.getParent()).doesNotExist();
        assertThatThrownBy(() -> ThrowawayPostgresTest.query(dataSource, "select 1"))
                .isInstanceOf(SQLException.class);
    }
}
