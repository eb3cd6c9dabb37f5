package org.jooqoutbox.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;

/** Real payloads, from a file with one JSON object a line: {@code {"kind": …, "payload": …}}. Used in turn, as often as needed. */
final class FileEvents implements Events {

    /** Leaves numbers as they are in the file. */
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final int MOST_PER_ORDER = 3;
    private static final int ONE_TRANSACTIONAL_IN = 3;

    private final Map<String, MessageKind<String>> kinds = new LinkedHashMap<>();
    private final List<MessageDraft> drafts = new ArrayList<>();

    private FileEvents() {}

    static FileEvents read(Path file) {
        FileEvents events = new FileEvents();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                events.add(lines.get(i), file + " line " + (i + 1));
            }
        }
        if (events.drafts.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no events: one JSON object a line is needed");
        }
        return events;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the events in " + file + " could not be read (demo.events)", e);
        }
    }

    private void add(String line, String place) {
        JsonNode event = parse(line, place);
        JsonNode kind = event.path("kind");
        if (!kind.isTextual() || !event.has("payload")) {
            throw new IllegalArgumentException(place + ": an event needs a \"kind\", a text, and a \"payload\"");
        }
        drafts.add(kinds.computeIfAbsent(kind.textValue(), MessageKind::json)
                .draft(event.get("payload").toString()));
    }

    private static JsonNode parse(String line, String place) {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(place + " is not JSON", e);
        }
    }

    @Override
    public List<MessageKind<?>> kinds() {
        return List.copyOf(kinds.values());
    }

    @Override
    public MessageKind<?> brokenKind() {
        return kinds.values().iterator().next();
    }

    /** Every third, from the second on. */
    @Override
    public List<MessageKind<?>> transactionalKinds() {
        List<MessageKind<?>> all = kinds();
        return IntStream.range(0, all.size())
                .filter(i -> i % ONE_TRANSACTIONAL_IN == 1)
                .<MessageKind<?>>mapToObj(all::get)
                .toList();
    }

    @Override
    public List<MessageDraft> of(UUID booking, String item, int cents, int number) {
        int count = 1 + number % MOST_PER_ORDER;
        return IntStream.range(0, count)
                .mapToObj(i -> drafts.get(Math.floorMod(number * MOST_PER_ORDER + i, drafts.size())))
                .toList();
    }
}
