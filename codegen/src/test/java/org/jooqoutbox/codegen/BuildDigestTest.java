package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildDigestTest {

    @TempDir
    Path directory;

    @Test
    void of_sameConfiguration_isSameWhereverItLies() throws IOException {
        Path one = Files.writeString(directory.resolve("one.xml"), "<project/>");
        Path other = Files.writeString(directory.resolve("other.xml"), "<project/>");

        assertThat(BuildDigest.of(one)).isEqualTo(BuildDigest.of(other));
    }

    @Test
    void of_configurationChanged_differs() throws IOException {
        Path configuration = Files.writeString(directory.resolve("pom.xml"), "<project/>");
        String before = BuildDigest.of(configuration);

        Files.writeString(configuration, "<project><!-- changed --></project>");

        assertThat(BuildDigest.of(configuration)).isNotEqualTo(before);
    }
}
