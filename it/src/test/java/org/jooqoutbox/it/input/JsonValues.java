package org.jooqoutbox.it.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;

/** Compares JSON by value: numbers exactly, members in any order. Reads with Jackson, so that it shares nothing with what it is to judge. */
final class JsonValues {

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNestingDepth(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION, StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonValues() {}

    /** False, too, if the first is no JSON or has two members of one name: nothing that comes back is then the same value. */
    static boolean equal(String sent, String received) {
        try {
            return equal(MAPPER.readTree(sent), MAPPER.readTree(received));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean equal(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a.getNodeType() != b.getNodeType() || a.size() != b.size()) {
            return false;
        }
        return switch (a.getNodeType()) {
            case ARRAY -> equalElements(a, b);
            case OBJECT -> equalMembers(a, b);
            default -> a.equals(b);
        };
    }

    private static boolean equalElements(JsonNode a, JsonNode b) {
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.path(i), b.path(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalMembers(JsonNode a, JsonNode b) {
        for (Map.Entry<String, JsonNode> member : a.properties()) {
            if (!equal(member.getValue(), b.path(member.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
