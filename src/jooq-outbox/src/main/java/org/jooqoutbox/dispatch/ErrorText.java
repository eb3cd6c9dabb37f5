package org.jooqoutbox.dispatch;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored and logged of an exception: class and message of it and of its causes. Bounded, and robust against exceptions that misbehave
 * when asked: a failure can always be recorded.
 */
final class ErrorText {

    static final int MAX_LENGTH = 4096;

    private static final int MAX_MESSAGE = 2048;
    private static final int MAX_CAUSES = 16;
    private static final int MAX_LINE = 300;

    private ErrorText() {}

    /** Throws nothing, whatever it is given. */
    static String of(Throwable error) {
        try {
            return withCauses(error);
        } catch (Throwable t) {
            return error.getClass().getName();
        }
    }

    private static String withCauses(Throwable error) {
        StringBuilder text = new StringBuilder(describe(error));
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(error);
        for (Throwable cause = causeOf(error);
                cause != null && seen.size() <= MAX_CAUSES && text.length() < MAX_LENGTH && seen.add(cause);
                cause = causeOf(cause)) {
            text.append("; caused by ").append(describe(cause));
        }
        return cut(text.toString(), MAX_LENGTH);
    }

    /** The beginning, on one line, for logs. */
    static String line(String text) {
        String start = cut(text, MAX_LINE);
        return start.replaceAll("\\p{Cntrl}+", " ") + (start.length() < text.length() ? "…" : "");
    }

    /** At most this many characters, and no half of one at the end. */
    static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(length - 1));
        return text.substring(0, splitsPair ? length - 1 : length);
    }

    private static String describe(Throwable error) {
        String name = error.getClass().getName();
        String message = messageOf(error);
        return message == null ? name : name + ": " + message;
    }

    private static @Nullable String messageOf(Throwable error) {
        try {
            String message = error.getMessage();
            return message == null ? null : cut(message, MAX_MESSAGE);
        } catch (Throwable t) {
            return "(its message could not be read: getMessage() threw "
                    + t.getClass().getName() + ")";
        }
    }

    private static @Nullable Throwable causeOf(Throwable error) {
        try {
            return error.getCause();
        } catch (Throwable t) {
            return null;
        }
    }
}
