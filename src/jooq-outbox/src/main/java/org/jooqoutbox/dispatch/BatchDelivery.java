package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.Outcome;
import org.jspecify.annotations.Nullable;

/** Many messages at a time. One whose payload cannot be decoded fails by itself, and the others are delivered without it. */
record BatchDelivery<T>(MessageKind<T> kind, Handler.OfBatch<T> handler, int most) implements Delivery {

    @Override
    public List<HandlerResult> deliver(List<Message> messages) throws Exception {
        List<Handler.Delivery<T>> readable = new ArrayList<>();
        List<@Nullable HandlerResult> results = new ArrayList<>();
        for (Message message : messages) {
            results.add(decode(message, readable));
        }
        if (!readable.isEmpty()) {
            fill(results, answers(List.copyOf(readable)));
        }
        return results.stream().<HandlerResult>map(Objects::requireNonNull).toList();
    }

    private @Nullable HandlerResult decode(Message message, List<Handler.Delivery<T>> readable) {
        try {
            readable.add(new Handler.Delivery<>(kind.decode(message), message));
            return null;
        } catch (Throwable t) {
            return HandlerResult.Failed.ofUnreadable(t);
        }
    }

    private List<Outcome> answers(List<Handler.Delivery<T>> deliveries) throws Exception {
        List<Outcome> outcomes = handler.handle(deliveries);
        if (outcomes == null || outcomes.size() != deliveries.size()) {
            throw new OutboxException("the batch handler of kind " + kind + " owes an outcome for each of "
                    + deliveries.size() + " messages, and returned " + (outcomes == null ? "none" : outcomes.size()));
        }
        return outcomes;
    }

    private static void fill(List<@Nullable HandlerResult> results, List<Outcome> outcomes) {
        int next = 0;
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) == null) {
                results.set(i, HandlerResult.of(outcomes.get(next++)));
            }
        }
    }

    @Override
    public boolean isTransactional() {
        return false;
    }
}
