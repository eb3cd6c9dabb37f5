package org.jooqoutbox;

import org.jspecify.annotations.Nullable;

/** Text as PostgreSQL keeps it in a database with UTF-8. */
final class StorableText {

    private StorableText() {}

    /**
     * What keeps a text from being stored as it is, or null if nothing does. To be read after the name of the text.
     *
     * @param maxBytes of UTF-8
     */
    static @Nullable String problem(String text, int maxBytes) {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            return "holds a NUL character, which PostgreSQL cannot store (offset " + nul + ")";
        }
        int half = loneSurrogate(text);
        if (half >= 0) {
            return "holds half a surrogate pair, which would be stored as a question mark (offset " + half + ")";
        }
        long bytes = utf8Length(text);
        return bytes <= maxBytes ? null : "takes " + bytes + " bytes in UTF-8, and may take " + maxBytes + " at most";
    }

    /** The length in UTF-8 of text without lone surrogates. */
    static long utf8Length(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            bytes += extraBytes(text.charAt(i));
        }
        return bytes;
    }

    /** The bytes that a character takes in UTF-8 beyond the first; half a pair counts half of the pair's four. */
    static int extraBytes(char c) {
        if (c < 0x80) {
            return 0;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
    }

    private static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!pairAt(text, i)) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    static boolean pairAt(String text, int i) {
        return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
    }
}
