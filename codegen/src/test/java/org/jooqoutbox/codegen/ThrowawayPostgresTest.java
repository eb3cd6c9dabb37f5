package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ThrowawayPostgresTest {

    private static ThrowawayPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = ThrowawayPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void start_asConfigured_answersAndTakes200Connections() throws SQLException {
        assertThat(query(postgres.dataSource(), "select 1")).isEqualTo("1");
        assertThat(query(postgres.dataSource(), "show max_connections")).isEqualTo("200");
        assertThat(query(postgres.dataSource(), "show server_encoding")).isEqualTo("UTF8");
    }

    @Test
    void describe_started_namesServerVersionAndOrigin() throws SQLException {
        String version = query(postgres.dataSource(), "select substring(version() from '[0-9.]+')");

        assertThat(postgres.describe())
                .startsWith("PostgreSQL " + version + ", ")
                .matches(".*(embedded|Testcontainers|database).*");
    }

    @Test
    void close_twice_serverIsGone() throws SQLException {
        ThrowawayPostgres other = ThrowawayPostgres.start();
        DataSource dataSource = other.dataSource();
        assertThat(query(dataSource, "select 1")).isEqualTo("1");

        other.close();
        other.close();

        assertThatThrownBy(() -> query(dataSource, "select 1")).isInstanceOf(SQLException.class);
    }

    @Test
    void start_durable_waitsForTheDisk() throws SQLException {
        assumeThat(PostgresSettings.fromSystemProperties().kind()).isNotEqualTo(PostgresSettings.Kind.JDBC);
        assertThat(query(postgres.dataSource(), "show fsync")).isEqualTo("off");
        Properties durable = new Properties();
        durable.putAll(System.getProperties());
        durable.setProperty("outbox.postgres.durable", "true");

        try (ThrowawayPostgres other = ThrowawayPostgres.start(PostgresSettings.from(durable))) {
            assertThat(query(other.dataSource(), "show fsync")).isEqualTo("on");
            assertThat(query(other.dataSource(), "show full_page_writes")).isEqualTo("on");
        }
    }

    @Test
    void restart_ofOurOwn_answersAtTheSameAddressWithItsData() throws SQLException {
        try (ThrowawayPostgres other = ThrowawayPostgres.start()) {
            assumeThat(other.describe()).contains("embedded binaries");
            String began = query(other.dataSource(), "select pg_postmaster_start_time()");
            String settings = query(other.dataSource(), "select current_setting('fsync') || current_setting('port')");
            try (Connection connection = other.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table kept as select 42 as answer");
            }

            other.restart();

            assertThat(query(other.dataSource(), "select pg_postmaster_start_time()"))
                    .isNotEqualTo(began);
            assertThat(query(other.dataSource(), "select current_setting('fsync') || current_setting('port')"))
                    .isEqualTo(settings);
            assertThat(query(other.dataSource(), "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void restart_ofOthers_isRefused() throws SQLException {
        try (ThrowawayPostgres database = ThrowawayPostgres.start(atServer(postgres.password()))) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(database::restart)
                    .withMessageContaining("cannot be restarted");
        }
        assertThat(query(postgres.dataSource(), "select 1")).isEqualTo("1");
    }

    @Test
    void start_jdbcUrl_makesDatabaseThereAndDropsIt() throws SQLException {
        DataSource there = postgres.dataSource();
        String count = "select count(*) from pg_database where datname like 'outbox\\_throwaway\\_%'";
        String before = query(there, count);

        try (ThrowawayPostgres database = ThrowawayPostgres.start(atServer(postgres.password()))) {
            assertThat(query(database.dataSource(), "select current_database()"))
                    .startsWith("outbox_throwaway_");
            assertThat(database.jdbcUrl()).contains("outbox_throwaway_");
            assertThat(query(there, count)).isNotEqualTo(before);
        }

        assertThat(query(there, count)).isEqualTo(before);
    }

    @Test
    void start_nobodyListens_saysWhatWasTriedAndWhatToDo() {
        PostgresSettings settings = PostgresSettings.from(PostgresSettingsTest.properties(
                "outbox.postgres", "jdbc:postgresql://localhost:1/postgres?password=secret"));

        assertThatIllegalStateException()
                .isThrownBy(() -> ThrowawayPostgres.start(settings))
                .withMessageContaining("the server at jdbc:postgresql://localhost:1/postgres: ")
                .withMessageContaining("refused")
                .withMessageContaining("-Doutbox.postgres=embedded")
                .withMessageNotContaining("secret");
    }

    private static PostgresSettings atServer(String password) {
        return PostgresSettings.from(PostgresSettingsTest.properties(
                "outbox.postgres", postgres.jdbcUrl(),
                "outbox.postgres.user", postgres.user(),
                "outbox.postgres.password", password));
    }

    static String query(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
