package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/** What is public stays for long, and what it needs must be there for whoever uses it. */
class PublicApiTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.jooqoutbox.testing");

    @Test
    void publicTypes_areThese() {
        assertThat(CLASSES.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder(
                        "InMemoryOutboxRepository",
                        "OutboxAssert",
                        "OutboxHarness",
                        "OutboxRepositoryContract",
                        "OutboxTester");
    }

    @Test
    void classes_none_knowsJooqOrJdbc() {
        ArchRuleDefinition.noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.jooq..", "org.jooqoutbox.jooq..", "java.sql..", "javax.sql..", "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void outboxAndTester_needNeitherJUnitNorAssertJ() {
        ArchRuleDefinition.noClasses()
                .that()
                .haveNameNotMatching(".*(Contract|OutboxAssert)([$].*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.assertj..")
                .check(CLASSES);
    }
}
