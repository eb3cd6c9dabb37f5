package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Where values are along an axis.
 *
 * @param low the value at its beginning
 * @param high the value at its end, greater than that
 * @param logarithmic whether each step is so many times the last, and not so much more
 */
record PlotScale(double low, double high, boolean logarithmic) {

    private static final int STEPS = 6;
    private static final int MOST = 20;
    private static final double ROUNDING = 1e-9;

    /** From the least of these to the greatest. */
    static PlotScale between(DoubleStream values) {
        double[] known = known(values);
        double low = least(known, 0);
        double high = greatest(known, 1);
        return new PlotScale(low, high > low ? high : low + 1, false);
    }

    /** From zero to a round number not below the greatest of these. */
    static PlotScale fromZero(DoubleStream values) {
        double most = greatest(known(values), 0);
        double high = most > 0 ? most : 1;
        double step = step(high);
        return new PlotScale(0, Math.ceil(high / step) * step, false);
    }

    /** In powers of ten around these; what is not above zero is left out. */
    static PlotScale powersOfTen(DoubleStream values) {
        double[] known = known(values.filter(value -> value > 0));
        double low = Math.floor(Math.log10(least(known, 1)));
        double high = Math.max(Math.ceil(Math.log10(greatest(known, 10))), low + 1);
        return new PlotScale(Math.pow(10, low), Math.pow(10, high), true);
    }

    /** From 0 at the beginning to 1 at the end; what lies outside is moved to the nearer one. */
    double share(double value) {
        double share = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
        return Math.min(1, Math.max(0, share));
    }

    /** Round numbers along it. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        double step = step(high - low);
        double first = logarithmic ? low : Math.ceil(low / step) * step;
        for (int i = 0; i <= MOST; i++) {
            double tick = logarithmic ? first * Math.pow(10, i) : first + i * step;
            if (tick <= high + (high - low) * ROUNDING) {
                ticks.add(tick);
            }
        }
        return ticks;
    }

    /** 1, 2 or 5 times a power of ten. */
    private static double step(double range) {
        double rough = range / STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double times = rough / power;
        return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    private static double[] known(DoubleStream values) {
        return values.filter(Double::isFinite).toArray();
    }

    private static double least(double[] values, double otherwise) {
        return DoubleStream.of(values).min().orElse(otherwise);
    }

    private static double greatest(double[] values, double otherwise) {
        return DoubleStream.of(values).max().orElse(otherwise);
    }
}
