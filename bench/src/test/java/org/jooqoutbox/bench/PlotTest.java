package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PlotTest {

    private static final List<Plot.Point> RISING = List.of(new Plot.Point(0, 0), new Plot.Point(10, 100));

    @Test
    void lines_ofTwoNames_areOnePathEach() throws Exception {
        Plot plot =
                Plot.lines("rate", "seconds", "messages/s").line("ours", RISING).line("theirs", RISING);

        assertThat(parsed(plot).getElementsByTagName("path").getLength()).isEqualTo(2);
        assertThat(plot.svg()).contains("ours", "theirs", "seconds", "messages/s", "M90.0 370.0L880.0 50.0");
    }

    @Test
    void line_valueIsNotKnown_hasAGap() {
        List<Plot.Point> gap = List.of(new Plot.Point(0, 100), new Plot.Point(5, Double.NaN), new Plot.Point(10, 100));

        assertThat(Plot.lines("t", "x", "y").line("a", gap).svg()).contains("M90.0 50.0M880.0 50.0");
    }

    @Test
    void lines_withoutPoints_areAnEmptySheet() throws Exception {
        assertThat(parsed(Plot.lines("t", "x", "y").line("a", List.of()))).isNotNull();
        assertThat(parsed(Plot.lines("t", "x", "y"))).isNotNull();
    }

    @Test
    void lines_allAtOnePlace_areDrawn() throws Exception {
        List<Plot.Point> once = List.of(new Plot.Point(3, 0));

        assertThat(parsed(Plot.lines("t", "x", "y").line("a", once))).isNotNull();
    }

    @Test
    void lines_moreThanColours_differInDashes() {
        assertThat(IntStream.range(0, 20).mapToObj(i -> PlotPaper.colour(i) + PlotPaper.dashes(i)))
                .doesNotHaveDuplicates();
    }

    @Test
    void names_thatWouldBeMarkup_areEscaped() throws Exception {
        Plot plot = Plot.lines("a < b & \"c\"", "<x>", "y").line("</svg>", RISING);

        assertThat(parsed(plot).getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo(plot.title());
    }

    @Test
    void bars_ofTwoSystems_areOneOfEachInEachGroup() throws Exception {
        Plot plot = Plot.bars("latency", "ms", List.of("p50", "p99"))
                .bar("ours", List.of(2.0, 15.0))
                .bar("theirs", List.of(500.0, Double.NaN));

        // One is the sheet.
        assertThat(parsed(plot).getElementsByTagName("rect").getLength()).isEqualTo(1 + 3);
    }

    @Test
    void bar_otherNumberOfValues_isRefused() {
        BarPlot plot = Plot.bars("latency", "ms", List.of("p50", "p99"));

        assertThatIllegalArgumentException().isThrownBy(() -> plot.bar("ours", List.of(2.0)));
    }

    @Test
    void ticks_ofAnyRange_areRoundAndFew() {
        assertThat(PlotScale.fromZero(DoubleStream.of(2_700)).ticks())
                .containsExactly(0.0, 500.0, 1_000.0, 1_500.0, 2_000.0, 2_500.0, 3_000.0);
        assertThat(PlotScale.between(DoubleStream.of(5, 26)).ticks()).containsExactly(5.0, 10.0, 15.0, 20.0, 25.0);
        assertThat(PlotScale.powersOfTen(DoubleStream.of(0, 3, 450)).ticks())
                .containsExactly(1.0, 10.0, 100.0, 1_000.0);
        assertThat(PlotScale.fromZero(DoubleStream.of(0, Double.NaN)).ticks()).hasSizeBetween(5, 8);
    }

    @Test
    void plot_written_isShownInTheSummary(@TempDir Path directory) throws Exception {
        Plot plot = Plot.lines("rate", "s", "messages/s").line("ours", RISING);
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        try (Results results = new Results(directory, new PrintStream(screen, true, StandardCharsets.UTF_8))) {
            results.plot("rate.svg", plot);
        }

        assertThat(directory.resolve("rate.svg")).content().isEqualTo(plot.svg());
        assertThat(Files.readString(directory.resolve("summary.md"))).contains("![rate](rate.svg)");
    }

    private static Document parsed(Plot plot) throws Exception {
        byte[] bytes = plot.svg().getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }
}
