package org.jooqoutbox.jooq;

import java.util.Collection;
import java.util.IdentityHashMap;
import org.jooq.Configuration;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.TransactionProvider;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.jspecify.annotations.Nullable;

/**
 * Wakes up, after the commit of the outermost transaction, whom messages were written for in it.
 *
 * <p>jOOQ copies {@code Configuration.data()} from a transaction to those nested in it, and to what is derived from it, and to nothing else.
 * So it holds what is noted, from the beginning to the end, and nothing where this listener is not registered. With a thread-bound transaction
 * messages are written through any Configuration with its provider, which knows nothing of the transaction's: there the thread leads to it.
 */
final class WakeUpListener implements TransactionListener {

    static final WakeUpListener INSTANCE = new WakeUpListener();

    private static final ThreadLocal<IdentityHashMap<TransactionProvider, NotedWakeUps>> OF_THREAD =
            new ThreadLocal<>();

    /** Not a text, so that nobody has it by chance. */
    private enum Key {
        NOTED
    }

    private WakeUpListener() {}

    /** Notes it for the commit of the transaction that the Configuration is in, if this listener saw it begin. */
    static void note(Configuration configuration, WakeUp wakeUp) {
        NotedWakeUps noted = noted(configuration);
        if (noted != null) {
            noted.note(wakeUp);
        }
    }

    private static @Nullable NotedWakeUps noted(Configuration configuration) {
        TransactionProvider provider = configuration.transactionProvider();
        if (provider instanceof ThreadLocalTransactionProvider) {
            IdentityHashMap<TransactionProvider, NotedWakeUps> ofThread = OF_THREAD.get();
            return ofThread == null ? null : ofThread.get(provider);
        }
        return inData(configuration);
    }

    private static @Nullable NotedWakeUps inData(Configuration configuration) {
        return (NotedWakeUps) configuration.data(Key.NOTED);
    }

    @Override
    public void beginStart(TransactionContext context) {
        NotedWakeUps noted = inData(context.configuration());
        if (noted == null || !noted.begin(context)) {
            noted = new NotedWakeUps(context);
            context.configuration().data(Key.NOTED, noted);
            bind(context.configuration().transactionProvider(), noted);
        }
    }

    @Override
    public void commitEnd(TransactionContext context) {
        NotedWakeUps noted = inData(context.configuration());
        if (noted == null || (noted.isOutermost(context) && isOpen(context.configuration()))) {
            return;
        }
        Collection<WakeUp> due = noted.commit(context);
        forget(noted, context.configuration());
        WakeUp.call(due);
    }

    @Override
    public void rollbackEnd(TransactionContext context) {
        NotedWakeUps noted = inData(context.configuration());
        if (noted != null) {
            noted.rollback(context);
            forget(noted, context.configuration());
        }
    }

    /**
     * Whether the commit failed. jOOQ reports its end in that case too, and the failure only later; until then its transaction provider keeps
     * the connection where it put it. Of a provider that does not, it is not known, and somebody is woken up in vain.
     */
    private static boolean isOpen(Configuration configuration) {
        if (configuration.transactionProvider() instanceof DeliveryTransaction delivery) {
            return !delivery.isCommitted();
        }
        return configuration.data().values().stream().anyMatch(DefaultConnectionProvider.class::isInstance);
    }

    private static void bind(TransactionProvider provider, NotedWakeUps noted) {
        if (provider instanceof ThreadLocalTransactionProvider) {
            IdentityHashMap<TransactionProvider, NotedWakeUps> ofThread = OF_THREAD.get();
            if (ofThread == null) {
                ofThread = new IdentityHashMap<>();
                OF_THREAD.set(ofThread);
            }
            ofThread.put(provider, noted);
        }
    }

    private static void forget(NotedWakeUps noted, Configuration configuration) {
        if (!noted.isOver()) {
            return;
        }
        configuration.data().remove(Key.NOTED);
        IdentityHashMap<TransactionProvider, NotedWakeUps> ofThread = OF_THREAD.get();
        if (ofThread != null && ofThread.remove(configuration.transactionProvider(), noted) && ofThread.isEmpty()) {
            OF_THREAD.remove();
        }
    }
}
