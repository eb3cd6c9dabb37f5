package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Properties;
import org.jooqoutbox.codegen.PostgresSettings.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresSettingsTest {

    @Test
    void from_nothingSet_isAutoWithDefaultImage() {
        PostgresSettings settings = PostgresSettings.from(new Properties());

        assertThat(settings).isEqualTo(new PostgresSettings(Kind.AUTO, "postgres:17-alpine", null, null, null, false));
    }

    @ParameterizedTest
    @CsvSource({
        "auto,AUTO",
        "testcontainers,TESTCONTAINERS",
        "embedded,EMBEDDED",
        "EMBEDDED,EMBEDDED",
        "' embedded ',EMBEDDED",
        "'',AUTO"
    })
    void from_nameOfKind_isThatKind(String postgres, Kind kind) {
        assertThat(PostgresSettings.from(properties("outbox.postgres", postgres))
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void from_jdbcUrl_keepsUrlUserAndPassword() {
        Properties properties = properties(
                "outbox.postgres",
                "jdbc:postgresql://db/postgres",
                "outbox.postgres.user",
                "joe",
                "outbox.postgres.password",
                "x y");

        PostgresSettings settings = PostgresSettings.from(properties);

        assertThat(settings)
                .isEqualTo(new PostgresSettings(
                        Kind.JDBC, "postgres:17-alpine", "jdbc:postgresql://db/postgres", "joe", "x y", false));
    }

    @Test
    void from_image_isKept() {
        assertThat(PostgresSettings.from(properties("outbox.postgres.image", "postgres:18"))
                        .image())
                .isEqualTo("postgres:18");
    }

    @ParameterizedTest
    @CsvSource({"docker", "jdbc:mysql://db/x", "jdbc:tc:postgresql:17:///x"})
    void from_anythingElse_isRefusedWithChoices(String postgres) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PostgresSettings.from(properties("outbox.postgres", postgres)))
                .withMessage("outbox.postgres is \"" + postgres
                        + "\", but must be auto, testcontainers, embedded or a JDBC URL (jdbc:postgresql://…)");
    }

    @Test
    void toString_jdbcUrlWithPassword_hidesIt() {
        Properties properties = properties(
                "outbox.postgres",
                "jdbc:postgresql://db/postgres?password=secret",
                "outbox.postgres.password",
                "secret");

        assertThat(PostgresSettings.from(properties)).asString().doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false", "'',false"})
    void from_durable_isWhetherCommitsWaitForTheDisk(String text, boolean durable) {
        assertThat(PostgresSettings.from(properties("outbox.postgres.durable", text))
                        .durable())
                .isEqualTo(durable);
    }

    static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }
}
