package org.jooqoutbox.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where figures go to: each value into {@code raw.csv} at once, so that it is there whatever happens later, and what is made of them into
 * {@code summary.md} and onto the screen, and drawings into files of their own. Safe for use by many threads.
 */
final class Results implements AutoCloseable {

    private final Path directory;
    private final PrintStream screen;
    private final PrintWriter summary;
    private final PrintWriter raw;

    /** Begins new files in this directory. */
    Results(Path directory, PrintStream screen) {
        this.directory = directory;
        this.screen = screen;
        try {
            Files.createDirectories(directory);
            this.summary = open(directory.resolve("summary.md"));
            this.raw = open(directory.resolve("raw.csv"));
        } catch (IOException e) {
            throw new UncheckedIOException("results cannot be written to " + directory + " (bench.directory)", e);
        }
        raw.println("scenario,variant,metric,round,value");
        raw.flush();
    }

    private static PrintWriter open(Path file) throws IOException {
        return new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    }

    /**
     * One value.
     *
     * @param metric what it is, and in which unit
     * @param round counted from 1
     */
    void raw(String scenario, String variant, String metric, int round, double value) {
        raw.println(scenario + "," + quoted(variant) + "," + quoted(metric) + "," + round + "," + value);
        raw.flush();
    }

    /** A part of the summary, with its line breaks. */
    void text(String text) {
        screen.println(text);
        summary.println(text);
        summary.flush();
    }

    /**
     * Writes a drawing beside the summary, which shows it.
     *
     * @param file its name, without directory and with {@code .svg}
     */
    void plot(String file, Plot plot) {
        try {
            Files.writeString(directory.resolve(file), plot.svg());
        } catch (IOException e) {
            throw new UncheckedIOException("the drawing cannot be written to " + directory + " (bench.directory)", e);
        }
        text("![" + plot.title() + "](" + file + ")\n");
    }

    /** Why a scenario came to nothing. */
    void failure(String scenario, Exception cause) {
        text("**" + scenario + " failed**: " + cause + "\n");
        cause.printStackTrace(screen);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() {
        summary.close();
        raw.close();
    }
}
