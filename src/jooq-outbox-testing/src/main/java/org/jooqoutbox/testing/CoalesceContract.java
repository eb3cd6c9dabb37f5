package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** Which drafts are dropped because their like is there: by id always, by deduplication key while the other waits for its first delivery. */
abstract class CoalesceContract<T> extends Contract<T> {

    private static final UUID ID = UUID.fromString("01890000-0000-7000-8000-000000000001");

    private static MessageDraft keyed(String payload) {
        return A.draft(payload).withDeduplicationKey("k");
    }

    @Test
    void enqueue_sameKeyInOneCall_keepsTheFirst() {
        EnqueueResult result = enqueue(keyed("1"), keyed("2"));
        assertThat(result.coalesced()).containsExactly(result.ids().get(1));
        assertThat(claim()).extracting(Message::payload).containsExactly("1");
    }

    @Test
    void enqueue_keyThatWaits_isDropped() {
        enqueue(keyed("1"));
        EnqueueResult result = enqueue(A.draft("2"), keyed("3"));
        assertThat(result.coalesced()).containsExactly(result.ids().get(1));
        assertThat(claim()).extracting(Message::payload).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void enqueue_sameKeyInOneTransaction_isDropped() {
        EnqueueResult second = harness.inTransaction(transaction -> {
            outbox.enqueue(transaction, keyed("1"));
            return outbox.enqueue(transaction, keyed("2"));
        });
        assertThat(second.coalesced()).hasSize(1);
    }

    @Test
    void enqueue_keyOfDelayed_isDropped() {
        enqueue(keyed("1").withDelay(Duration.ofHours(1)));
        assertThat(enqueue(keyed("2")).coalesced()).hasSize(1);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void enqueue_keyOfOtherKind_isWritten() {
        enqueue(keyed("1"));
        assertThat(enqueue(B.draft("2").withDeduplicationKey("k")).coalesced()).isEmpty();
    }

    @Test
    void enqueue_keyUnderLease_isWritten() {
        enqueue(keyed("1"));
        claimOne();
        assertThat(enqueue(keyed("2")).coalesced()).isEmpty();
    }

    @Test
    void enqueue_keyOfFailed_isWritten() {
        enqueue(keyed("1"));
        applied(Settlement.failed(claimOne(), "later", Duration.ofHours(1)));
        assertThat(enqueue(keyed("2")).coalesced()).isEmpty();
    }

    @Test
    void enqueue_keyOfReleased_isWritten() {
        enqueue(keyed("1"));
        applied(Settlement.released(claimOne()));
        assertThat(enqueue(keyed("2")).coalesced()).isEmpty();
        assertThat(claim()).hasSize(2);
    }

    @Test
    void enqueue_keyOfDeadLetter_isWritten() {
        deadLetter(keyed("1"), "never");
        assertThat(enqueue(keyed("2")).coalesced()).isEmpty();
    }

    @Test
    void enqueue_ownId_isTheIdOfTheMessage() {
        EnqueueResult result = enqueue(A.draft("1").withId(ID));
        assertThat(result.ids()).containsExactly(ID);
        assertThat(claimOne().id()).isEqualTo(ID);
    }

    @Test
    void enqueue_idThatIsThere_isDroppedWhateverItsState() {
        enqueue(A.draft("1").withId(ID));
        assertThat(enqueue(A.draft("2").withId(ID)).coalesced()).containsExactly(ID);
        applied(Settlement.dead(claimOne(), "never"));
        assertThat(enqueue(B.draft("3").withId(ID)).coalesced()).containsExactly(ID);
        assertThat(letter(ID).payload()).isEqualTo("1");
    }

    @Test
    void enqueue_idOfDelivered_isWrittenAgain() {
        enqueue(A.draft("1").withId(ID));
        applied(Settlement.done(claimOne()));
        assertThat(enqueue(A.draft("2").withId(ID)).coalesced()).isEmpty();
        assertThat(claimOne().payload()).isEqualTo("2");
    }
}
