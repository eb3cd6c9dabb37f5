package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** How a load went over time. */
final class Course {

    private final List<Sample> samples;

    Course(List<Sample> samples) {
        this.samples = List.copyOf(samples);
    }

    /**
     * A moment.
     *
     * @param seconds since the load began
     * @param commits messages committed so far
     * @param deliveries messages handed to a handler so far, each counted once
     * @param dead rows of the messages' tables that are dead, as the server knows it, which is some seconds late; not a number if unknown
     */
    record Sample(double seconds, long commits, long deliveries, double dead) {

        long backlog() {
            return commits - deliveries;
        }
    }

    /**
     * By how many messages the backlog grew from one moment to another. Its least within the first and the last quarter are compared: what is
     * handled in bursts is looked at just after them.
     */
    long backlogGrowth(double from, double to) {
        double quarter = (to - from) / 4;
        return leastBacklog(to - quarter, to) - leastBacklog(from, from + quarter);
    }

    /** The least backlog between two moments; 0 if nobody looked then. */
    long leastBacklog(double from, double to) {
        return within(from, to).stream().mapToLong(Sample::backlog).min().orElse(0);
    }

    /** The greatest backlog between two moments; 0 if nobody looked then. */
    long greatestBacklog(double from, double to) {
        return within(from, to).stream().mapToLong(Sample::backlog).max().orElse(0);
    }

    /** How many seconds after a moment the backlog was down at this again; empty if it never was. */
    OptionalDouble secondsUntilBacklog(long level, double from) {
        return within(from, Double.MAX_VALUE).stream()
                .filter(sample -> sample.backlog() <= level)
                .mapToDouble(sample -> sample.seconds() - from)
                .findFirst();
    }

    /** Messages handled per second between two moments. */
    double rate(double from, double to) {
        List<Sample> some = within(from, to);
        if (some.size() < 2) {
            return Double.NaN;
        }
        return rate(some.get(0), some.get(some.size() - 1));
    }

    /**
     * How many seconds after a moment the messages handled within one window, which may have begun before it, were at this rate again after they had
     * been below it; 0 if they never were below it until another moment, empty if they did not come back until then.
     */
    OptionalDouble secondsUntilRateAgain(double perSecond, double window, double from, double to) {
        List<Sample> some = within(from - window, to);
        boolean fallen = false;
        int begin = 0;
        for (Sample end : some) {
            while (begin + 1 < some.size()
                    && end.seconds() - some.get(begin + 1).seconds() >= window) {
                begin++;
            }
            Sample first = some.get(begin);
            if (end.seconds() - first.seconds() >= window) {
                boolean below = rate(first, end) < perSecond;
                if (fallen && !below) {
                    return OptionalDouble.of(end.seconds() - from);
                }
                fallen |= below;
            }
        }
        return fallen ? OptionalDouble.empty() : OptionalDouble.of(0);
    }

    private static double rate(Sample first, Sample last) {
        return (last.deliveries() - first.deliveries()) / (last.seconds() - first.seconds());
    }

    double mostDead() {
        return samples.stream()
                .mapToDouble(Sample::dead)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }

    private List<Sample> within(double from, double to) {
        return samples.stream()
                .filter(sample -> sample.seconds() >= from && sample.seconds() <= to)
                .toList();
    }

    /** The backlog over time, for a drawing. */
    List<Plot.Point> backlogs() {
        return points(samples.stream(), Sample::backlog);
    }

    /** Dead rows over time, for a drawing. */
    List<Plot.Point> deadRows() {
        return points(samples.stream().filter(sample -> Double.isFinite(sample.dead())), Sample::dead);
    }

    private static List<Plot.Point> points(Stream<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.map(sample -> new Plot.Point(sample.seconds(), value.applyAsDouble(sample)))
                .toList();
    }

    /** Messages handled per second over time, each point over this many seconds, for a drawing. */
    List<Plot.Point> rates(double window) {
        List<Plot.Point> points = new ArrayList<>();
        Sample last = null;
        for (Sample sample : samples) {
            if (last == null) {
                last = sample;
            } else if (sample.seconds() - last.seconds() >= window) {
                points.add(new Plot.Point(sample.seconds(), rate(last, sample)));
                last = sample;
            }
        }
        return points;
    }
}
