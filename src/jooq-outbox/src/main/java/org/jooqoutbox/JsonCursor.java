package org.jooqoutbox;

/**
 * Walks through a JSON text, one token at a time, and refuses what PostgreSQL's lexer refuses or would not keep. Copies nothing but the names
 * of members.
 */
final class JsonCursor {

    /** Beyond any limit on the digits of a number, and far from overflowing when more digits follow. */
    private static final int HUGE_EXPONENT = 10_000_000;

    private final String text;
    private int at;
    private long extraBytes;

    JsonCursor(String text) {
        this.text = text;
    }

    int offset() {
        return at;
    }

    boolean atEnd() {
        return at == text.length();
    }

    /**
     * The bytes that PostgreSQL has to deal with: the text in UTF-8, with numbers such as 1e300 written out. Counts what was read so far, and a
     * byte for each character that was not.
     */
    long bytes() {
        return text.length() + extraBytes;
    }

    /** The next character, or NUL at the end: JSON has no use for a NUL, so that the two need not be told apart to be refused. */
    char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    /** Steps over the next character if it is this one. */
    boolean accept(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    void skipSpace() {
        while (isSpace(peek())) {
            at++;
        }
    }

    void literal(String word) {
        if (atEnd()) {
            throw malformed("a value is missing at its end");
        }
        if (!text.startsWith(word, at)) {
            throw malformed("a value is neither an object, array, string or number nor true, false or null");
        }
        at += word.length();
    }

    /** Reads a string as the name of a member. */
    String name() {
        int begin = at + 1;
        boolean escaped = string();
        String raw = text.substring(begin, at - 1);
        return escaped ? JsonEscapes.decoded(raw) : raw;
    }

    /** Steps over a string; true if something in it is escaped. */
    boolean string() {
        if (!accept('"')) {
            throw malformed("the name of a member, in double quotes, is missing");
        }
        boolean escaped = false;
        while (!accept('"')) {
            char c = peek();
            if (c == '\\') {
                escape();
                escaped = true;
            } else {
                plain(c);
            }
        }
        return escaped;
    }

    private void plain(char c) {
        if (c < ' ') {
            throw malformed(atEnd() ? "it ends within a string" : "a control character in a string is not escaped");
        }
        if (Character.isSurrogate(c)) {
            if (!StorableText.pairAt(text, at)) {
                throw new Problem("holds half a surrogate pair, which would be stored as a question mark");
            }
            at++;
            extraBytes++;
        }
        extraBytes += StorableText.extraBytes(c);
        at++;
    }

    private void escape() {
        int begin = at++;
        char c = peek();
        if (c != 'u') {
            if (!JsonEscapes.isShort(c)) {
                throw malformed("a backslash in a string is followed by none of \" \\ / b f n r t u");
            }
            at++;
            return;
        }
        char unit = unicodeEscape();
        if (unit == '\0') {
            at = begin;
            throw new Problem("holds \\u0000, which PostgreSQL cannot store");
        }
        if (Character.isSurrogate(unit)) {
            boolean pair = Character.isHighSurrogate(unit)
                    && text.startsWith("\\u", at)
                    && Character.isLowSurrogate(secondUnicodeEscape());
            if (!pair) {
                at = begin;
                throw new Problem("holds an escape of half a surrogate pair, which PostgreSQL cannot store");
            }
        }
    }

    private char secondUnicodeEscape() {
        at++;
        return unicodeEscape();
    }

    private char unicodeEscape() {
        at++;
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = JsonEscapes.hexDigit(peek());
            if (digit < 0) {
                throw malformed("\\u in a string is not followed by four hexadecimal digits");
            }
            unit = unit * 16 + digit;
            at++;
        }
        return (char) unit;
    }

    /** Steps over a number and returns how many digits it has when it is written out without an exponent. */
    long number() {
        int begin = at;
        int sign = accept('-') ? 1 : 0;
        int whole = accept('0') ? 1 : digits();
        int fraction = accept('.') ? digits() : 0;
        int exponent = accept('e') || accept('E') ? exponent() : 0;
        long before = Math.max(1, whole + exponent);
        long after = Math.max(0, fraction - exponent);
        long length = sign + before + (after > 0 ? 1 + after : 0);
        extraBytes += Math.max(0, length - (at - begin));
        return before + after;
    }

    private int exponent() {
        boolean negative = peek() == '-';
        if (negative || peek() == '+') {
            at++;
        }
        int begin = at;
        digits();
        int value = 0;
        for (int i = begin; i < at && value < HUGE_EXPONENT; i++) {
            value = value * 10 + (text.charAt(i) - '0');
        }
        return negative ? -value : value;
    }

    private int digits() {
        int begin = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == begin) {
            throw malformed("a digit of a number is missing");
        }
        return at - begin;
    }

    Problem malformed(String how) {
        return new Problem("is not valid JSON: " + how);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** Ends the walk. Its text is to be read after the name of what is wrong, and quotes nothing. */
    static final class Problem extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Problem(String text) {
            super(text, null, false, false);
        }
    }
}
