package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadsTest {

    @Test
    void payload_ofAnyNumber_hasItAndTheSameSize() {
        for (long number : new long[] {0, 7, 123_456, 9_999_999_999L}) {
            String payload = Payloads.of(number);

            assertThat(payload).hasSize(220);
            assertThat(Payloads.number(payload)).isEqualTo(number);
        }
    }

    @Test
    void number_asPostgresWritesJsonb_isFound() {
        assertThat(Payloads.number("{\"number\": 42, \"payload\": {\"number\": 1}}"))
                .isEqualTo(42);
    }

    @Test
    void number_none_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Payloads.number("{}"));
    }

    @Test
    void payload_realOnes_areTakenInTurn(@TempDir Path directory) throws IOException {
        Files.writeString(
                directory.resolve("some.jsonl"),
                "{\"kind\":\"a\",\"payload\":{\"number\":1}}\n{\"kind\": \"b\", \"payload\": [2, {\"x\":\"}\"}] }\n");
        Files.writeString(directory.resolve("notes.txt"), "not one of them");
        Payloads payloads = Payloads.from(in(directory));

        assertThat(payloads.payload(6)).isEqualTo("{\"number\":6,\"payload\":{\"number\":1}}");
        assertThat(payloads.payload(7)).isEqualTo("{\"number\":7,\"payload\":[2, {\"x\":\"}\"}]}");
        assertThat(payloads).asString().startsWith("2 real ones");
    }

    @Test
    void from_directoryWithoutPayloads_isRefused(@TempDir Path directory) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Payloads.from(in(directory)))
                .withMessageContaining("bench.payloads");
    }

    @Test
    void from_lineOfAnotherShape_isRefused(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("some.jsonl"), "{\"payload\":1}\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Payloads.from(in(directory)))
                .withMessageContaining("some.jsonl");
    }

    private static Properties in(Path directory) {
        Properties properties = new Properties();
        properties.setProperty("bench.payloads", directory.toString());
        return properties;
    }
}
