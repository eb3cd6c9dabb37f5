package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of one scenario by variant and metric, in the order of the rounds. For one thread. */
final class Measurements {

    private final String scenario;
    private final Results results;
    private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

    Measurements(String scenario, Results results) {
        this.scenario = scenario;
        this.results = results;
    }

    /** The value of the next round. */
    void add(Object variant, String metric, double value) {
        List<Double> rounds = values.computeIfAbsent(variant.toString(), v -> new LinkedHashMap<>())
                .computeIfAbsent(metric, m -> new ArrayList<>());
        rounds.add(value);
        results.raw(scenario, variant.toString(), metric, rounds.size(), value);
    }

    /** What was measured; empty if nothing was. */
    Series of(Object variant, String metric) {
        return new Series(values.getOrDefault(variant.toString(), Map.of()).getOrDefault(metric, List.of()));
    }

    /** The variant's value over the other's, round by round. */
    Series ratio(Object variant, Object base, String metric) {
        return of(variant, metric).over(of(base, metric));
    }
}
