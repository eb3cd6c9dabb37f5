package org.jooqoutbox;

import java.util.regex.Pattern;

/** Names of kinds, of headers, and of members of a payload: what they must be like, and how they are shown. */
final class MessageNames {

    /** With the longest deduplication key, well below the 2,704 bytes that an entry of PostgreSQL's index may have. */
    static final int MAX_KIND_BYTES = 255;

    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_$.-]{1,40}");

    private MessageNames() {}

    /** The name of a header or member as a log may show it: an asterisk unless it looks like a name. Maps have e-mail addresses as names, too. */
    static String presentable(String name) {
        return PLAIN.matcher(name).matches() ? name : "*";
    }

    static void requireKind(String kind) {
        if (kind.isBlank()) {
            throw new IllegalArgumentException("the name of a kind must not be blank");
        }
        String problem = StorableText.problem(kind, MAX_KIND_BYTES);
        if (problem != null) {
            throw new IllegalArgumentException("the name of a kind " + problem);
        }
    }
}
