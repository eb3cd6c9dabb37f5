package org.jooqoutbox.it.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;

/** What a handler in a forked JVM does with a message. The message says it. */
enum Behaviour {
    DELIVER,
    HALT,
    EXHAUST_HEAP,
    OVERFLOW_STACK,
    /** Waits until the test lets it go, whatever interrupts it. */
    WAIT,
    WAIT_AND_FAIL;

    static final MessageKind<String> KIND = MessageKind.json("work");
    static final int HALTED = 66;

    static final String HEADER = "behaviour";
    private static final int CHUNK = 1 << 20;

    static Behaviour of(Message message) {
        return valueOf(Objects.requireNonNull(message.headers().get(HEADER), HEADER));
    }

    MessageDraft draft(UUID id) {
        return KIND.draft("{\"of\":\"" + id + "\"}").withId(id).withHeader(HEADER, name());
    }

    void perform(CountDownLatch go) {
        switch (this) {
            case DELIVER -> {}
            case HALT -> Runtime.getRuntime().halt(HALTED);
            case EXHAUST_HEAP -> exhaustHeap();
            case OVERFLOW_STACK -> overflowStack(0);
            case WAIT -> awaitUninterruptibly(go);
            case WAIT_AND_FAIL -> {
                awaitUninterruptibly(go);
                throw new IllegalStateException("let go, to fail");
            }
        }
    }

    private static void exhaustHeap() {
        List<byte[]> heap = new ArrayList<>();
        while (heap.size() < Integer.MAX_VALUE) {
            heap.add(new byte[CHUNK]);
        }
    }

    private static int overflowStack(int depth) {
        return depth == Integer.MAX_VALUE ? depth : overflowStack(depth + 1) + 1;
    }

    private static void awaitUninterruptibly(CountDownLatch go) {
        boolean interrupted = false;
        while (go.getCount() > 0) {
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
