package org.jooqoutbox.dispatch;

import java.io.IOException;
import java.util.List;

/** One of everything that can be thrown. */
final class Throwables {

    private Throwables() {}

    static List<Throwable> all() {
        return List.of(
                new IllegalStateException("runtime"),
                new IOException("checked, thrown without being declared"),
                new InterruptedException("nobody interrupted"),
                new AssertionError("error"),
                new StackOverflowError(),
                new OutOfMemoryError("heap"),
                new ThreadDeath(),
                new NoClassDefFoundError("linkage"),
                new Throwable("bare"));
    }
}
