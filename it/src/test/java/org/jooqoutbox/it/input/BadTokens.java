package org.jooqoutbox.it.input;

/** What random documents are damaged with. */
final class BadTokens {

    /** What is put anywhere into a sound document. Some of it does no harm in some places. */
    static final String[] ANY = {
        "\\u0000",
        "\\ud800",
        "\\udc00",
        "\\ud83d\\ude00",
        "\\u00",
        "\\x",
        "\\",
        "\"",
        "\uD83D",
        "\uDE00",
        "\uD83D\uDE00",
        "\0",
        "\n",
        "\t",
        "\u001F",
        "\u007F",
        "\u0085",
        "\u00A0",
        "\u2028",
        "\uFEFF",
        "\uFFFF",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "'",
        "/",
        "//",
        "/**/",
        "#",
        "e",
        "E5",
        "-",
        "+",
        ".",
        "0",
        "00",
        "1e131072",
        "1e-16384",
        "1e400000",
        "0e9",
        "NaN",
        "Infinity",
        "null",
        "tru",
        "falsee",
        "a"
    };

    /** What PostgreSQL does not keep in a string. */
    static final String[] CHARACTERS = {
        "\\u0000",
        "\\ud800",
        "\\udc00",
        "\\ud800\\u0041",
        "\\ud83d\uDE00",
        "\uD83D" + "\\ude00",
        "\uD83D",
        "\uDE00",
        "\\u12g4",
        "\\x",
        "\\U0041",
        "\n",
        "\0"
    };

    /** What PostgreSQL does not keep as a number. */
    static final String[] NUMBERS = {
        "01",
        "-00",
        "00.5",
        "1.",
        "-.5",
        ".5",
        "1.e1",
        "1e",
        "1e+",
        "--1",
        "+1",
        "0x1",
        "1_0",
        "NaN",
        "1e131072",
        "1e-16384",
        "0e-16384"
    };

    /** What is no space in JSON. */
    static final String[] SPACE = {"\u00A0", "\f", "\u000B", "\u0085", "\u2028", "\uFEFF", "/**/", ","};

    private BadTokens() {}
}
