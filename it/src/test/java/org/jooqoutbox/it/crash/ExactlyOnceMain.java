package org.jooqoutbox.it.crash;

import java.util.concurrent.CompletableFuture;
import org.jooqoutbox.it.crash.DoomedDataSource.Doom;
import org.jooqoutbox.it.crash.DoomedDataSource.Moment;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * A process that drains first messages of a {@link Chain} in transactions. It is told {@code BEFORE 7} or {@code AFTER 7}, and halts just
 * before or after the seventh call to the server. If it gets to the end it says DRAINED.
 */
final class ExactlyOnceMain {

    private ExactlyOnceMain() {}

    public static void main(String[] args) {
        Place place = Place.ofThisProcess();
        String name = System.getProperty("test.name");
        CompletableFuture<Doom> doom = new CompletableFuture<>();
        TestTalk.obey(command -> doom.complete(doom(command)));
        TestTalk.tell("READY");
        DoomedDataSource connections = DoomedDataSource.halting(doom.join(), Behaviour.HALTED);
        Chain.drainerOfFirst(JooqOutboxRepository.of(connections.on(place.dataSource(name)), place.table()))
                .build()
                .drain();
        TestTalk.tell("DRAINED after " + connections.calls().size());
    }

    static String command(Doom doom) {
        return doom.moment() + " " + doom.call();
    }

    private static Doom doom(String command) {
        String[] words = command.split(" ", 2);
        return new Doom(Integer.parseInt(words[1]), Moment.valueOf(words[0]));
    }
}
