package org.jooqoutbox.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import org.jooqoutbox.PayloadCodec;

/**
 * Writes and reads payloads with an {@link ObjectMapper} of the application's.
 *
 * <pre>{@code
 * static final MessageKind<InvoiceIssued> INVOICE_ISSUED =
 *         MessageKind.of("invoice.issued", JacksonCodec.of(mapper, InvoiceIssued.class));
 * }</pre>
 *
 * <p>The mapper decides how: which modules it has, whether unknown members are an error, how dates look. What it is set to after the codec was
 * made has no effect here.
 *
 * <p>There is no null payload: neither a null to encode nor JSON that Jackson reads as one. Both are errors, so that a handler need not expect
 * it. A type with a value for nothing, such as {@code Optional} or {@code JsonNode}, can say so.
 *
 * <p>What Jackson throws is passed on as it is. Its messages may quote the payload.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param <T> the type of the payload
 */
public final class JacksonCodec<T> implements PayloadCodec<T> {

    private final JavaType type;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private JacksonCodec(ObjectMapper mapper, JavaType type) {
        this.type = type;
        this.writer = mapper.writerFor(type);
        this.reader = mapper.readerFor(type);
    }

    /** A codec for a class. */
    public static <T> JacksonCodec<T> of(ObjectMapper mapper, Class<T> type) {
        return new JacksonCodec<>(mapper, mapper.constructType(type));
    }

    /** A codec for a type with parameters: {@code JacksonCodec.of(mapper, new TypeReference<List<Invoice>>() {})}. */
    public static <T> JacksonCodec<T> of(ObjectMapper mapper, TypeReference<T> type) {
        return new JacksonCodec<>(mapper, mapper.constructType(type));
    }

    @Override
    public String encode(T payload) throws JsonProcessingException {
        if (payload == null) {
            throw new IllegalArgumentException("the payload is null, where " + type.toCanonical() + " is needed");
        }
        return writer.writeValueAsString(payload);
    }

    @Override
    public T decode(String json) throws JsonProcessingException {
        T payload = reader.readValue(json);
        if (payload == null) {
            throw MismatchedInputException.from(
                    null, type, "the payload is null, where " + type.toCanonical() + " is needed");
        }
        return payload;
    }

    /** Names the type, for errors: "JacksonCodec for com.example.Invoice". */
    @Override
    public String toString() {
        return "JacksonCodec for " + type.toCanonical();
    }
}
