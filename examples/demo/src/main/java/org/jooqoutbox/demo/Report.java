package org.jooqoutbox.demo;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The end of the demo, as people read it. */
final class Report {

    private static final int MOST_SHOWN = 10;

    private record Column(String title, ToLongFunction<Tally> value) {

        String head() {
            return String.format(Locale.ROOT, "%12s", title);
        }

        String cell(Tally tally) {
            return String.format(Locale.ROOT, "%,12d", value.applyAsLong(tally));
        }
    }

    private static final List<Column> COLUMNS = List.of(
            new Column("enqueued", Tally::enqueued),
            new Column("delivered", Tally::delivered),
            new Column("redelivered", Tally::redelivered),
            new Column("retried", Tally::retried),
            new Column("dead", Tally::dead),
            new Column("replayed", Tally::replayed),
            new Column("rolled back", Tally::rolledBack),
            new Column("left over", Tally::leftOver));

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void table(List<Tally> tallies) {
        out.printf("%-20s%s%n", "messages", row(Column::head));
        for (Tally tally : tallies) {
            out.printf("%-20s%s%n", tally.service() + ".outbox", row(column -> column.cell(tally)));
        }
        out.println();
    }

    void highlights(Highlights highlights) {
        highlights.lines().forEach(out::println);
    }

    private static String row(Function<Column, String> cell) {
        return COLUMNS.stream().map(cell).collect(Collectors.joining());
    }

    /**
     * The last lines.
     *
     * @param problems what went wrong with the demo itself
     * @return the exit code
     */
    int verdict(List<Tally> tallies, List<Offence> offences, List<String> problems) {
        if (offences.isEmpty() && problems.isEmpty()) {
            out.println("Every message accounted for." + excuse(tallies));
            return 0;
        }
        problems.forEach(problem -> out.println("Problem: " + problem));
        if (!offences.isEmpty()) {
            out.println("Not every message is accounted for:");
            byKind(offences).forEach(this::print);
        }
        return 1;
    }

    private static String excuse(List<Tally> tallies) {
        long twice = tallies.stream().mapToLong(Tally::twice).sum();
        return twice == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " %,d arrived twice, as \"at least once\" allows: their process was killed, or they outlasted their lease.",
                        twice);
    }

    private static Map<Offence.Kind, List<Offence>> byKind(List<Offence> offences) {
        return offences.stream().collect(Collectors.groupingBy(Offence::kind, TreeMap::new, Collectors.toList()));
    }

    private void print(Offence.Kind kind, List<Offence> offences) {
        out.printf(Locale.ROOT, "  %s: %,d%n", kind, offences.size());
        offences.stream()
                .sorted(Comparator.comparing(Offence::message))
                .limit(MOST_SHOWN)
                .forEach(offence -> out.println("    " + offence.message() + " " + offence.detail()));
        if (offences.size() > MOST_SHOWN) {
            out.printf(Locale.ROOT, "    and %,d more%n", offences.size() - MOST_SHOWN);
        }
    }
}
