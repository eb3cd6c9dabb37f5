package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void median_oddAndEven_isTheMiddle() {
        assertThat(new Series(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
        assertThat(new Series(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
        assertThat(new Series(List.of()).median()).isNaN();
    }

    @Test
    void over_sameRounds_isTheRatioOfEach() {
        Series ratios = new Series(List.of(10.0, 30.0, 8.0)).over(new Series(List.of(10.0, 10.0, 4.0)));

        assertThat(ratios).hasToString("2.00 (1.00–3.00)");
    }

    @Test
    void over_otherNumberOfRounds_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Series(List.of(1.0)).over(new Series(List.of(1.0, 2.0))));
    }

    @Test
    void toString_oneRound_hasNoSpread() {
        assertThat(new Series(List.of(1234.4))).hasToString("1,234");
        assertThat(new Series(List.of())).hasToString("–");
    }

    @Test
    void numbers_ofAnySize_haveThreeDigits() {
        assertThat(List.of(0.0, 0.0456, 1.004, 12.34, 123.4, 12345.6).stream().map(Numbers::text))
                .containsExactly("0.00", "0.046", "1.00", "12.3", "123", "12,346");
    }

    @Test
    void percentiles_ofHundred_areTheirRanks() {
        List<Long> micros = new ArrayList<>(
                LongStream.rangeClosed(1, 100).mapToObj(i -> i * 1_000).toList());
        Collections.shuffle(micros, new Random(1));
        Percentiles percentiles = Percentiles.ofMicros(micros);

        assertThat(percentiles.millis(50)).isEqualTo(50);
        assertThat(percentiles.millis(99)).isEqualTo(99);
        assertThat(percentiles.maxMillis()).isEqualTo(100);
        assertThat(percentiles.count()).isEqualTo(100);
    }

    @Test
    void percentiles_ofOne_areThatOne() {
        Percentiles percentiles = Percentiles.ofMicros(List.of(1_500L));

        assertThat(percentiles.millis(0)).isEqualTo(1.5);
        assertThat(percentiles.millis(99)).isEqualTo(1.5);
    }

    @Test
    void percentiles_ofNothing_areAFault() {
        assertThatExceptionOfType(BenchException.class).isThrownBy(() -> Percentiles.ofMicros(List.of()));
    }

    @Test
    void rounds_ofVariants_haveEachOnceInChangingOrder() throws Exception {
        List<String> turns = new ArrayList<>();

        Rounds.run(20, List.of("a", "b", "c"), new Random(7), turns::add);

        assertThat(turns).hasSize(60);
        for (int round = 0; round < 20; round++) {
            assertThat(turns.subList(3 * round, 3 * round + 3)).containsExactlyInAnyOrder("a", "b", "c");
        }
        assertThat(turns.subList(0, 30)).isNotEqualTo(turns.subList(30, 60));
    }

    @Test
    void table_ofRows_isAlignedMarkdown() {
        Table table = new Table("", "per second").row("a longer name", 1234.0).row("b", "–");

        assertThat(table).hasToString("""
                |               | per second |
                | ------------- | ---------- |
                | a longer name | 1,234      |
                | b             | –          |
                """);
    }

    @Test
    void table_rowOfOtherLength_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table("a", "b").row("only one"));
    }
}
