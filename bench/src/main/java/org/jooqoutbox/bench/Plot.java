package org.jooqoutbox.bench;

import java.util.List;

/**
 * A drawing of figures, as SVG. Written by hand and plain: it needs neither fonts nor a display where it is made, unlike libraries that draw on
 * what a desktop has.
 */
interface Plot {

    /** What is seen, for a heading and for those who cannot see it. */
    String title();

    /** The whole file. */
    String svg();

    /**
     * A place in a drawing of lines.
     *
     * @param y not a number where nothing is known: the line has a gap there
     */
    record Point(double x, double y) {}

    /**
     * Lines over something that grows, usually time.
     *
     * @param xLabel what is to the right, with its unit
     * @param yLabel what is upwards, with its unit; begins at zero
     */
    static LinePlot lines(String title, String xLabel, String yLabel) {
        return new LinePlot(title, xLabel, yLabel);
    }

    /**
     * Bars in groups, as percentiles of several systems.
     *
     * @param yLabel what is upwards, with its unit
     * @param groups what stands below each group, as {@code p50}
     */
    static BarPlot bars(String title, String yLabel, List<String> groups) {
        return new BarPlot(title, yLabel, groups);
    }
}
