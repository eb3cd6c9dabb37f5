package org.jooqoutbox.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;

/** Does what operators do with dead letters: counts them, replays those of a destination that is repaired, and deletes what nothing can help. */
final class Operator {

    private static final DeadLetterQuery OF_BROKEN_DESTINATIONS =
            DeadLetterQuery.all().errorContaining("does not answer").limit(10_000);

    private static final int REPLAYED_PER_SECOND = 50;

    private final Progress progress;
    private final Map<String, Integer> replayed = new HashMap<>();
    private final Set<UUID> purged = new HashSet<>();

    Operator(Progress progress) {
        this.progress = progress;
    }

    void count(Service service) {
        for (DeadLetter.Count count : service.outbox().countDeadLetters(DeadLetterQuery.all())) {
            progress.say("%s: dead: %,d %s, \"%s\"", service.schema(), count.count(), count.kind(), count.error());
        }
    }

    /**
     * Replays what failed at a destination.
     *
     * @throws DemoException if the preview had told something else
     */
    void replay(Service service) {
        DeadLetter.Replay preview;
        do {
            preview = service.outbox().previewReplay(OF_BROKEN_DESTINATIONS);
            DeadLetter.Replay replay = service.outbox().replay(OF_BROKEN_DESTINATIONS, REPLAYED_PER_SECOND);
            progress.say(
                    "%s: a replay of \"does not answer\" would make %,d due; replayed %,d, %d a second",
                    service.schema(),
                    preview.replayed().size(),
                    replay.replayed().size(),
                    REPLAYED_PER_SECOND);
            requireAsPreviewed(service, preview, replay);
            replayed.merge(service.schema(), replay.replayed().size(), Integer::sum);
        } while (preview.replayed().size() == OF_BROKEN_DESTINATIONS.limit());
    }

    private static void requireAsPreviewed(Service service, DeadLetter.Replay preview, DeadLetter.Replay replay) {
        if (!Set.copyOf(preview.replayed()).equals(Set.copyOf(replay.replayed()))
                || !Set.copyOf(preview.conflicts()).equals(Set.copyOf(replay.conflicts()))) {
            throw new DemoException("the replay in " + service.schema() + " was previewed as "
                    + preview.replayed().size() + " messages and "
                    + preview.conflicts().size()
                    + " conflicts, and became " + replay.replayed().size() + " and "
                    + replay.conflicts().size() + ", or others");
        }
    }

    /** Deletes those of these messages that are dead letters. */
    void purge(Service service, Set<UUID> messages) {
        DeadLetterQuery query = DeadLetterQuery.all().ids(messages);
        for (DeadLetter letter : service.outbox().deadLetters(query)) {
            progress.say(
                    "%s: %s, %d attempts, %d failures: \"%s\"; purging it",
                    service.schema(), letter.kind(), letter.attempts(), letter.failures(), letter.lastError());
        }
        purged.addAll(service.outbox().purge(query));
    }

    /** How many messages of this service were replayed. */
    int replayed(Service service) {
        return replayed.getOrDefault(service.schema(), 0);
    }

    /** What was deleted. */
    Set<UUID> purged() {
        return Set.copyOf(purged);
    }
}
