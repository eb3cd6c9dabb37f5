package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"b\":[1,2],\"a\":null}|{ \"a\" : null, \"b\" : [1, 2] }",
                "1.50|1.5",
                "1e2|100",
                "\"\\u00e9\"|\"é\"",
            })
    void fingerprint_ofOneValueInTwoForms_isTheSame(String one, String other) {
        assertThat(Fingerprint.of(one)).isEqualTo(Fingerprint.of(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\":1}|{\"a\":2}",
                "{\"a\":1}|{\"b\":1}",
                "[1,2]|[2,1]",
                "\"1\"|1",
                "{\"a\":null}|{}",
                "0.1000000000000000055|0.1",
            })
    void fingerprint_ofTwoValues_differs(String one, String other) {
        assertThat(Fingerprint.of(one)).isNotEqualTo(Fingerprint.of(other));
    }
}
