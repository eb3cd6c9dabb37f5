package org.jooqoutbox.it.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.List;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.MappedCatalog;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.RenderNameCase;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.conf.StatementType;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the caller's settings are, our statements name our table, and the caller's Configuration stays as it was. */
@Tag("conformance")
class CallerSettingsTest {

    private static final TestOutbox OURS = TestOutbox.create("settings");
    private static final TestOutbox OTHER = TestOutbox.create("other");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    @BeforeEach
    void empty() {
        OURS.clear();
        OTHER.clear();
    }

    static Stream<Settings> hostileSettings() {
        String other = OTHER.table().schema();
        return Stream.of(
                new Settings(),
                new Settings().withRenderMapping(mapping("outbox_unmapped", other)),
                new Settings().withRenderMapping(mapping(OURS.table().schema(), other)),
                new Settings()
                        .withRenderMapping(new RenderMapping()
                                .withDefaultSchema(OURS.table().schema())),
                new Settings()
                        .withRenderMapping(new RenderMapping()
                                .withCatalogs(new MappedCatalog()
                                        .withInput("")
                                        .withSchemata(new MappedSchema()
                                                .withInput("outbox_unmapped")
                                                .withOutput(other)))),
                new Settings().withRenderSchema(false),
                new Settings().withRenderQuotedNames(RenderQuotedNames.NEVER),
                new Settings().withRenderNameCase(RenderNameCase.UPPER),
                new Settings().withStatementType(StatementType.STATIC_STATEMENT),
                new Settings().withMaxRows(1),
                new Settings().withRenderFormatted(true));
    }

    @ParameterizedTest
    @MethodSource("hostileSettings")
    void enqueue_underAnySettings_writesIntoOurTable(Settings settings) {
        Configuration configuration = new DefaultConfiguration()
                .set(SQLDialect.POSTGRES)
                .set(Postgres.dataSource())
                .set(settings);
        String before = configuration.settings().toString();

        DSL.using(configuration).transaction(trx -> {
            OURS.repository().enqueue(trx, drafts());
            assertThat(trx.settings().toString()).isEqualTo(before);
        });

        assertThat(OURS.rows())
                .extracting(row -> row.getPayload().data())
                .containsExactly("{\"a\": \"\\\\ ' {0} ? :x\"}", "2", "3");
        assertThat(OTHER.rows()).isEmpty();
        assertThat(configuration.settings().toString()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("hostileSettings")
    void claimAndSettle_underAnySettings_useOurTable(Settings settings) {
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES, settings);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(dsl, OURS.table());
        outbox.enqueueInOwnTransaction(drafts());
        OTHER.repository().enqueueInOwnTransaction(drafts());

        assertThat(outbox.claim(10)).hasSize(3).allSatisfy(message -> outbox.markDone(message));
        assertThat(OURS.rows()).isEmpty();
        assertThat(OTHER.rows()).hasSize(3);
    }

    static Stream<Settings> unmappableSettings() {
        return hostileSettings()
                .filter(settings -> settings.getRenderNameCase() == RenderNameCase.UPPER
                        || settings.getRenderQuotedNames() == RenderQuotedNames.NEVER
                        || Boolean.FALSE.equals(settings.isRenderSchema())
                        || (settings.getRenderMapping() != null
                                && !settings.getRenderMapping()
                                        .equals(mapping(
                                                OURS.table().schema(),
                                                OTHER.table().schema()))));
    }

    @ParameterizedTest
    @MethodSource("unmappableSettings")
    void dsl_underSettingsThatWouldRenderAnotherName_isRefused(Settings settings) {
        Configuration configuration =
                new DefaultConfiguration().set(SQLDialect.POSTGRES).set(settings);
        assertThatThrownBy(() -> OURS.repository().dsl(configuration))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining(OURS.table().toString())
                .hasMessageContaining("Use a Configuration derived without that setting");
    }

    @Test
    void dsl_besideTheCallersMapping_keepsBoth() {
        Settings settings = new Settings().withRenderMapping(mapping("app", "app_4711"));
        Configuration configuration =
                new DefaultConfiguration().set(SQLDialect.POSTGRES).set(settings);
        String before = settings.toString();
        DSLContext dsl = OURS.repository().dsl(configuration);
        assertThat(dsl.render(DSL.selectOne().from(OUTBOX)))
                .contains("\"" + OURS.table().schema() + "\".\"outbox\"");
        assertThat(dsl.render(DSL.table(DSL.name("x")))).isEqualTo("\"x\"");
        assertThat(dsl.render(DSL.schema(DSL.name("app")))).isEqualTo("\"app_4711\"");
        assertThat(configuration.settings().toString()).isEqualTo(before);
    }

    @Test
    void dsl_insideTransaction_takesPartInIt() {
        OURS.dsl().transaction(trx -> {
            OURS.repository().enqueue(trx, drafts());
            assertThat(OURS.repository().dsl(trx).fetchCount(OUTBOX)).isEqualTo(3);
        });
    }

    @Test
    void generatedTable_unmapped_failsInsteadOfHittingAnotherTable() {
        assertThatThrownBy(() -> OURS.dsl().fetchCount(OUTBOX)).hasMessageContaining("outbox_unmapped.outbox");
    }

    @Test
    void enqueueQuery_ofDrafts_isTheStatementItself() {
        OURS.dsl().transaction(trx -> {
            assertThat(OURS.repository().enqueueQuery(trx, drafts()).execute()).isEqualTo(3);
        });
        assertThat(OURS.rows()).hasSize(3);
    }

    private static List<MessageDraft> drafts() {
        return List.of(
                KIND.draft("{\"a\": \"\\\\ ' {0} ? :x\"}").withHeader("h", "it's {1} ?"),
                KIND.draft("2").withDeduplicationKey("a'b\\c{}"),
                KIND.draft("3"));
    }

    private static RenderMapping mapping(String input, String output) {
        return new RenderMapping()
                .withSchemata(new MappedSchema().withInput(input).withOutput(output));
    }
}
