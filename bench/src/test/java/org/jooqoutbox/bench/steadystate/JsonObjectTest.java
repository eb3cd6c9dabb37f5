package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class JsonObjectTest {

    @Test
    void toString_anyText_isReadAsItWas() throws Exception {
        String nasty = "\"\\\n\t\u0000\u001f/ü€\uD83D\uDE00";

        JsonNode read = new ObjectMapper()
                .readTree(new JsonObject()
                        .text(nasty, nasty)
                        .texts("list", List.of("a", nasty))
                        .toString());

        assertThat(read.get(nasty).textValue()).isEqualTo(nasty);
        assertThat(read.get("list").get(1).textValue()).isEqualTo(nasty);
    }

    @Test
    void toString_numbers_arePlainWithThreeDecimals() {
        JsonObject numbers = new JsonObject()
                .number("a", 1_234_567_890)
                .number("b", 0.00049)
                .number("c", 12.3456)
                .number("d", OptionalDouble.of(100))
                .number("e", OptionalDouble.empty());

        assertThat(numbers).hasToString("{\"a\":1234567890,\"b\":0,\"c\":12.346,\"d\":100,\"e\":null}");
    }
}
