package org.jooqoutbox.bench.steadystate;

import java.util.List;
import java.util.Map;

/** Environment variables, read with care: what is blank is as good as missing, what is wrong is an exception that names variable and value. */
final class Variables {

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    String required(String name, String expected) {
        String text = text(name);
        if (text.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set, but must be " + expected);
        }
        return text;
    }

    /** A whole number within these bounds. */
    int whole(String name, int otherwise, int least, int most) {
        String text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(wrong(name, text, least, most), e);
        }
        throw new IllegalArgumentException(wrong(name, text, least, most));
    }

    /**
     * One of these words; the first one if nothing is said.
     *
     * @param wayOut what to do instead, for those who want another
     */
    String oneOf(String name, List<String> words, String wayOut) {
        String text = text(name);
        if (text.isEmpty()) {
            return words.get(0);
        }
        if (!words.contains(text)) {
            throw new IllegalArgumentException(
                    name + " is \"" + text + "\", but must be " + String.join(" or ", words) + ": " + wayOut);
        }
        return text;
    }

    private static String wrong(String name, String text, int least, int most) {
        return name + " is \"" + text + "\", but must be a whole number from " + least + " to " + most;
    }

    private String text(String name) {
        return environment.getOrDefault(name, "").strip();
    }
}
