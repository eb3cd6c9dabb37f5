package org.jooqoutbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which room of the house may know which, and what no room may do. */
class ArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.jooqoutbox");

    @Test
    void dispatch_knowsNeitherJooqNorJdbc() {
        noClasses()
                .that()
                .resideInAPackage("org.jooqoutbox.dispatch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.jooq..",
                        "org.jooqoutbox.jooq..",
                        "org.jooqoutbox.generated..",
                        "org.jooqoutbox.schema..",
                        "org.postgresql..",
                        "java.sql..",
                        "javax.sql..")
                .check(MAIN);
    }

    @Test
    void messageModel_knowsNeitherDispatcherNorJooq() {
        noClasses()
                .that()
                .resideInAPackage("org.jooqoutbox")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.jooqoutbox.dispatch..",
                        "org.jooqoutbox.jooq..",
                        "org.jooqoutbox.generated..",
                        "org.jooq..",
                        "org.postgresql..",
                        "java.sql..",
                        "javax.sql..")
                .check(MAIN);
    }

    @Test
    void jooqRoom_doesNotKnowTheDispatcher() {
        noClasses()
                .that()
                .resideInAPackage("org.jooqoutbox.jooq..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jooqoutbox.dispatch..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    // What two machines compare is the database's time, and what one measures is a monotonic clock's.
    @Test
    void main_readsNoWallClockAndNeverSleeps() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.Clock.class, "systemUTC")
                .orShould()
                .callMethod(java.time.Clock.class, "systemDefaultZone")
                .orShould()
                .callMethod(java.time.LocalDateTime.class, "now")
                .orShould()
                .callMethod(java.time.OffsetDateTime.class, "now")
                .orShould()
                .callMethod(java.time.ZonedDateTime.class, "now")
                .orShould()
                .callConstructor(java.util.Date.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
                .check(MAIN);
    }

    @Test
    void main_keepsOffTheCommonPool() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ForkJoinPool.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(CompletableFuture.class)
                .orShould()
                .callMethod(java.util.Collection.class, "parallelStream")
                .check(MAIN);
    }

    // A thread that parks inside a monitor pins its carrier on virtual threads before JDK 24.
    @Test
    void main_hasNoSynchronizedMethods() {
        methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(MAIN);
    }

    @Test
    void dispatch_publicTypes_areTheseFive() {
        assertThat(MAIN.stream()
                        .filter(type -> type.getPackageName().equals("org.jooqoutbox.dispatch"))
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("Worker", "Drainer", "KindOptions", "RetryPolicy", "DispatchListener");
    }
}
