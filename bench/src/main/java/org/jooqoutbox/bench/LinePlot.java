package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Lines, each with a name. For one thread. */
final class LinePlot implements Plot {

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<String> names = new ArrayList<>();
    private final List<List<Point>> lines = new ArrayList<>();

    LinePlot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** One more line, through these points in their order. */
    LinePlot line(String name, List<Point> points) {
        names.add(name);
        lines.add(List.copyOf(points));
        return this;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String svg() {
        PlotPaper paper = new PlotPaper(title, names.size());
        PlotScale x = PlotScale.between(all(Point::x));
        PlotScale y = PlotScale.fromZero(all(Point::y));
        paper.upwards(y, yLabel);
        paper.rightwards(x, xLabel);
        for (int i = 0; i < lines.size(); i++) {
            paper.add(
                    "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-dasharray=\"%s\"/>",
                    path(lines.get(i), x, y), PlotPaper.colour(i), PlotPaper.dashes(i));
        }
        paper.legend(names);
        return paper.finish();
    }

    private DoubleStream all(ToDoubleFunction<Point> coordinate) {
        return lines.stream().flatMap(List::stream).mapToDouble(coordinate);
    }

    private static String path(List<Point> points, PlotScale x, PlotScale y) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (Point point : points) {
            boolean known = Double.isFinite(point.x()) && Double.isFinite(point.y());
            if (known) {
                path.append(String.format(
                        Locale.ROOT,
                        "%s%.1f %.1f",
                        drawing ? "L" : "M",
                        PlotPaper.right(x, point.x()),
                        PlotPaper.up(y, point.y())));
            }
            drawing = known;
        }
        return path.toString();
    }
}
