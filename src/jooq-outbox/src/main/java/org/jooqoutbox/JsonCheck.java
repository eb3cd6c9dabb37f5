package org.jooqoutbox;

import org.jspecify.annotations.Nullable;

/**
 * Says whether PostgreSQL keeps a text as {@code jsonb}, with the value it has here.
 *
 * <p>This is the grammar of RFC 8259 without what {@code jsonb} refuses or drops. It is written out, instead of being left to a JSON library,
 * because its verdict must not depend on which version of one an application brings along; because libraries decode escapes first, and then a
 * raw half of a surrogate pair beside an escaped one looks sound; and because their messages quote the text.
 *
 * <p>The stack of open objects and arrays is on the heap: no text makes it overflow.
 */
final class JsonCheck {

    private final JsonCursor cursor;
    private final MessageLimits limits;
    private @Nullable JsonPlace place;

    private JsonCheck(String json, MessageLimits limits) {
        this.cursor = new JsonCursor(json);
        this.limits = limits;
    }

    /** What is wrong with the text, and where, or null if nothing is. To be read after its name; quotes nothing but names of members. */
    static @Nullable String problem(String json, MessageLimits limits) {
        if (json.length() > limits.maxPayloadBytes()) {
            return tooLarge(json.length(), limits);
        }
        JsonCheck check = new JsonCheck(json, limits);
        try {
            check.document();
            long bytes = check.cursor.bytes();
            return bytes > limits.maxPayloadBytes() ? tooLarge(bytes, limits) : null;
        } catch (JsonCursor.Problem problem) {
            return problem.getMessage() + check.where();
        }
    }

    private void document() {
        cursor.skipSpace();
        value();
        while (place != null) {
            step(place);
        }
        cursor.skipSpace();
        if (!cursor.atEnd()) {
            throw cursor.malformed("something follows the value");
        }
    }

    /** The next element or member of the innermost open array or object, or its end. */
    private void step(JsonPlace within) {
        cursor.skipSpace();
        if (cursor.accept(within.object ? '}' : ']')) {
            place = within.outer;
            return;
        }
        if (!within.isEmpty()) {
            if (!cursor.accept(',')) {
                throw cursor.malformed(cursor.atEnd() ? "it ends too early" : "a comma or closing bracket is missing");
            }
            cursor.skipSpace();
        }
        within.next();
        if (within.object) {
            member(within);
        }
        value();
    }

    private void member(JsonPlace object) {
        String name = cursor.name();
        if (!object.named(name)) {
            throw new JsonCursor.Problem(
                    "has two members of the same name in one object, of which PostgreSQL would keep only the last");
        }
        cursor.skipSpace();
        if (!cursor.accept(':')) {
            throw cursor.malformed("a colon is missing after the name of a member");
        }
        cursor.skipSpace();
    }

    private void value() {
        switch (cursor.peek()) {
            case '{' -> open(JsonPlace.object(place), '{');
            case '[' -> open(JsonPlace.array(place), '[');
            case '"' -> cursor.string();
            case 't' -> cursor.literal("true");
            case 'f' -> cursor.literal("false");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> cursor.literal("null");
        }
    }

    private void open(JsonPlace inner, char bracket) {
        if (inner.depth > limits.maxDepth()) {
            throw new JsonCursor.Problem("is nested deeper than " + limits.maxDepth()
                    + " levels: flatten it, or raise MessageLimits.maxDepth");
        }
        cursor.accept(bracket);
        place = inner;
    }

    private void number() {
        long digits = cursor.number();
        if (digits > limits.maxNumberDigits()) {
            throw new JsonCursor.Problem(
                    "has a number of more than " + limits.maxNumberDigits()
                            + " digits, written out without exponent: send it as a string, or raise MessageLimits.maxNumberDigits");
        }
    }

    private static String tooLarge(long bytes, MessageLimits limits) {
        return "takes " + bytes + " bytes or more, and may take " + limits.maxPayloadBytes()
                + " at most: store the content elsewhere and send a reference, or raise MessageLimits.maxPayloadBytes";
    }

    private String where() {
        String pointer = place == null ? "" : place.pointer();
        return " (at " + (pointer.isEmpty() ? "the top level" : pointer) + ", offset " + cursor.offset() + ")";
    }
}
