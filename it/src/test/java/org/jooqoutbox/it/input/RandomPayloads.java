package org.jooqoutbox.it.input;

import java.util.Random;

/**
 * Payloads made up from a seed: sound documents, documents near the limits, documents with something bad in them, and documents that were
 * damaged at random. The same seed, the same payload.
 */
final class RandomPayloads {

    private static final int[] DIGIT_EDGES = {
        1, 3, 4, 9, 10, 11, 498, 499, 500, 501, 16_380, 16_382, 16_383, 16_384, 16_385, 16_390, 20_000, 30_000
    };
    private static final int[] WHOLE_DIGIT_EDGES = {131_060, 131_071, 131_072, 131_073, 400_000};
    private static final int[] DEPTH_EDGES = {2, 3, 4, 10, 199, 200, 201, 999, 1000, 1001, 1500};

    private final Random random;
    private boolean tainted;

    RandomPayloads(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        int kind = random.nextInt(100);
        if (kind < 18) {
            return edge();
        }
        tainted = kind < 38;
        return kind < 70 ? document() : damaged(document());
    }

    private String document() {
        StringBuilder json = new StringBuilder();
        space(json);
        value(json, 1 + random.nextInt(6));
        space(json);
        return json.toString();
    }

    private void value(StringBuilder json, int levels) {
        switch (random.nextInt(levels > 0 ? 10 : 5)) {
            case 0 -> json.append(pick("true", "false", "null"));
            case 1, 2 -> number(json);
            case 3, 4 -> string(json);
            case 5, 6, 7 -> array(json, levels);
            default -> object(json, levels);
        }
    }

    private void array(StringBuilder json, int levels) {
        json.append('[');
        for (int i = 0, n = random.nextInt(5); i < n; i++) {
            json.append(i == 0 ? "" : ",");
            element(json, levels);
        }
        space(json);
        json.append(']');
    }

    private void object(StringBuilder json, int levels) {
        json.append('{');
        for (int i = 0, n = random.nextInt(5); i < n; i++) {
            json.append(i == 0 ? "" : ",");
            space(json);
            name(json);
            space(json);
            json.append(':');
            element(json, levels);
        }
        space(json);
        json.append('}');
    }

    private void name(StringBuilder json) {
        if (random.nextInt(5) == 0) {
            json.append(
                    pick("\"\"", "\"a\"", "\"\\u0061\"", "\"\uD83D\uDE00\"", "\"\\uD83D\\uDE00\"", "\"/\"", "\"\\/\""));
        } else {
            string(json);
        }
    }

    private void element(StringBuilder json, int levels) {
        space(json);
        value(json, levels - 1);
        space(json);
    }

    private void space(StringBuilder json) {
        while (random.nextInt(6) == 0) {
            json.append(bad(8) ? pick(BadTokens.SPACE) : pick(" ", "\n", "\r", "\t"));
        }
    }

    private void number(StringBuilder json) {
        if (bad(3)) {
            json.append(pick(BadTokens.NUMBERS));
            return;
        }
        json.append(random.nextInt(4) == 0 ? "-" : "");
        json.append(random.nextInt(4) == 0 ? "0" : 1 + random.nextInt(9) + digits(random.nextInt(20)));
        json.append(random.nextInt(3) == 0 ? "." + digits(1 + random.nextInt(12)) : "");
        if (random.nextInt(4) == 0) {
            json.append(pick("e", "E")).append(pick("", "+", "-")).append(digits(1 + random.nextInt(2)));
        }
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            digits.append((char) ('0' + random.nextInt(10)));
        }
        return digits.toString();
    }

    private void string(StringBuilder json) {
        json.append('"');
        for (int i = 0, n = random.nextInt(8); i < n; i++) {
            if (bad(5)) {
                json.append(pick(BadTokens.CHARACTERS));
            } else {
                character(json);
            }
        }
        json.append('"');
    }

    private void character(StringBuilder json) {
        switch (random.nextInt(12)) {
            case 0 -> json.append('\\').append(pick("\"", "\\", "/", "b", "f", "n", "r", "t"));
            case 1 -> escape(json, 1 + random.nextInt(0xD7FF));
            case 2 -> escape(json, 0xE000 + random.nextInt(0x2000));
            case 3 -> {
                int codePoint = 0x10000 + random.nextInt(0x100000);
                escape(json, Character.highSurrogate(codePoint));
                escape(json, Character.lowSurrogate(codePoint));
            }
            case 4 -> json.appendCodePoint(0x10000 + random.nextInt(0x100000));
            case 5 -> json.appendCodePoint(0x80 + random.nextInt(0x780));
            case 6 -> json.appendCodePoint(0xE000 + random.nextInt(0x2000));
            default -> json.append((char) ('a' + random.nextInt(26)));
        }
    }

    private void escape(StringBuilder json, int unit) {
        json.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", unit));
    }

    private String edge() {
        return switch (random.nextInt(6)) {
            case 0 -> pick("", "-") + pick("1", "9", "0", "1.5") + pick("e", "E+", "e-") + digitEdge();
            case 1 -> "0." + "7".repeat(digitEdge());
            case 2 -> "1".repeat(digitEdge());
            default -> nested(pick(DEPTH_EDGES));
        };
    }

    /** Rarely a very large one: comparing such numbers takes a hundred times as long as everything else. */
    private int digitEdge() {
        return random.nextInt(50) == 0 ? pick(WHOLE_DIGIT_EDGES) : pick(DIGIT_EDGES);
    }

    private String nested(int levels) {
        return random.nextBoolean()
                ? "[".repeat(levels) + "]".repeat(levels)
                : "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
    }

    private String damaged(String sound) {
        String json = sound;
        for (int i = 0, n = 1 + random.nextInt(3); i < n; i++) {
            json = damagedOnce(json);
        }
        return json;
    }

    private String damagedOnce(String json) {
        int from = random.nextInt(json.length() + 1);
        int to = Math.min(json.length(), from + random.nextInt(3));
        String before = json.substring(0, from);
        return switch (random.nextInt(6)) {
            case 0 -> before;
            case 1 -> before + json.substring(to);
            case 2 -> before + json.substring(0, to) + json.substring(from);
            case 3 -> before + new StringBuilder(json.substring(from, to)).reverse() + json.substring(to);
            default -> before + pick(BadTokens.ANY) + json.substring(random.nextBoolean() ? from : to);
        };
    }

    /** Once in a document that is to have something bad in it, and so the only thing that decides. */
    private boolean bad(int times) {
        if (!tainted || random.nextInt(times) > 0) {
            return false;
        }
        tainted = false;
        return true;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private int pick(int[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
