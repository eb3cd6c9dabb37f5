package org.jooqoutbox;

import java.util.List;
import java.util.stream.Stream;

/**
 * Payloads picked by hand, what PostgreSQL does with each, and what our refusal says. Checked against the library without a database, and
 * against PostgreSQL itself in the integration tests.
 */
public final class PayloadCases {

    /** What PostgreSQL does with a payload, told apart from what we do with it. */
    public enum Verdict {
        /** Kept, and accepted by us. */
        KEPT,
        /** Kept, but beyond a limit of ours. */
        BEYOND_OUR_LIMIT,
        /** Stored as something else. */
        ALTERED,
        /** Refused. */
        REFUSED;

        /** Whether our check lets it pass. */
        public boolean passes() {
            return this == KEPT;
        }
    }

    /**
     * One payload.
     *
     * @param name what it is about
     * @param json the payload
     * @param verdict what PostgreSQL does with it
     * @param reason part of what our refusal says; empty where we do not refuse
     */
    public record Case(String name, String json, Verdict verdict, String reason) {
        @Override
        public String toString() {
            return verdict + ": " + name;
        }
    }

    private static final String NOT_JSON = "is not valid JSON: ";
    private static final String NO_VALUE = NOT_JSON + "a value is neither";
    private static final String NO_DIGIT = NOT_JSON + "a digit";
    private static final String FOLLOWS = NOT_JSON + "something follows";
    private static final String NO_COMMA = NOT_JSON + "a comma";
    private static final String NO_NAME = NOT_JSON + "the name of a member";
    private static final String CONTROL = NOT_JSON + "a control character";
    private static final String BACKSLASH = NOT_JSON + "a backslash";
    private static final String HEX = NOT_JSON + "\\u in a string";
    private static final String ENDS = NOT_JSON + "it ends";
    private static final String NUL = "holds \\u0000";
    private static final String RAW_HALF = "holds half a surrogate pair";
    private static final String ESCAPED_HALF = "holds an escape of half";
    private static final String TWICE = "two members of the same name";
    private static final String DIGITS = "more than 500 digits";
    private static final String DEPTH = "deeper than 200 levels";
    private static final String SIZE = "may take 262144 at most";

    private PayloadCases() {}

    /** All of them. */
    public static Stream<Case> all() {
        return Stream.of(documents(), space(), strings(), numbers(), structure(), limits())
                .flatMap(List::stream);
    }

    private static List<Case> documents() {
        return List.of(
                kept("an object", "{\"id\": 17, \"lines\": [{\"sku\": \"a\", \"n\": 2}], \"paid\": true}"),
                kept("an empty object", "{}"),
                kept("an empty array", "[]"),
                kept("null", "null"),
                kept("true", "true"),
                kept("false", "false"),
                kept("a string", "\"text\""),
                kept("an empty string", "\"\""),
                kept("a number", "17"),
                refused("nothing", "", NOT_JSON + "a value is missing"),
                refused("space alone", " \n ", NOT_JSON + "a value is missing"),
                refused("a word", "hello", NO_VALUE),
                refused("a literal in capitals", "True", NO_VALUE),
                refused("part of a literal", "tru", NO_VALUE),
                refused("a literal with more letters", "nullx", FOLLOWS),
                refused("undefined", "undefined", NO_VALUE),
                refused("single quotes", "'text'", NO_VALUE),
                refused("two values", "1 2", FOLLOWS),
                refused("two objects, one a line", "{}\n{}", FOLLOWS),
                refused("a comment before", "/* c */ 1", NO_VALUE),
                refused("a comment after", "1 // c", FOLLOWS),
                refused("a comment with a hash", "# c\n1", NO_VALUE),
                refused("a semicolon after", "{};", FOLLOWS),
                refused("a raw NUL after", "1\0", FOLLOWS),
                refused("a raw NUL alone", "\0", NO_VALUE));
    }

    private static List<Case> space() {
        return List.of(
                kept("the four kinds of space", " \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n"),
                kept("space around a colon", "{ \"a\" : 1 }"),
                refused("a byte order mark", "\uFEFF{}", NO_VALUE),
                refused("a byte order mark after", "{}\uFEFF", FOLLOWS),
                refused("a no-break space", "\u00A01", NO_VALUE),
                refused("a form feed", "\f1", NO_VALUE),
                refused("a vertical tab", "[1,\u000B2]", NO_VALUE),
                refused("a next line", "1\u0085", FOLLOWS),
                refused("a line separator", "{\u2028}", NO_NAME),
                refused("a record separator", "\u001E1", NO_VALUE));
    }

    private static List<Case> strings() {
        return List.of(
                kept("every short escape", "\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t\""),
                kept("escapes in both cases", "\"\\u00e9\\u00E9\\uFfFf\""),
                kept("escaped control characters", "\"\\u0001\\u001f\""),
                kept("an escaped backslash before u0000", "\"\\\\u0000\""),
                kept("an escaped pair", "\"\\ud83d\\uDE00\""),
                kept("a raw pair", "\"\uD83D\uDE00\""),
                kept("two, three and four bytes", "\"\u00E9\u20AC\uD83D\uDE00\""),
                kept("delete and the controls above it", "\"\u007F\u0080\u009F\""),
                kept("separators and noncharacters", "\"\u2028\u2029\uFFFE\uFFFF\uFDD0\""),
                kept("a byte order mark in a string", "\"\uFEFF\""),
                kept("the last character of Unicode", "\"\uDBFF\uDFFF\""),
                refused("an escaped NUL", "\"a\\u0000b\"", NUL),
                refused("an escaped NUL in a name", "{\"a\\u0000\": 1}", NUL),
                refused("an escaped NUL after an escaped backslash", "\"\\\\\\u0000\"", NUL),
                refused("a raw NUL", "\"a\0b\"", CONTROL),
                refused("a raw line feed", "\"a\nb\"", CONTROL),
                refused("a raw tab", "\"a\tb\"", CONTROL),
                refused("a raw unit separator", "\"\u001F\"", CONTROL),
                refused("a raw tab in a name", "{\"\t\": 1}", CONTROL),
                refused("an escaped high half", "\"\\ud83d\"", ESCAPED_HALF),
                refused("an escaped high half before text", "\"\\ud83dabcdef\"", ESCAPED_HALF),
                refused("an escaped high half before another escape", "\"\\ud83d\\n\"", ESCAPED_HALF),
                refused("an escaped high half before an escaped letter", "\"\\ud83d\\u0041\"", ESCAPED_HALF),
                refused("an escaped low half", "\"\\ude00\"", ESCAPED_HALF),
                refused("escaped halves in the wrong order", "\"\\ude00\\ud83d\"", ESCAPED_HALF),
                refused("two escaped high halves", "\"\\ud83d\\ud83d\\ude00\"", ESCAPED_HALF),
                refused("an escaped half in a name", "{\"\\ud83d\": 1}", ESCAPED_HALF),
                refused("an escaped half beside a raw one", "\"\\ud83d\uDE00\"", ESCAPED_HALF),
                refused("a raw half beside an escaped one", "\"\uD83D" + "\\ude00\"", RAW_HALF),
                altered("a raw high half", "\"a\uD83Db\"", RAW_HALF),
                altered("a raw low half", "\"\uDE00\"", RAW_HALF),
                altered("raw halves in the wrong order", "\"\uDE00\uD83D\"", RAW_HALF),
                altered("a raw half in a name", "{\"\uD83D\": 1}", RAW_HALF),
                refused("a raw half outside strings", "[\uD83D]", NO_VALUE),
                refused("an unknown escape", "\"\\a\"", BACKSLASH),
                refused("an escape in hexadecimal", "\"\\x41\"", BACKSLASH),
                refused("a capital U", "\"\\U0041\"", BACKSLASH),
                refused("an escaped line feed", "\"\\\n\"", BACKSLASH),
                refused("too few digits after u", "\"\\u12\"", HEX),
                refused("a letter among the digits after u", "\"\\u12g4\"", HEX),
                refused("other digits than those of ASCII after u", "\"\\u\uFF11\uFF12\uFF13\uFF14\"", HEX),
                refused("a sign after u", "\"\\u+041\"", HEX),
                refused("a string without end", "\"text", ENDS),
                refused("a string that ends with a backslash", "\"text\\", BACKSLASH),
                refused("a string that ends after u", "\"\\u004", HEX));
    }

    private static List<Case> numbers() {
        return List.of(
                kept("zero", "0"),
                kept("a negative zero, which becomes 0", "-0"),
                kept("a negative fraction", "-0.5"),
                kept("beyond the integers of a double", "9007199254740993"),
                kept("a fraction with its zeros", "1.10"),
                kept("exponents in every form", "[1e2, 1E2, 1e+2, 1e-2, 1.5E-0]"),
                kept("an exponent with leading zeros", "1e" + "0".repeat(1000) + "5"),
                kept("the largest double", "1.7976931348623157E308"),
                kept("the smallest double", "4.9E-324"),
                kept("500 digits", "9".repeat(500)),
                kept("500 digits after an exponent", "1e499"),
                kept("500 digits around the point", "9".repeat(100) + "." + "1".repeat(400)),
                kept("500 digits behind the point", "-1e-499"),
                beyond("501 digits", "9".repeat(501), DIGITS),
                beyond("501 digits after an exponent", "1e500", DIGITS),
                beyond("501 digits behind the point", "1e-500", DIGITS),
                beyond("501 digits around the point", "9".repeat(100) + "." + "1".repeat(401), DIGITS),
                beyond("a long zero", "0e500", DIGITS),
                beyond("the largest power of ten", "1e131071", DIGITS),
                beyond("the smallest power of ten", "1e-16383", DIGITS),
                refused("a power of ten too large", "1e131072", DIGITS),
                refused("a power of ten too small", "1e-16384", DIGITS),
                refused("1e400000", "1e400000", DIGITS),
                refused("an exponent beyond int", "1e4294967297", DIGITS),
                refused("an exponent beyond long", "-1e-99999999999999999999", DIGITS),
                refused("too many digits", "9".repeat(131_073), DIGITS),
                refused("NaN", "NaN", NO_VALUE),
                refused("Infinity", "Infinity", NO_VALUE),
                refused("negative infinity", "-Infinity", NO_DIGIT),
                refused("a minus alone", "-", NO_DIGIT),
                refused("two minus signs", "--1", NO_DIGIT),
                refused("a plus", "+1", NO_VALUE),
                refused("a leading zero", "012", FOLLOWS),
                refused("a leading zero after a minus", "[-01]", NO_COMMA),
                refused("hexadecimal", "0x1F", FOLLOWS),
                refused("nothing before the point", ".5", NO_VALUE),
                refused("nothing after the point", "5.", NO_DIGIT),
                refused("nothing between point and exponent", "5.e1", NO_DIGIT),
                refused("nothing after the exponent", "5e", NO_DIGIT),
                refused("a sign alone in the exponent", "5e+", NO_DIGIT),
                refused("a fraction in the exponent", "5e1.5", FOLLOWS),
                refused("a letter after", "5L", FOLLOWS),
                refused("an underscore between digits", "1_000", FOLLOWS),
                refused("other digits than those of ASCII", "\u0661", NO_VALUE));
    }

    private static List<Case> structure() {
        return List.of(
                kept(
                        "equal names in different objects",
                        "{\"a\": {\"a\": [{\"a\": 1}, {\"a\": 2}]}, \"b\": {\"a\": 1}}"),
                kept("names that differ by case", "{\"a\": 1, \"A\": 2}"),
                kept("names that look alike", "{\"\u00e9\": 1, \"e\u0301\": 2}"),
                kept("an empty name", "{\"\": 1}"),
                kept("names in another order", "{\"bb\": 1, \"a\": 2}"),
                altered("two equal names", "{\"a\": 1, \"b\": 2, \"a\": 3}", TWICE),
                altered("two empty names", "{\"\": 1, \"\": 2}", TWICE),
                altered("two equal names, one of them escaped", "{\"a/\\n\": 1, \"\\u0061\\/\\u000a\": 2}", TWICE),
                altered(
                        "two equal names outside the first plane",
                        "{\"\uD83D\uDE00\": 1, \"\\ud83d\\ude00\": 2}",
                        TWICE),
                altered("two equal names far inside", "[[{\"x\": {\"a\": 1, \"a\": 2}}]]", TWICE),
                refused("a comma before the end of an array", "[1,]", NO_VALUE),
                refused("a comma before the end of an object", "{\"a\": 1,}", NO_NAME),
                refused("a comma alone", "[,]", NO_VALUE),
                refused("two commas", "[1,,2]", NO_VALUE),
                refused("no comma in an array", "[1 2]", NO_COMMA),
                refused("no comma in an object", "{\"a\": 1 \"b\": 2}", NO_COMMA),
                refused("a colon in an array", "[\"a\": 1]", NO_COMMA),
                refused("a name without quotes", "{a: 1}", NO_NAME),
                refused("a number as a name", "{1: 1}", NO_NAME),
                refused("no colon", "{\"a\" 1}", NOT_JSON + "a colon"),
                refused("an equals sign", "{\"a\" = 1}", NOT_JSON + "a colon"),
                refused("no value", "{\"a\": }", NO_VALUE),
                refused("a name alone", "{\"a\"}", NOT_JSON + "a colon"),
                refused("the wrong closing bracket", "[1}", NO_COMMA),
                refused("a closing bracket alone", "]", NO_VALUE),
                refused("one closing bracket too many", "[1]]", FOLLOWS),
                refused("no closing bracket", "[1", ENDS),
                refused("no closing bracket inside", "{\"a\": [1, {\"b\": 2}", ENDS),
                refused("an array that ends after a comma", "[1,", NOT_JSON + "a value is missing"),
                refused("an object that ends after a name", "{\"a\"", NOT_JSON + "a colon"));
    }

    private static List<Case> limits() {
        return List.of(
                kept("200 arrays in each other", "[".repeat(200) + "]".repeat(200)),
                kept("200 objects in each other", "{\"a\":".repeat(200) + "1" + "}".repeat(200)),
                kept("many arrays beside each other", "[" + "[],".repeat(1000) + "[]]"),
                beyond("201 arrays in each other", "[".repeat(201) + "]".repeat(201), DEPTH),
                beyond("201 objects in each other", "{\"a\":".repeat(201) + "1" + "}".repeat(201), DEPTH),
                refused("a hundred thousand arrays in each other", "[".repeat(100_000) + "]".repeat(100_000), DEPTH),
                kept("256 KiB of one byte each", quoted("x", 262_142)),
                kept("256 KiB of two bytes each", quoted("\u00E9", 131_071)),
                kept("256 KiB of three bytes each", quoted("\u20AC", 87_380)),
                kept("256 KiB of four bytes each", quoted("\uD83D\uDE00", 65_535)),
                beyond("more than 256 KiB of one byte each", quoted("x", 262_143), SIZE),
                beyond("more than 256 KiB of two bytes each", quoted("\u00E9", 131_072), SIZE),
                beyond("more than 256 KiB of three bytes each", quoted("\u20AC", 87_381), SIZE),
                beyond("more than 256 KiB of four bytes each", quoted("\uD83D\uDE00", 65_536), SIZE),
                kept("256 KiB of numbers, written out", "[" + "1e299,".repeat(870) + "1e271]"),
                beyond("more than 256 KiB of numbers, written out", "[" + "1e299,".repeat(870) + "1e272]", SIZE),
                beyond("more than 256 KiB, sign and point counted", "[" + "1e299,".repeat(870) + "-1e-270]", SIZE));
    }

    private static String quoted(String character, int times) {
        return '"' + character.repeat(times) + '"';
    }

    private static Case kept(String name, String json) {
        return new Case(name, json, Verdict.KEPT, "");
    }

    private static Case beyond(String name, String json, String reason) {
        return new Case(name, json, Verdict.BEYOND_OUR_LIMIT, reason);
    }

    private static Case altered(String name, String json, String reason) {
        return new Case(name, json, Verdict.ALTERED, reason);
    }

    private static Case refused(String name, String json, String reason) {
        return new Case(name, json, Verdict.REFUSED, reason);
    }
}
