package org.jooqoutbox.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.crash.DoomedDataSource.Doom;
import org.jooqoutbox.it.crash.DoomedDataSource.Moment;
import org.jooqoutbox.it.crash.PlantedBugs.SplitDelivery;
import org.jooqoutbox.it.support.Effort;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Deliveries in the transaction that removes the message, ended just before and just after each of their calls to the server: the effect is
 * there exactly once, and so is what the handler enqueued.
 */
@Tag("crash")
@Timeout(24 * 60 * 60)
class ExactlyOnceTest {

    private static final int HALTED_PROCESSES = 2 * Effort.ROUNDS;
    private static final int CALLS_OF_A_DELIVERY = 12; // from its connection to the commit, and the claim before it

    private final Lab lab = Lab.create("exactly_once");
    private final Chain chain = new Chain(lab);

    /** An outbox over these connections, with or without a bug. */
    private interface Outboxes extends BiFunction<JooqOutboxRepository, DSLContext, OutboxRepository<Configuration>> {}

    @AfterEach
    void close() {
        chain.close();
    }

    // Each call is cut off twice: once it did not arrive, once its reply did not.
    @Test
    void delivery_cutOffBeforeAndAfterEachCall_hasEachEffectOnce() throws Exception {
        Sweep sweep = sweep((outbox, dsl) -> outbox, false);
        assertThat(sweep.faults()).isEmpty();
        for (Moment moment : Moment.values()) {
            assertThat(sweep.cutOff())
                    .contains(moment + " getConnection", moment + " execute", moment + " commit", moment + " close");
        }
        assertThat(sweep.cutOff()).hasSizeGreaterThanOrEqualTo(2 * CALLS_OF_A_DELIVERY);
        assertThat(lab.outbox().rows()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void judge_deliveryAndRemovalInTwoTransactions_findsIt(SplitDelivery bug) throws Exception {
        String expected = bug == SplitDelivery.REMOVES_BEFORE ? "lost: " : "repeated: ";
        assertThat(sweep(bug::in, true).faults()).isNotEmpty().allMatch(fault -> fault.contains(expected));
    }

    /** At which calls deliveries were cut off, and what was wrong afterwards. */
    private record Sweep(List<String> cutOff, List<String> faults) {}

    /** Cuts off deliveries at one call after the other until one gets through. */
    private Sweep sweep(Outboxes outboxes, boolean upToTheFirstFault) throws Exception {
        Sweep sweep = new Sweep(new ArrayList<>(), new ArrayList<>());
        for (int call = callsBeforeTheFirstClaim() + 1;
                !upToTheFirstFault || sweep.faults().isEmpty();
                call++) {
            for (Moment moment : Moment.values()) {
                DoomedDataSource connections = DoomedDataSource.breaking(new Doom(call, moment));
                List<String> faults = faultsAfter(connections, "doomed-" + moment + "-" + call, outboxes);
                faults.forEach(fault -> sweep.faults().add(connections.calls() + " " + fault));
                if (!connections.isOver()) {
                    return sweep;
                }
                sweep.cutOff()
                        .add(moment + " "
                                + connections.calls().get(connections.calls().size() - 1));
            }
        }
        return sweep;
    }

    // Before it claims, it only looks whether the table is as it should be.
    private int callsBeforeTheFirstClaim() {
        DoomedDataSource connections = DoomedDataSource.breaking(Doom.NEVER);
        JooqOutboxRepository.of(
                        connections.on(lab.place().dataSource("looks")),
                        lab.place().table())
                .verify();
        return connections.calls().size();
    }

    private List<String> faultsAfter(DoomedDataSource connections, String name, Outboxes outboxes) throws Exception {
        UUID id = chain.begin(Behaviour.DELIVER);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(
                connections.on(lab.place().dataSource(name)), lab.place().table());
        DSLContext beside = DSL.using(connections.on(lab.place().dataSource(name)), SQLDialect.POSTGRES);
        Chain.drainerOfFirst(outboxes.apply(outbox, beside))
                .executor(Runnable::run) // one call after the other, the same ones each time
                .shutdownTimeout(Duration.ofMillis(50))
                .listener(endingWith(connections))
                .build()
                .drain();
        Thread.interrupted();
        chain.endLeasesAfter(name);
        chain.heal();
        return chain.faultsOf(id);
    }

    /** Ends the pass of the calling thread, too, when its connections have ended: or it would go on trying. */
    private static DispatchListener endingWith(DoomedDataSource connections) {
        return new DispatchListener() {
            @Override
            public void claimFailed(Throwable error, Duration retryAfter) {
                end();
            }

            @Override
            public void settleFailed(List<Message> messages, Throwable error) {
                end();
            }

            private void end() {
                if (connections.isOver()) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    @Test
    void process_haltedAtCallsSpreadOverADelivery_hasEachEffectOnce() throws Exception {
        DoomedDataSource observed = DoomedDataSource.breaking(Doom.NEVER);
        assertThat(faultsAfter(observed, "observed", (outbox, dsl) -> outbox)).isEmpty();
        int first = callsBeforeTheFirstClaim();
        int calls = observed.calls().size() - first;
        try (Warm processes = processes()) {
            for (int i = 1; i <= HALTED_PROCESSES; i++) {
                Moment moment = i % 2 == 0 ? Moment.BEFORE : Moment.AFTER;
                Doom doom = new Doom(first + i * calls / (HALTED_PROCESSES + 1), moment);
                UUID id = chain.begin(Behaviour.DELIVER);
                ForkedJvm process = i < HALTED_PROCESSES ? processes.next() : processes.last();
                process.tell(ExactlyOnceMain.command(doom));
                assertThat(process.awaitExit())
                        .as("%s of %s", doom, observed.calls())
                        .isEqualTo(Behaviour.HALTED);
                chain.endLeasesAfter(process.name());
                chain.heal();
                assertThat(chain.faultsOf(id))
                        .as("%s of %s", doom, observed.calls())
                        .isEmpty();
            }
        }
        assertThat(lab.outbox().rows()).isEmpty();
    }

    // Poison is bounded in this mode, too: the claim counts, and it is not part of the transaction that vanishes.
    @Test
    void handler_thatHaltsItsProcessEachTime_isADeadLetterWithoutEffect() throws Exception {
        UUID poison = chain.begin(Behaviour.HALT);
        try (Warm processes = processes()) {
            for (int death = 1; death <= 4; death++) {
                ForkedJvm process = death < 4 ? processes.next() : processes.last();
                process.tell(ExactlyOnceMain.command(Doom.NEVER));
                assertThat(process.awaitExit()).isEqualTo(Behaviour.HALTED);
                assertThat(lab.outbox().row(poison).getAttempts()).isEqualTo(death);
                chain.endLeasesAfter(process.name());
            }
        }
        UUID innocent = chain.begin(Behaviour.DELIVER);
        chain.heal();
        OutboxRecord row = lab.outbox().row(poison);
        assertThat(row.getStatus()).isEqualTo("dead");
        assertThat(row.getLastError()).startsWith("died 4 times without a result");
        assertThat(chain.effectsOf(poison)).isZero();
        assertThat(chain.faultsOf(innocent)).isEmpty();
    }

    private Warm processes() {
        return new Warm(name ->
                ForkedJvm.start(name, ExactlyOnceMain.class, lab.place().properties(name), ForkedClasses.options()));
    }
}
