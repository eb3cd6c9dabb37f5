package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchSettingsTest {

    @Test
    void from_nothingSet_isQuickAndWantsAll() {
        BenchSettings settings =
                BenchSettings.from(properties("bench.only", "", "bench.seed", "", "bench.tenants", ""));

        assertThat(settings.full()).isFalse();
        assertThat(settings.tenants()).isEqualTo(100);
        assertThat(settings.wants("anything")).isTrue();
        assertThat(settings.pick(1, 2)).isEqualTo(1);
    }

    @Test
    void from_full_isLarger() {
        BenchSettings settings = BenchSettings.from(properties("bench.full", "true"));

        assertThat(settings.tenants()).isEqualTo(1_000);
        assertThat(settings.pick(1, 2)).isEqualTo(2);
    }

    @Test
    void from_flagWithoutValue_isMeant() {
        assertThat(BenchSettings.from(properties("bench.full", "")).full()).isTrue();
    }

    @Test
    void from_names_wantsTheseOnly() {
        BenchSettings settings = BenchSettings.from(properties("bench.only", " tenants ,latency"));

        assertThat(settings.wants("tenants")).isTrue();
        assertThat(settings.wants("latency")).isTrue();
        assertThat(settings.wants("ordering")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"bench.full,maybe", "bench.tenants,0", "bench.tenants,many", "bench.tenants,10001", "bench.seed,x"})
    void from_nonsense_isRefusedByName(String name, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BenchSettings.from(properties(name, value)))
                .withMessageContaining(name)
                .withMessageContaining(value);
    }

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }
}
