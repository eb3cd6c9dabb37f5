package org.jooqoutbox.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlywayArtifactsTest {

    @Test
    void install_withoutFlyway_saysWhatToAddAndTheOtherWay() throws Exception {
        try (URLClassLoader onlyThisModule = onlyThisModule()) {
            Object table = table(onlyThisModule);
            Method install = method(onlyThisModule, "install");
            Object noOptions = Array.newInstance(onlyThisModule.loadClass(InstallOption.class.getName()), 0);

            assertThatThrownBy(() -> install.invoke(null, null, table, noOptions))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cannot install outbox accounting.outbox: Flyway is not on the class path")
                    .hasMessageContaining("org.flywaydb:flyway-core and org.flywaydb:flyway-database-postgresql")
                    .hasMessageContaining("OutboxSchema.ddl(table)");
        }
    }

    @Test
    void installAll_withoutFlyway_saysSoAtOnce() throws Exception {
        try (URLClassLoader onlyThisModule = onlyThisModule()) {
            Method installAll = method(onlyThisModule, "installAll");
            Object noOptions = Array.newInstance(onlyThisModule.loadClass(InstallOption.class.getName()), 0);

            assertThatThrownBy(() -> installAll.invoke(null, null, List.of(table(onlyThisModule)), noOptions))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cannot install 1 outboxes: Flyway is not on the class path");
        }
    }

    @Test
    void ddl_withoutFlyway_works() throws Exception {
        try (URLClassLoader onlyThisModule = onlyThisModule()) {
            Object noOptions = Array.newInstance(onlyThisModule.loadClass(InstallOption.class.getName()), 0);

            assertThat((String) method(onlyThisModule, "ddl").invoke(null, table(onlyThisModule), noOptions))
                    .isEqualTo(OutboxSchema.ddl(OutboxTable.of("accounting.outbox")));
        }
    }

    private static URLClassLoader onlyThisModule() {
        URL classes = OutboxSchema.class.getProtectionDomain().getCodeSource().getLocation();
        // The driver's interfaces, javax.sql, are the platform's.
        return new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
    }

    private static Object table(ClassLoader loader) throws ReflectiveOperationException {
        return loader.loadClass(OutboxTable.class.getName())
                .getMethod("of", String.class)
                .invoke(null, "accounting.outbox");
    }

    private static Method method(ClassLoader loader, String name) throws ReflectiveOperationException {
        return Arrays.stream(loader.loadClass(OutboxSchema.class.getName()).getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
