package org.jooqoutbox.jooq;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.MessageDraft;

/**
 * The drafts of one call, each with the id it will have: UUIDv7, so that new rows share the index page that is in memory.
 *
 * @param mayCoalesce whether one of them may be in the table already
 */
record Drafts(List<MessageDraft> drafts, List<UUID> ids, boolean mayCoalesce) {

    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();

    static Drafts of(Collection<MessageDraft> drafts) {
        List<UUID> ids = new ArrayList<>(drafts.size());
        boolean mayCoalesce = false;
        for (MessageDraft draft : drafts) {
            ids.add(draft.id().orElseGet(IDS::generate));
            mayCoalesce |= draft.id().isPresent() || draft.deduplicationKey().isPresent();
        }
        return new Drafts(List.copyOf(drafts), ids, mayCoalesce);
    }

    boolean isEmpty() {
        return drafts.isEmpty();
    }

    /** The statement that writes them, which may not coalesce. */
    EnqueueStatement plain() {
        return statement(drafts.size() == 1 ? EnqueueStatement.Form.ONE : EnqueueStatement.Form.MANY);
    }

    EnqueueStatement statement(EnqueueStatement.Form form) {
        return new EnqueueStatement(form, DraftColumn.saidIn(ids, drafts));
    }

    EnqueueResult allWritten() {
        return new EnqueueResult(ids, Set.of());
    }

    EnqueueResult written(Set<UUID> written) {
        Set<UUID> coalesced = new HashSet<>(ids);
        coalesced.removeAll(written);
        return new EnqueueResult(ids, coalesced);
    }
}
