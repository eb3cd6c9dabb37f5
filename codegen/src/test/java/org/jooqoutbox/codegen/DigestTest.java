package org.jooqoutbox.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestTest {

    @Test
    void hex_sameContents_isSame() {
        assertThat(digest("a", "1", "b", "2")).isEqualTo(digest("a", "1", "b", "2"));
    }

    @Test
    void hex_nameOrContentDiffers_differs() {
        assertThat(digest("a", "1")).isNotEqualTo(digest("a", "2")).isNotEqualTo(digest("b", "1"));
    }

    @Test
    void hex_borderBetweenContentsMoved_differs() {
        assertThat(digest("a", "1b", "", "2")).isNotEqualTo(digest("a", "1", "b", "2"));
        assertThat(digest("ab", "1")).isNotEqualTo(digest("a", "b1"));
    }

    private static String digest(String... namesAndContents) {
        Digest digest = new Digest();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            digest.add(namesAndContents[i], namesAndContents[i + 1]);
        }
        return digest.hex();
    }
}
