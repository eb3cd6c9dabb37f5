package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Bars in groups, one of each name in each group. For one thread. */
final class BarPlot implements Plot {

    private static final double GROUP_SHARE = 0.8;

    private final String title;
    private final String yLabel;
    private final List<String> groups;
    private final List<String> names = new ArrayList<>();
    private final List<List<Double>> bars = new ArrayList<>();
    private boolean inPowersOfTen;

    BarPlot(String title, String yLabel, List<String> groups) {
        this.title = title;
        this.yLabel = yLabel;
        this.groups = List.copyOf(groups);
    }

    /** Heights are logarithms: for values of which some are many times the others. */
    BarPlot inPowersOfTen() {
        this.inPowersOfTen = true;
        return this;
    }

    /**
     * One more bar in each group.
     *
     * @param values one for each group; not a number where there is none
     */
    BarPlot bar(String name, List<Double> values) {
        if (values.size() != groups.size()) {
            throw new IllegalArgumentException(
                    name + " has " + values.size() + " values for " + groups.size() + " groups");
        }
        names.add(name);
        bars.add(List.copyOf(values));
        return this;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String svg() {
        PlotPaper paper = new PlotPaper(title, names.size());
        PlotScale scale = inPowersOfTen ? PlotScale.powersOfTen(all()) : PlotScale.fromZero(all());
        paper.upwards(scale, yLabel);
        double width = (PlotPaper.RIGHT - PlotPaper.LEFT) / (double) groups.size();
        for (int group = 0; group < groups.size(); group++) {
            double left = PlotPaper.LEFT + group * width;
            draw(paper, scale, group, left + width * (1 - GROUP_SHARE) / 2, width * GROUP_SHARE);
            paper.below(left + width / 2, groups.get(group));
        }
        paper.ground();
        paper.legend(names);
        return paper.finish();
    }

    private void draw(PlotPaper paper, PlotScale scale, int group, double left, double width) {
        double each = width / bars.size();
        for (int i = 0; i < bars.size(); i++) {
            double value = bars.get(i).get(group);
            if (Double.isFinite(value)) {
                double top = PlotPaper.up(scale, value);
                paper.add(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" fill-opacity=\"%.1f\" stroke=\"%s\">"
                                + "<title>%s: %s</title></rect>",
                        left + i * each,
                        top,
                        each * 0.9,
                        PlotPaper.BOTTOM - top,
                        PlotPaper.colour(i),
                        PlotPaper.density(i),
                        PlotPaper.colour(i),
                        PlotPaper.escaped(names.get(i)),
                        Numbers.text(value));
            }
        }
    }

    private DoubleStream all() {
        return bars.stream().flatMap(List::stream).mapToDouble(Double::doubleValue);
    }
}
