package org.jooqoutbox.it.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxRepository.TransactionalWork;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/** Repositories with a bug that the tests must find, or they prove nothing. */
final class PlantedBugs {

    private PlantedBugs() {}

    /** What it hands out is gone from the outbox already: at most once instead of at least once. */
    static OutboxRepository<?> acknowledgesBeforeHandingOut(OutboxRepository<?> outbox) {
        return proxy(outbox, (real, method, arguments) -> {
            Object answer = method.invoke(real, arguments);
            if (answer instanceof Claim claim) {
                acknowledge(outbox, claim);
            } else if (answer instanceof Claim.WithVerdicts both) {
                acknowledge(outbox, both.claim());
            }
            return answer;
        });
    }

    private static void acknowledge(OutboxRepository<?> outbox, Claim claim) {
        outbox.settle(claim.messages().stream().map(Settlement::done).toList());
    }

    /** Deliveries in a transaction that does not also remove the message. */
    enum SplitDelivery {
        REMOVES_AFTERWARDS {
            @Override
            Verdict deliver(
                    OutboxRepository<Configuration> outbox,
                    Message message,
                    DSLContext dsl,
                    TransactionalWork<Configuration> work) {
                dsl.transaction(work::run);
                return outbox.markDone(message);
            }
        },
        REMOVES_BEFORE {
            @Override
            Verdict deliver(
                    OutboxRepository<Configuration> outbox,
                    Message message,
                    DSLContext dsl,
                    TransactionalWork<Configuration> work) {
                Verdict verdict = outbox.markDone(message);
                dsl.transaction(work::run);
                return verdict;
            }
        },
        WORKS_ON_ANOTHER_CONNECTION {
            @Override
            Verdict deliver(
                    OutboxRepository<Configuration> outbox,
                    Message message,
                    DSLContext dsl,
                    TransactionalWork<Configuration> work)
                    throws Exception {
                return outbox.deliverInTransaction(message, Chain.IDLE, trx -> dsl.transaction(work::run));
            }
        };

        abstract Verdict deliver(
                OutboxRepository<Configuration> outbox,
                Message message,
                DSLContext dsl,
                TransactionalWork<Configuration> work)
                throws Exception;

        /** This outbox with this bug; what it does beside the outbox it does over this context. */
        @SuppressWarnings("unchecked")
        OutboxRepository<Configuration> in(OutboxRepository<Configuration> outbox, DSLContext dsl) {
            return proxy(
                    outbox,
                    (real, method, arguments) -> method.getName().equals("deliverInTransaction")
                            ? deliver(outbox, (Message) arguments[0], dsl, (TransactionalWork<Configuration>)
                                    arguments[2])
                            : method.invoke(real, arguments));
        }
    }

    private interface Calls {
        @Nullable
        Object call(OutboxRepository<?> real, Method method, Object[] arguments) throws Exception;
    }

    @SuppressWarnings("unchecked")
    private static <X> OutboxRepository<X> proxy(OutboxRepository<X> outbox, Calls calls) {
        return (OutboxRepository<X>) Proxy.newProxyInstance(
                OutboxRepository.class.getClassLoader(), new Class<?>[] {OutboxRepository.class}, (p, method, args) -> {
                    try {
                        return calls.call(outbox, method, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
