package org.jooqoutbox.bench;

import java.util.Locale;

/** Numbers as they stand in tables: three digits that count, thousands apart. */
final class Numbers {

    private Numbers() {}

    static String text(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return "–";
        }
        double size = Math.abs(number);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 || size == 0 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, number);
    }
}
