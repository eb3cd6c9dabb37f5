package org.jooqoutbox.bench.steadystate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** A JSON object on one line, written field by field. */
final class JsonObject {

    private static final int DECIMALS = 3;

    private final StringJoiner fields = new StringJoiner(",", "{", "}");

    JsonObject text(String name, String value) {
        return put(name, quote(value));
    }

    JsonObject texts(String name, List<String> values) {
        return put(name, values.stream().map(JsonObject::quote).collect(Collectors.joining(",", "[", "]")));
    }

    /** With three decimals at most. */
    JsonObject number(String name, double value) {
        return put(name, plain(value));
    }

    /** With three decimals at most; null if there is none. */
    JsonObject number(String name, OptionalDouble value) {
        return put(name, value.isPresent() ? plain(value.getAsDouble()) : "null");
    }

    private JsonObject put(String name, String json) {
        fields.add(quote(name) + ":" + json);
        return this;
    }

    private static String plain(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
        return rounded.stripTrailingZeros().toPlainString();
    }

    private static String quote(String text) {
        return text.chars().mapToObj(JsonObject::escape).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escape(int character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            default ->
                character < ' '
                        ? String.format(Locale.ROOT, "\\u%04x", character)
                        : Character.toString((char) character);
        };
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
