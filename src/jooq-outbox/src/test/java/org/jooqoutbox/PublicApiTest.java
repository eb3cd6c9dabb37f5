package org.jooqoutbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is public stays for long. Whoever adds a type here does so on purpose. */
class PublicApiTest {

    @Test
    void publicTypes_areThese() {
        Set<String> types = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("org.jooqoutbox", "org.jooqoutbox.dispatch", "org.jooqoutbox.jooq")
                        .stream()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getName)
                        .filter(name -> !name.startsWith("org.jooqoutbox.generated")
                                && !name.startsWith("org.jooqoutbox.schema"))
                        .map(name -> name.substring("org.jooqoutbox.".length()))
                        .collect(Collectors.toSet());
        assertThat(types)
                .containsExactlyInAnyOrder(
                        "Claim",
                        "ClaimRequest",
                        "DeadLetter",
                        "DeadLetterQuery",
                        "EnqueueResult",
                        "Handler",
                        "InvalidMessageException",
                        "Message",
                        "MessageDraft",
                        "MessageKind",
                        "MessageLimits",
                        "NoActiveTransactionException",
                        "OutboxException",
                        "OutboxRepository",
                        "OutboxStats",
                        "Outcome",
                        "PayloadCodec",
                        "Settlement",
                        "dispatch.DispatchListener",
                        "dispatch.Drainer",
                        "dispatch.KindOptions",
                        "dispatch.RetryPolicy",
                        "dispatch.Worker",
                        "jooq.JooqOutboxRepository",
                        "jooq.JooqOutboxes");
        assertThat(types).hasSizeLessThanOrEqualTo(25);
    }
}
