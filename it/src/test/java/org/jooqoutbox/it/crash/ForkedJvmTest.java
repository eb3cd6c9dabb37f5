package org.jooqoutbox.it.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("crash")
@Timeout(120)
class ForkedJvmTest {

    // Or a build that is cancelled would leave processes behind.
    @Test
    void fork_parentDies_endsByItself() throws Exception {
        try (ForkedJvm parent = ForkedJvm.start("parent", Parent.class, Map.of(), ForkedClasses.options())) {
            long pid = Long.parseLong(parent.await("CHILD ").substring("CHILD ".length()));
            ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
            assertThat(child.isAlive()).isTrue();
            parent.kill();
            child.onExit().get(60, TimeUnit.SECONDS);
            assertThat(child.isAlive()).isFalse();
        }
    }

    @Test
    void await_ofSomethingItNeverSaysBeforeItEnds_failsAtOnce() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.start("mute", Child.class, Map.of(), ForkedClasses.options())) {
            jvm.kill();
            assertThatThrownBy(() -> jvm.await("NEVER"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended before it said \"NEVER\"");
        }
    }

    /** Forks another one and tells its pid. */
    static final class Parent {

        private Parent() {}

        public static void main(String[] args) {
            ForkedJvm child = ForkedJvm.start(
                    "child", Child.class, Map.of(), List.of("-cp", System.getProperty("java.class.path")));
            TestTalk.tell("CHILD " + child.pid());
            TestTalk.obey(child::tell);
            Child.waitForEver();
        }
    }

    /** Lives until its parent is gone. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) {
            TestTalk.obey(TestTalk::tell);
            waitForEver();
        }

        static void waitForEver() {
            new CompletableFuture<Void>().join();
        }
    }
}
