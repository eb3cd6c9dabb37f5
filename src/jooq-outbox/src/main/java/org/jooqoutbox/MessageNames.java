package org.jooqoutbox;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What text must be like so that PostgreSQL keeps it as it is. */
final class MessageNames {

    private static final int MAX_KIND_BYTES = 255;

    private MessageNames() {}

    static void requireKind(String kind) {
        if (kind.isBlank()) {
            throw new IllegalArgumentException("the name of a kind must not be blank");
        }
        int bytes = storedBytes("the name of a kind", kind);
        if (bytes > MAX_KIND_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a kind has at most " + MAX_KIND_BYTES + " bytes in UTF-8, this one has " + bytes);
        }
    }

    /** The length in UTF-8 of text that PostgreSQL can store. */
    static int storedBytes(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " holds a NUL character, which PostgreSQL cannot store");
        }
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " holds half a surrogate pair, which is not text", e);
        }
    }
}
