package org.jooqoutbox.it.input;

import java.util.stream.Stream;

/** Texts that are easily damaged on their way through arrays, JSON and encodings, and that PostgreSQL keeps. */
final class HostileTexts {

    private HostileTexts() {}

    static Stream<String> storable() {
        return Stream.of(
                "plain",
                " ",
                "a'b\"c\\d{e}$1?:f",
                "\u0001\t\n\r\u001F\u007F",
                "\u0080\u0085\u009F\u00A0",
                "\u00E9\u20AC\uD83D\uDE00",
                "\u2028\uFEFF\uFFFE\uFFFF",
                "\uDBFF\uDFFF",
                "e\u0301");
    }
}
