package org.jooqoutbox.it.crash;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** A forked JVM's side of the talk with the test that forked it. */
final class TestTalk {

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private static final int ORPHANED = 97;

    private TestTalk() {}

    /** Tells the test what happened. */
    static synchronized void tell(String line) {
        OUT.println(line);
    }

    /** Hands what the test says to this consumer, line by line, on a thread of its own; and ends this JVM when the test is gone. */
    static void obey(Consumer<String> command) {
        Thread thread = new Thread(() -> listen(command), "listens-to-test");
        thread.setDaemon(true);
        thread.start();
    }

    private static void listen(Consumer<String> command) {
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                command.accept(line);
            }
        } catch (IOException e) {
            tell("cannot hear the test any more: " + e);
        }
        Runtime.getRuntime().halt(ORPHANED);
    }
}
