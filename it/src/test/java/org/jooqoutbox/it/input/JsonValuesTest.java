package org.jooqoutbox.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The judge is judged: one that called everything equal would make the tests beside it worthless. */
class JsonValuesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1,"b":[1e2,"x"]} | {"b": [100, "x"], "a": 1}
            1.50                  | 1.5
            -0.0                  | 0
            1e-400                | 0.1e-399
            "\\u00e9\\/"          | "é/"
            [[],{}]               | [[], {}]
            null                  | null
            """)
    void equal_sameValue_isTrue(String sent, String received) {
        assertThat(JsonValues.equal(sent, received)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            9007199254740993     | 9007199254740992
            1e-400               | 0
            1e400                | 1.00000000000000000001e400
            1                    | "1"
            1                    | true
            null                 | false
            "a"                  | "b"
            "é"                  | "?"
            []                   | {}
            [1]                  | [1, 1]
            [1,2]                | [2, 1]
            {"a":1}              | {"b": 1}
            {"a":1}              | {"a": 1, "b": 1}
            {"a":null}           | {"b": null}
            {"a":1,"a":2}        | {"a": 2}
            [1                   | [1]
            1 2                  | 1
            """)
    void equal_anotherValue_isFalse(String sent, String received) {
        assertThat(JsonValues.equal(sent, received)).isFalse();
    }
}
