package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedAttemptsTest {

    private final FailedAttempts attempts = new FailedAttempts();

    @Test
    void remark_noFailure_isEmpty() {
        assertThat(attempts.remark()).isEmpty();
    }

    @Test
    void remark_failure_saysWhatAndWhy() {
        attempts.add("Docker", new UnavailableException("no Docker engine answers"));

        assertThat(attempts.remark()).isEqualTo(" (no Docker: no Docker engine answers)");
    }

    @Test
    void nothingWorked_twoFailures_listsBothInOrderAndKeepsCauses() {
        UnavailableException docker = new UnavailableException("no Docker engine answers");
        UnavailableException embedded = new UnavailableException("disk full");
        attempts.add("Docker", docker);
        attempts.add("embedded binaries", embedded);

        IllegalStateException exception = attempts.nothingWorked(PostgresSettings.from(new Properties()));

        assertThat(String.valueOf(exception.getMessage()).lines())
                .startsWith(
                        "No throw-away PostgreSQL could be started (outbox.postgres is auto). Tried:",
                        "  - Docker: no Docker engine answers",
                        "  - embedded binaries: disk full");
        assertThat(exception).hasSuppressedException(docker).hasSuppressedException(embedded);
    }

    @ParameterizedTest
    @CsvSource({
        "auto, Start Docker",
        "testcontainers, -Doutbox.postgres=embedded",
        "embedded, -Doutbox.postgres=testcontainers",
        "jdbc:postgresql://db/x, allowed to create databases"
    })
    void nothingWorked_anyKind_saysWhatToDo(String postgres, String advice) {
        PostgresSettings settings = PostgresSettings.from(PostgresSettingsTest.properties("outbox.postgres", postgres));

        assertThat(attempts.nothingWorked(settings)).hasMessageContaining(advice);
    }
}
