package org.jooqoutbox.bench;

import java.util.Map;

/** How loads went, over time. */
final class Drawings {

    private static final double RATE_WINDOW = 0.25;

    private Drawings() {}

    /**
     * Draws throughput, backlog and dead rows.
     *
     * @param file what the names of the files begin with
     * @param title what was done
     * @param courses by the name of their line
     */
    static void draw(Results results, String file, String title, Map<String, Course> courses) {
        LinePlot rate = Plot.lines("Messages handled " + title, "seconds", "messages per second");
        LinePlot backlog = Plot.lines("Backlog " + title, "seconds", "messages");
        LinePlot dead = Plot.lines("Dead rows " + title, "seconds", "rows");
        courses.forEach((name, course) -> {
            rate.line(name, course.rates(RATE_WINDOW));
            backlog.line(name, course.backlogs());
            dead.line(name, course.deadRows());
        });
        results.plot(file + "-throughput.svg", rate);
        results.plot(file + "-backlog.svg", backlog);
        results.plot(file + "-dead.svg", dead);
    }
}
