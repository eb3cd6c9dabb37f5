package org.jooqoutbox.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;

/** What the messages of a service are about. */
interface Events {

    /** Every kind there is: each needs a handler. */
    List<MessageKind<?>> kinds();

    /** The kind whose destination does not work, until somebody repairs it. */
    MessageKind<?> brokenKind();

    /** The kinds that are handled in transactional mode. */
    List<MessageKind<?>> transactionalKinds();

    /**
     * The messages of an order.
     *
     * @param number of the order: another one, other messages
     */
    List<MessageDraft> of(UUID booking, String item, int cents, int number);

    /** The events in this file, or ones of our own. */
    static Events of(Optional<Path> file) {
        return file.<Events>map(FileEvents::read).orElseGet(OwnEvents::new);
    }
}
