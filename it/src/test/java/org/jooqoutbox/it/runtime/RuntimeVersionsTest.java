package org.jooqoutbox.it.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collections;
import org.jooq.Constants;
import org.jooqoutbox.Message;
import org.jooqoutbox.generated.tables.Outbox;
import org.jooqoutbox.jackson.JacksonCodec;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is meant for another Java or another jOOQ fails when it gets the usual ones. */
class RuntimeVersionsTest {

    private static final int MAGIC = 0xCAFEBABE;
    private static final int JAVA_17 = 61;

    @Test
    void java_ofThisRun_isTheExpectedOne() {
        assertThat(System.getProperty("java.specification.version")).isEqualTo(expected("java"));
    }

    @Test
    void jooq_ofThisRun_isTheExpectedOne() throws ReflectiveOperationException {
        // javac copies constants: without reflection this would be the version that was compiled against.
        Object version = Constants.class.getField("FULL_VERSION").get(null);
        assertThat(version).isEqualTo(expected("jooq"));
    }

    @Test
    void jooq_onTheClasspath_isThereOnce() throws IOException {
        String constants = Constants.class.getName().replace('.', '/') + ".class";
        assertThat(Collections.list(ClassLoader.getSystemResources(constants))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {OutboxSchema.class, Outbox.class, Message.class, JooqOutboxRepository.class, JacksonCodec.class})
    void classes_ofEachJar_areForJava17(Class<?> published) throws IOException {
        String classFile = published.getSimpleName() + ".class";
        try (DataInputStream in = new DataInputStream(published.getResourceAsStream(classFile))) {
            assertThat(in.readInt()).isEqualTo(MAGIC);
            int minor = in.readUnsignedShort();
            int major = in.readUnsignedShort();
            assertThat(major).isEqualTo(JAVA_17);
            assertThat(minor).as("no preview features").isZero();
        }
    }

    private static String expected(String what) {
        String property = "expected." + what;
        String value = System.getProperty(property);
        assertThat(value)
                .as("system property %s, which the build sets: run this test with Maven", property)
                .isNotBlank();
        return value;
    }
}
