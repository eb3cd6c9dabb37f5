package org.jooqoutbox;

/**
 * Turns payloads of one type into JSON and back.
 *
 * <p>Implementations must be safe for use by many threads. What {@link #encode} throws is the cause of what {@link MessageKind#draft} throws;
 * when {@link #decode} throws, the delivery has failed and is retried like one whose handler threw.
 *
 * @param <T> the type of the payload
 */
public interface PayloadCodec<T> {

    /**
     * Writes a payload as one JSON value.
     *
     * @throws Exception if the payload cannot be written
     */
    String encode(T payload) throws Exception;

    /**
     * Reads a payload from JSON as PostgreSQL gives it back: same value, but white space, order of keys and form of numbers are PostgreSQL's.
     *
     * @throws Exception if the JSON is not a payload of this type
     */
    T decode(String json) throws Exception;
}
