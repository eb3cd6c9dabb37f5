package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.Base58;

class DockerProbeTest {

    /** Testcontainers offers these names nowhere: a new version of it must not leave us probing for yesterday's images. */
    @Test
    void images_comparedWithTestcontainers_areTheOnesItStarts() throws IOException {
        assertThat(constantsOf(Base58.class, "RyukContainer")).contains(DockerProbe.RYUK_IMAGE);
        assertThat(constantsOf(DockerClientFactory.class, "DockerClientFactory"))
                .contains(DockerProbe.TINY_IMAGE);
    }

    private static String constantsOf(Class<?> neighbour, String simpleName) throws IOException {
        try (InputStream classFile = neighbour.getResourceAsStream(simpleName + ".class")) {
            return new String(classFile.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
