package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoSettingsTest {

    @TempDir
    Path directory;

    private final Properties properties = new Properties();

    private DemoSettings settings(String... namesAndValues) {
        properties.setProperty("demo.base", directory.toString());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return DemoSettings.from(properties);
    }

    @Test
    void settings_nothingSaid_haveDefaults() {
        DemoSettings settings = settings("demo.events", "", "demo.transactions", "");

        assertThat(settings.transactions()).isEqualTo(3000);
        assertThat(settings.events()).isEmpty();
        assertThat(settings.eventsOf(0)).isEmpty();
        assertThat(settings.limit()).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void events_relativePaths_areResolvedWhereMavenWasStarted() throws IOException {
        Path first = Files.createFile(directory.resolve("first.jsonl"));
        Path second = Files.createFile(directory.resolve("second.jsonl"));

        DemoSettings settings = settings("demo.events", "first.jsonl, " + second);

        assertThat(settings.eventsOf(0)).contains(first);
        assertThat(settings.eventsOf(1)).contains(second);
    }

    @Test
    void events_oneFile_servesBothServices() throws IOException {
        Path only = Files.createFile(directory.resolve("only.jsonl"));

        DemoSettings settings = settings("demo.events", "only.jsonl");

        assertThat(settings.eventsOf(0)).contains(only);
        assertThat(settings.eventsOf(1)).contains(only);
    }

    @Test
    void events_missingFile_isRefusedByName() {
        assertThatThrownBy(() -> settings("demo.events", "missing.jsonl"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(directory.resolve("missing.jsonl").toString());
    }

    @Test
    void transactions_tooFewOrNoNumber_areRefused() {
        assertThatThrownBy(() -> settings("demo.transactions", "199"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 200, not 199");
        assertThatThrownBy(() -> settings("demo.transactions", "many"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"many\"");
    }
}
