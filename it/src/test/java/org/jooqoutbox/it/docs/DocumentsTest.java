package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages do not drift from the code: their samples are those that run, their links lead somewhere, the tests they name exist. */
class DocumentsTest {

    private static final Path ROOT = root();
    private static final Path SAMPLES = ROOT.resolve("it/src/test/java/org/jooqoutbox/it/docs");
    private static final Pattern SAMPLE = Pattern.compile("(?s)// sample: (\\w+)\\n(.*?)\\n *// end");
    private static final Pattern BLOCK = Pattern.compile("(?s)(?:<!-- sample: (\\w+) -->\\n)?```java\\n(.*?)\\n```");
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern FRAGMENT = Pattern.compile("\\[[^]]*]\\(([^)#:]*)#([^)]*)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern PROMISE = Pattern.compile("(?m)^(\\d+)\\. ");
    private static final Pattern TEST_NAME = Pattern.compile("`(\\w+(?:Test|Contract))(?:\\.(\\w+))?`");

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
            pages.add(ROOT.resolve(name));
        }
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages.stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void javaBlocks_ofEachPage_areSamplesThatRun(Path page) throws IOException {
        Map<String, String> samples = samples();
        for (MatchResult block : matches(BLOCK, read(page))) {
            assertThat(block.group(1)).as("the marker above %s", block.group(2)).isNotNull();
            assertThat(block.group(2)).as("sample %s", block.group(1)).isEqualTo(samples.get(block.group(1)));
        }
    }

    @Test
    void readme_hasSamples() {
        assertThat(matches(BLOCK, read(ROOT.resolve("README.md")))).hasSizeGreaterThan(4);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_ofEachPage_leadToFiles(Path page) {
        for (MatchResult link : matches(LINK, read(page))) {
            Path target = Objects.requireNonNull(page.getParent()).resolve(link.group(2));
            assertThat(Files.exists(target)).as("%s in %s", link.group(), page).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void fragments_ofEachPage_leadToHeadings(Path page) {
        for (MatchResult link : matches(FRAGMENT, read(page))) {
            Path target = link.group(1).isEmpty()
                    ? page
                    : Objects.requireNonNull(page.getParent()).resolve(link.group(1));
            assertThat(matches(HEADING, read(target)).stream().map(heading -> anchor(heading.group(1))))
                    .as("%s in %s", link.group(), page)
                    .contains(link.group(2));
        }
    }

    /** Other pages refer to them by number. */
    @Test
    void promises_areNumberedWithoutGaps() {
        List<Integer> numbers = matches(PROMISE, read(ROOT.resolve("docs/guarantees.md"))).stream()
                .map(promise -> Integer.valueOf(promise.group(1)))
                .toList();
        assertThat(numbers)
                .hasSizeGreaterThan(50)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void tests_namedInEachPage_exist(Path page) throws IOException {
        Map<String, String> tests = tests();
        for (MatchResult name : matches(TEST_NAME, read(page))) {
            assertThat(tests).as("named in %s", page).containsKey(name.group(1));
            if (name.group(2) != null) {
                assertThat(tests.get(name.group(1))).as("%s", name.group()).contains("void " + name.group(2) + "(");
            }
        }
    }

    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new HashMap<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.filter(path -> path.toString().matches(".*(Test|Contract)[.]java"))
                    .forEach(path -> {
                        String file = Objects.requireNonNull(path.getFileName()).toString();
                        tests.merge(file.substring(0, file.length() - ".java".length()), read(path), String::concat);
                    });
        }
        return tests;
    }

    /** The samples of all test classes beside this one. */
    private static Map<String, String> samples() throws IOException {
        Map<String, String> samples = new HashMap<>();
        try (Stream<Path> files = Files.list(SAMPLES)) {
            files.filter(path -> path.toString().endsWith("ExamplesTest.java")).forEach(path -> {
                for (MatchResult sample : matches(SAMPLE, read(path))) {
                    String before = samples.put(sample.group(1), sample.group(2).stripIndent());
                    assertThat(before).as("another sample %s", sample.group(1)).isNull();
                }
            });
        }
        return samples;
    }

    /** What a heading is called in links, as GitHub makes it. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("README.md")) ? here : Objects.requireNonNull(here.getParent());
    }
}
