package org.jooqoutbox;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What became of the drafts of one call.
 *
 * @param ids the identity of each message, in the order of the drafts
 * @param coalesced those of them that were not written, because a message with the same id is there already, or one of the same kind and
 *     deduplication key that waits for its first delivery
 */
public record EnqueueResult(List<UUID> ids, Set<UUID> coalesced) {

    /** Copies both. */
    public EnqueueResult {
        ids = List.copyOf(ids);
        coalesced = Set.copyOf(coalesced);
    }
}
