package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;

/** The values of one figure, one for each round, in their order. */
final class Series {

    private final List<Double> values;

    Series(List<Double> values) {
        this.values = List.copyOf(values);
    }

    /** The one in the middle, or what lies halfway between the two there. Not a number if there is none. */
    double median() {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** What each is of the other's value of the same round. */
    Series over(Series others) {
        if (others.values.size() != values.size()) {
            throw new IllegalArgumentException(
                    values.size() + " rounds cannot be held against " + others.values.size() + " rounds");
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < values.size(); round++) {
            ratios.add(values.get(round) / others.values.get(round));
        }
        return new Series(ratios);
    }

    /** The median, and behind it the spread if there is one: {@code 1,234 (1,100–1,310)}. */
    @Override
    public String toString() {
        String median = Numbers.text(median());
        if (values.size() < 2) {
            return median;
        }
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double greatest = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return median + " (" + Numbers.text(least) + "–" + Numbers.text(greatest) + ")";
    }
}
