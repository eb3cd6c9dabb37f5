package org.jooqoutbox;

/** What follows a backslash in a JSON string. */
final class JsonEscapes {

    private static final String SHORT = "\"\\/bfnrt";
    private static final String MEANING = "\"\\/\b\f\n\r\t";

    private JsonEscapes() {}

    /** Whether it is an escape of one character. */
    static boolean isShort(char c) {
        return SHORT.indexOf(c) >= 0;
    }

    /** The value of a hexadecimal digit, or a negative number. Unlike {@link Character#digit}, knows those of ASCII only. */
    static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** The characters that the inside of a valid string stands for. */
    static String decoded(String raw) {
        StringBuilder plain = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                plain.append(c);
            } else if (raw.charAt(++i) == 'u') {
                plain.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
                i += 4;
            } else {
                plain.append(MEANING.charAt(SHORT.indexOf(raw.charAt(i))));
            }
        }
        return plain.toString();
    }
}
