package org.jooqoutbox;

/**
 * Ties the name of a kind of message to the type of its payload and the codec between them, once, for producers and handlers alike.
 *
 * <pre>{@code
 * static final MessageKind<InvoiceIssued> INVOICE_ISSUED =
 *         MessageKind.of("invoice.issued", JacksonCodec.of(mapper, InvoiceIssued.class));
 * }</pre>
 *
 * <p>Immutable and, as its codec must be, safe for use by many threads.
 *
 * @param <T> the type of the payload
 */
public final class MessageKind<T> {

    private final String name;
    private final PayloadCodec<T> codec;

    private MessageKind(String name, PayloadCodec<T> codec) {
        MessageNames.requireKind(name);
        this.name = name;
        this.codec = codec;
    }

    /**
     * A kind with a typed payload.
     *
     * @param name not blank, at most 255 bytes in UTF-8
     * @throws IllegalArgumentException if that cannot be the name of a kind
     */
    public static <T> MessageKind<T> of(String name, PayloadCodec<T> codec) {
        return new MessageKind<>(name, codec);
    }

    /**
     * A kind whose payload is JSON text, for those who bring their own.
     *
     * @param name not blank, at most 255 bytes in UTF-8
     * @throws IllegalArgumentException if that cannot be the name of a kind
     */
    public static MessageKind<String> json(String name) {
        return new MessageKind<>(name, RawJson.CODEC);
    }

    /** The name, as it stands in the table. */
    public String name() {
        return name;
    }

    /**
     * A draft of a message with this payload, encoded now.
     *
     * @throws InvalidMessageException if the codec cannot encode it; the cause is what the codec threw
     */
    public MessageDraft draft(T payload) {
        try {
            return new MessageDraft(name, codec.encode(payload));
        } catch (Exception e) {
            throw new InvalidMessageException(name, "its payload could not be encoded by " + codec, e);
        }
    }

    /**
     * The payload of a message of this kind.
     *
     * @throws Exception whatever the codec throws
     */
    public T decode(Message message) throws Exception {
        return codec.decode(message.payload());
    }

    @Override
    public String toString() {
        return name;
    }

    private enum RawJson implements PayloadCodec<String> {
        CODEC;

        @Override
        public String encode(String payload) {
            return payload;
        }

        @Override
        public String decode(String json) {
            return json;
        }
    }
}
