package org.jooqoutbox.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.jackson.JacksonCodec;

/** Typed payloads, as an application has them. */
final class OwnEvents implements Events {

    record BookingMade(UUID booking, String item, int cents) {}

    record ConfirmationWanted(UUID booking, String address) {}

    record ExportWanted(UUID booking, String format, List<String> columns) {}

    record PostingWanted(UUID booking, int cents) {}

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static final MessageKind<BookingMade> BOOKING_MADE =
            MessageKind.of("booking.made", JacksonCodec.of(MAPPER, BookingMade.class));
    static final MessageKind<ConfirmationWanted> CONFIRMATION_WANTED =
            MessageKind.of("confirmation.wanted", JacksonCodec.of(MAPPER, ConfirmationWanted.class));
    static final MessageKind<ExportWanted> EXPORT_WANTED =
            MessageKind.of("export.wanted", JacksonCodec.of(MAPPER, ExportWanted.class));

    static final MessageKind<PostingWanted> POSTING_WANTED =
            MessageKind.of("posting.wanted", JacksonCodec.of(MAPPER, PostingWanted.class));

    private static final int ONE_POSTING_IN = 3;
    private static final int ONE_EXPORT_IN = 30;

    @Override
    public List<MessageKind<?>> kinds() {
        return List.of(BOOKING_MADE, CONFIRMATION_WANTED, EXPORT_WANTED, POSTING_WANTED);
    }

    @Override
    public MessageKind<?> brokenKind() {
        return EXPORT_WANTED;
    }

    @Override
    public List<MessageKind<?>> transactionalKinds() {
        return List.of(POSTING_WANTED);
    }

    @Override
    public List<MessageDraft> of(UUID booking, String item, int cents, int number) {
        List<MessageDraft> messages = new ArrayList<>();
        messages.add(BOOKING_MADE.draft(new BookingMade(booking, item, cents)));
        if (number % 2 == 0) {
            messages.add(CONFIRMATION_WANTED.draft(
                    new ConfirmationWanted(booking, "Zoë.Łukasz+" + number + "@example.org")));
        }
        if (number % ONE_POSTING_IN == 1) {
            messages.add(POSTING_WANTED.draft(new PostingWanted(booking, cents)));
        }
        if (number % ONE_EXPORT_IN == 0) {
            messages.add(EXPORT_WANTED.draft(new ExportWanted(booking, "csv", List.of("item", "cents"))));
        }
        return messages;
    }
}
