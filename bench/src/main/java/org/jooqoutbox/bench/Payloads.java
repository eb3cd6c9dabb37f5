package org.jooqoutbox.bench;

/** Payloads that can be told from each other. */
final class Payloads {

    private static final int LENGTH = 220;
    private static final String NUMBER = "\"number\":";

    private Payloads() {}

    /** A JSON object of 220 bytes with this number in it, which is not negative. */
    static String of(long number) {
        String beginning = "{" + NUMBER + number + ",\"text\":\"";
        return beginning + "x".repeat(LENGTH - beginning.length() - 2) + "\"}";
    }

    /**
     * The number in it, however the database has rearranged it.
     *
     * @throws IllegalArgumentException if there is none
     */
    static long number(String payload) {
        int at = payload.indexOf(NUMBER);
        if (at < 0) {
            throw new IllegalArgumentException("a payload without a number");
        }
        int begin = at + NUMBER.length();
        while (payload.charAt(begin) == ' ') {
            begin++;
        }
        int end = begin;
        while (end < payload.length() && Character.isDigit(payload.charAt(end))) {
            end++;
        }
        return Long.parseLong(payload, begin, end, 10);
    }
}
