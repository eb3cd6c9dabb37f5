package org.jooqoutbox.testing;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Error texts as the table keeps them: without what PostgreSQL cannot store, and at most 4 KiB. */
final class StoredError {

    private static final int MAX_BYTES = 4096;
    private static final int REPLACEMENT = 0xFFFD;

    private StoredError() {}

    static String of(@Nullable String error) {
        StringBuilder clean = new StringBuilder();
        int bytes = 0;
        for (int codePoint : (error == null ? "" : error).codePoints().toArray()) {
            String stored = Character.toString(isStorable(codePoint) ? codePoint : REPLACEMENT);
            bytes += stored.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                break;
            }
            clean.append(stored);
        }
        return clean.toString();
    }

    /** The beginning of a text, in characters as PostgreSQL counts them. */
    static String left(String text, int characters) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters));
    }

    private static boolean isStorable(int codePoint) {
        return codePoint != 0 && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
    }
}
