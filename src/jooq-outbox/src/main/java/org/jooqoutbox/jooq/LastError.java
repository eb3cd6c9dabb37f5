package org.jooqoutbox.jooq;

import java.util.function.UnaryOperator;

/**
 * Error texts that PostgreSQL can always store: redacted, without what text cannot hold, and cut to size. A failure that could not be recorded
 * would be retried at once, for ever.
 */
final class LastError {

    static final int MAX_BYTES = 4096;

    private static final char REPLACEMENT = '\uFFFD';

    private final UnaryOperator<String> redaction;

    LastError(UnaryOperator<String> redaction) {
        this.redaction = redaction;
    }

    String text(String error) {
        return clean(redacted(error));
    }

    private String redacted(String error) {
        try {
            String text = redaction.apply(error);
            return text == null ? "" : text;
        } catch (RuntimeException | StackOverflowError e) {
            return "(the redaction of this error threw " + e.getClass().getName() + ")";
        }
    }

    /** A text to be searched for: as it was stored, if it was. */
    static String sought(String text) {
        StringBuilder stored = new StringBuilder(text.length());
        text.codePoints().map(LastError::stored).forEach(stored::appendCodePoint);
        return stored.toString();
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_BYTES));
        int bytes = 0;
        int next;
        for (int i = 0; i < text.length(); i += Character.charCount(next)) {
            next = text.codePointAt(i);
            int stored = stored(next);
            bytes += utf8Length(stored);
            if (bytes > MAX_BYTES) {
                break;
            }
            clean.appendCodePoint(stored);
        }
        return clean.toString();
    }

    private static int stored(int codePoint) {
        return isStorable(codePoint) ? codePoint : REPLACEMENT;
    }

    private static boolean isStorable(int codePoint) {
        return codePoint != 0 && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
    }

    private static int utf8Length(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
