package org.jooqoutbox.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.MessageLimits;
import org.junit.jupiter.api.Test;

class JacksonCodecTest {

    private static final ObjectMapper MAPPER = new ObjectMapper().registerModule(new JavaTimeModule());

    record Line(String sku, int quantity) {}

    record Invoice(long id, BigDecimal total, List<Line> lines) {}

    record Dated(Instant at, LocalDate day) {}

    record Measured(double value) {}

    @Test
    void roundTrip_record_givesAnEqualOne() throws Exception {
        JacksonCodec<Invoice> codec = JacksonCodec.of(MAPPER, Invoice.class);
        Invoice invoice = new Invoice(17, new BigDecimal("9.90"), List.of(new Line("ä€\uD83D\uDE00\n", 2)));

        String json = codec.encode(invoice);

        assertThat(json)
                .isEqualTo("{\"id\":17,\"total\":9.90,\"lines\":[{\"sku\":\"ä€\uD83D\uDE00\\n\",\"quantity\":2}]}");
        assertThat(codec.decode(json)).isEqualTo(invoice);
    }

    @Test
    void decode_formOfPostgres_givesAnEqualRecord() throws Exception {
        JacksonCodec<Invoice> codec = JacksonCodec.of(MAPPER, Invoice.class);

        Invoice invoice = codec.decode("{\"id\": 17, \"lines\": [{\"sku\": \"a\", \"quantity\": 2}], \"total\": 100}");

        assertThat(invoice).isEqualTo(new Invoice(17, new BigDecimal("100"), List.of(new Line("a", 2))));
    }

    @Test
    void roundTrip_genericType_keepsTheParameters() throws Exception {
        JacksonCodec<Map<String, List<Line>>> codec = JacksonCodec.of(MAPPER, new TypeReference<>() {});
        Map<String, List<Line>> payload = Map.of("a", List.of(new Line("x", 1), new Line("y", 2)));

        assertThat(codec.decode(codec.encode(payload))).isEqualTo(payload);
    }

    @Test
    void roundTrip_timesWithTheMappersModule_areKept() throws Exception {
        JacksonCodec<Dated> codec = JacksonCodec.of(MAPPER, Dated.class);
        Dated dated = new Dated(Instant.parse("2026-11-23T10:15:30.123456789Z"), LocalDate.of(2026, 11, 23));

        assertThat(codec.decode(codec.encode(dated))).isEqualTo(dated);
    }

    @Test
    void draft_timesWithoutTheModule_carriesJacksonsReason() {
        MessageKind<Dated> kind = MessageKind.of("dated", JacksonCodec.of(new ObjectMapper(), Dated.class));

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> kind.draft(new Dated(Instant.EPOCH, LocalDate.EPOCH)))
                .withMessage("message of kind dated refused: its payload could not be encoded by JacksonCodec for "
                        + Dated.class.getName())
                .withCauseInstanceOf(InvalidDefinitionException.class);
    }

    @Test
    void draft_unserialisablePayload_carriesJacksonsReason() {
        MessageKind<Object> kind = MessageKind.of("any", JacksonCodec.of(MAPPER, Object.class));

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> kind.draft(new Object()))
                .withCauseInstanceOf(InvalidDefinitionException.class)
                .withStackTraceContaining("No serializer found for class java.lang.Object");
    }

    @Test
    void draft_getterThatThrows_carriesItsException() {
        MessageKind<Lazy> kind = MessageKind.of("lazy", JacksonCodec.of(MAPPER, Lazy.class));

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> kind.draft(new Lazy()))
                .withCauseInstanceOf(JsonMappingException.class)
                .withRootCauseInstanceOf(NoSuchElementException.class);
    }

    /** Jackson writes NaN as a string: readable, and PostgreSQL keeps it. */
    @Test
    void draft_notANumber_passesAsString() throws Exception {
        JacksonCodec<Measured> codec = JacksonCodec.of(MAPPER, Measured.class);
        MessageDraft draft = MessageKind.of("measured", codec).draft(new Measured(Double.NaN));

        assertThatCode(() -> MessageLimits.defaults().check(draft)).doesNotThrowAnyException();
        assertThat(codec.decode(draft.payload()).value()).isNaN();
    }

    @Test
    void draft_loneSurrogateInAPayload_isRefusedByTheLimits() {
        MessageKind<Line> kind = MessageKind.of("line", JacksonCodec.of(MAPPER, Line.class));
        MessageDraft draft = kind.draft(new Line("a\uD83D", 1));

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> MessageLimits.defaults().check(draft))
                .withMessageContaining("half a surrogate pair")
                .withMessageContaining("/sku");
    }

    @Test
    @SuppressWarnings("NullAway")
    void draft_null_isRefused() {
        MessageKind<Line> kind = MessageKind.of("line", JacksonCodec.of(MAPPER, Line.class));

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> kind.draft(null))
                .withStackTraceContaining("the payload is null, where " + Line.class.getName() + " is needed");
    }

    @Test
    void decode_jsonNull_isRefused() {
        JacksonCodec<Line> codec = JacksonCodec.of(MAPPER, Line.class);

        assertThatExceptionOfType(MismatchedInputException.class)
                .isThrownBy(() -> codec.decode("null"))
                .withMessageContaining("the payload is null, where " + Line.class.getName() + " is needed");
    }

    @Test
    void decode_jsonNullForATypeThatHasOne_isThatValue() throws Exception {
        JacksonCodec<JsonNode> codec = JacksonCodec.of(MAPPER, JsonNode.class);

        assertThat(codec.decode("null").isNull()).isTrue();
    }

    @Test
    void decode_changedType_carriesJacksonsReason() {
        JacksonCodec<Line> codec = JacksonCodec.of(MAPPER, Line.class);

        assertThatExceptionOfType(InvalidFormatException.class)
                .isThrownBy(() -> codec.decode("{\"sku\": \"a\", \"quantity\": \"many\"}"))
                .withMessageContaining("not a valid `int` value")
                .withMessageContaining("[\"quantity\"]");
    }

    @Test
    void decode_memberThatIsGone_isUpToTheMapper() throws Exception {
        String json = "{\"sku\": \"a\", \"quantity\": 1, \"colour\": \"red\"}";
        ObjectMapper lenient = MAPPER.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

        assertThatExceptionOfType(UnrecognizedPropertyException.class)
                .isThrownBy(() -> JacksonCodec.of(MAPPER, Line.class).decode(json))
                .withMessageContaining("colour");
        assertThat(JacksonCodec.of(lenient, Line.class).decode(json)).isEqualTo(new Line("a", 1));
    }

    @Test
    void mapper_changedAfterwards_hasNoEffect() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        JacksonCodec<Line> codec = JacksonCodec.of(mapper, Line.class);
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

        assertThatExceptionOfType(UnrecognizedPropertyException.class)
                .isThrownBy(() -> codec.decode("{\"colour\": \"red\"}"));
    }

    @Test
    void toString_genericType_namesItsParameters() {
        assertThat(JacksonCodec.of(MAPPER, new TypeReference<List<Line>>() {}))
                .hasToString("JacksonCodec for java.util.List<" + Line.class.getName() + ">");
    }

    /** A bean whose getter fails, as lazily loaded ones do outside their session. */
    public static final class Lazy {
        private final Iterator<String> source = Collections.emptyIterator();

        public String getName() {
            return source.next();
        }
    }
}
