package org.jooqoutbox.bench;

import java.util.List;
import java.util.Locale;

/** What drawings have in common: the sheet, title, axes, colours and the legend below. For one thread. */
final class PlotPaper {

    static final int LEFT = 90;
    static final int RIGHT = 880;
    static final int TOP = 50;
    static final int BOTTOM = 370;

    private static final int WIDTH = 900;
    private static final int LEGEND_TOP = 425;
    private static final int LEGEND_ROW = 20;
    private static final int LEGEND_COLUMNS = 2;

    // Can be told apart by those who do not see all colours, too (Okabe and Ito).
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b8a900");
    private static final List<String> DASHES = List.of("none", "7 4", "2 3");

    private final StringBuilder svg = new StringBuilder();

    PlotPaper(String title, int names) {
        int height = LEGEND_TOP + LEGEND_ROW * ((names + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS) + 5;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, height);
        add("<title>%s</title>", escaped(title));
        add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
        text(WIDTH / 2.0, 26, "middle", title, "font-size=\"17\"");
    }

    /** The axis to the left, with lines across. */
    void upwards(PlotScale scale, String label) {
        for (double tick : scale.ticks()) {
            double y = up(scale, tick);
            rule(LEFT, y, RIGHT, y, "#dddddd");
            text(LEFT - 8, y + 4, "end", number(tick), "");
        }
        rule(LEFT, TOP, LEFT, BOTTOM, "#444444");
        double middle = (TOP + BOTTOM) / 2.0;
        text(18, middle, "middle", label, "transform=\"rotate(-90 18 %.0f)\"".formatted(middle));
    }

    /** The axis below. */
    void rightwards(PlotScale scale, String label) {
        for (double tick : scale.ticks()) {
            double x = right(scale, tick);
            rule(x, BOTTOM, x, BOTTOM + 5, "#444444");
            below(x, number(tick));
        }
        ground();
        text((LEFT + RIGHT) / 2.0, BOTTOM + 40, "middle", label, "");
    }

    /** The line that everything stands on. */
    void ground() {
        rule(LEFT, BOTTOM, RIGHT, BOTTOM, "#444444");
    }

    /** Words below that line. */
    void below(double x, String words) {
        text(x, BOTTOM + 20, "middle", words, "");
    }

    static double up(PlotScale scale, double value) {
        return BOTTOM - scale.share(value) * (BOTTOM - TOP);
    }

    static double right(PlotScale scale, double value) {
        return LEFT + scale.share(value) * (RIGHT - LEFT);
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** How dense a surface of this colour is: full as long as there are colours left. */
    static double density(int index) {
        return index < COLOURS.size() ? 1 : 0.3;
    }

    /** Solid as long as there are colours left. */
    static String dashes(int index) {
        return DASHES.get(index / COLOURS.size() % DASHES.size());
    }

    /** What the names mean, in the order of their colours. */
    void legend(List<String> names) {
        double column = (RIGHT - LEFT) / (double) LEGEND_COLUMNS;
        for (int i = 0; i < names.size(); i++) {
            double x = LEFT + i % LEGEND_COLUMNS * column;
            int row = i / LEGEND_COLUMNS;
            double y = LEGEND_TOP + (double) row * LEGEND_ROW;
            add(
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"3\" stroke-dasharray=\"%s\"/>",
                    x, y, x + 26, y, colour(i), dashes(i));
            text(x + 32, y + 4, "start", names.get(i), "");
        }
    }

    /** A piece of SVG, with numbers as SVG wants them; what is filled in must be escaped already. */
    void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    String finish() {
        return svg + "</svg>\n";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void rule(double x1, double y1, double x2, double y2, String colour) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>", x1, y1, x2, y2, colour);
    }

    private void text(double x, double y, String anchor, String words, String attributes) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>", x, y, anchor, attributes, escaped(words));
    }

    private static String number(double tick) {
        return Math.abs(tick - Math.rint(tick)) < 1e-9
                ? String.format(Locale.ROOT, "%,.0f", tick)
                : String.format(Locale.ROOT, "%.3g", tick);
    }
}
