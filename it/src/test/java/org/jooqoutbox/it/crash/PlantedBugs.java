package org.jooqoutbox.it.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jooqoutbox.Claim;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;

/** Repositories with a bug that the tests must find, or they prove nothing. */
final class PlantedBugs {

    private PlantedBugs() {}

    /** What it hands out is gone from the outbox already: at most once instead of at least once. */
    static OutboxRepository<?> acknowledgesBeforeHandingOut(OutboxRepository<?> outbox) {
        return (OutboxRepository<?>) Proxy.newProxyInstance(
                OutboxRepository.class.getClassLoader(), new Class<?>[] {OutboxRepository.class}, (p, method, args) -> {
                    try {
                        Object answer = method.invoke(outbox, args);
                        if (answer instanceof Claim claim) {
                            outbox.settle(claim.messages().stream()
                                    .map(Settlement::done)
                                    .toList());
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
