package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgres://u:p@h:5433/d                         | jdbc:postgresql://h:5433/d                        | u       | p
            postgresql://u:p@h:5433/d                       | jdbc:postgresql://h:5433/d                        | u       | p
            postgres://u:p@h/d                              | jdbc:postgresql://h/d                             | u       | p
            postgres://u@h/d                                | jdbc:postgresql://h/d                             | u       |
            postgres://u:@h/d                               | jdbc:postgresql://h/d                             | u       |
            postgres://h/d                                  | jdbc:postgresql://h/d                             |         |
            postgres:///d                                   | jdbc:postgresql://localhost/d                     |         |
            postgres://us%40er:p%3Aa%2Fs%40s@h/my%20db      | jdbc:postgresql://h/my+db                         | us@er   | p:a/s@s
            postgres://u+v:p+q@h/d+e                        | jdbc:postgresql://h/d%2Be                         | u+v     | p+q
            postgres://%C3%BC:%E2%82%AC@h/d                 | jdbc:postgresql://h/d                             | ü       | €
            postgres://u:p@[::1]:5433/d                     | jdbc:postgresql://[::1]:5433/d                    | u       | p
            postgres://u:p@a_b:1,c:2/d                      | jdbc:postgresql://a_b:1,c:2/d                     | u       | p
            postgres://u:p@h/d?                             | jdbc:postgresql://h/d                             | u       | p
            postgres://u:p@h/d?sslmode=require              | jdbc:postgresql://h/d?sslmode=require             | u       | p
            postgres://h/d?application_name=a%20b&sslmode=x | jdbc:postgresql://h/d?ApplicationName=a+b&sslmode=x |       |
            postgres://h/d?connect_timeout=3                | jdbc:postgresql://h/d?connectTimeout=3            |         |
            jdbc:postgresql://h:5433/d?user=u&password=p    | jdbc:postgresql://h:5433/d?user=u&password=p      |         |
            """)
    void parse_urlOfLibpqOrJdbc_isWhatTheDriverNeeds(
            String text, String jdbcUrl, @Nullable String user, @Nullable String password) {
        assertThat(DatabaseUrl.parse("DATABASE_URL", text)).isEqualTo(new DatabaseUrl(jdbcUrl, user, password));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://h/d",
                "h:5432/d",
                "postgres://h",
                "postgres://h/",
                "postgres://h/d/e",
                "postgres://u:p@ss@h/d",
                "postgres://h:none/d",
                "postgres://h:70000/d",
                "postgres://h/d%zz",
                "postgres://h/d?sslmode",
                "postgres:///d?host=elsewhere",
                "jdbc:postgresql://h:none/d",
            })
    void parse_somethingElse_isRefusedWithNameAndExpectation(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse("DATABASE_URL", text))
                .withMessageStartingWith("DATABASE_URL is \"")
                .withMessageContaining("must be postgres://user:password@host:port/database");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://u:secret@h:none/d",
                "postgres://u:sec@secret@h/d",
                "jdbc:postgresql://h:x/d?password=secret&a=b"
            })
    void parse_somethingElse_keepsThePassword(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse("DATABASE_URL", text))
                .withMessageContaining("***")
                .satisfies(e -> assertThat(e).hasMessageNotContaining("secret"));
    }
}
