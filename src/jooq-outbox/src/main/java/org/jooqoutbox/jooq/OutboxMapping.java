package org.jooqoutbox.jooq;

import static org.jooqoutbox.generated.OutboxUnmapped.OUTBOX_UNMAPPED;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.ArrayList;
import java.util.List;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.MappedTable;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.RenderNameCase;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.conf.SettingsTools;
import org.jooq.impl.DSL;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.schema.OutboxTable;

/**
 * Makes the generated table mean one real table.
 *
 * <p>The generated classes name a schema that no application has, so that a statement which was not mapped fails. jOOQ falls back to that
 * name without a word when a mapping is void, and drops the schema altogether when the same settings say so: both are refused here.
 */
final class OutboxMapping {

    private final OutboxTable table;

    OutboxMapping(OutboxTable table) {
        this.table = table;
    }

    OutboxTable table() {
        return table;
    }

    /** The settings that our own statements are rendered with. Nothing in them comes from the caller. */
    Settings renderSettings() {
        return new Settings()
                .withRenderSchema(true)
                .withRenderCatalog(false)
                .withRenderQuotedNames(RenderQuotedNames.ALWAYS)
                .withRenderNameCase(RenderNameCase.AS_IS)
                .withRenderMapping(new RenderMapping().withSchemata(mappedSchema()));
    }

    /**
     * A context for the caller's own queries, in which the generated table means this one. Same transaction, connection and listeners as the
     * caller's, and the caller's own mapping behind ours.
     */
    DSLContext dsl(Configuration configuration) {
        Settings settings = SettingsTools.clone(configuration.settings());
        RenderMapping mapping = settings.getRenderMapping();
        if (Boolean.FALSE.equals(settings.isRenderSchema())) {
            throw conflict("its settings say renderSchema=false, so that no schema would be rendered at all");
        }
        if (settings.getRenderQuotedNames() == RenderQuotedNames.NEVER
                || settings.getRenderQuotedNames() == RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED) {
            throw conflict("its settings say renderQuotedNames=" + settings.getRenderQuotedNames()
                    + ", so that the name would not be quoted");
        }
        if (settings.getRenderNameCase() != null && settings.getRenderNameCase() != RenderNameCase.AS_IS) {
            throw conflict("its settings say renderNameCase=" + settings.getRenderNameCase()
                    + ", so that another name could be rendered");
        }
        settings.setRenderMapping(
                mapping == null ? new RenderMapping().withSchemata(mappedSchema()) : prepend(mapping));
        return DSL.using(configuration.derive(settings));
    }

    private RenderMapping prepend(RenderMapping theirs) {
        if (!theirs.getCatalogs().isEmpty()) {
            throw conflict("it maps a catalog, which jOOQ prefers to any mapping of a schema");
        }
        if (table.schema().equals(theirs.getDefaultSchema())) {
            throw conflict("its default schema is the outbox's, so that jOOQ would leave the schema out");
        }
        for (MappedSchema schema : theirs.getSchemata()) {
            if (OUTBOX_UNMAPPED.getName().equals(schema.getInput())) {
                throw conflict("it maps the schema " + OUTBOX_UNMAPPED.getName() + " itself, to " + schema.getOutput());
            }
        }
        List<MappedSchema> schemata = new ArrayList<>();
        schemata.add(mappedSchema());
        schemata.addAll(theirs.getSchemata());
        return new RenderMapping().withDefaultSchema(theirs.getDefaultSchema()).withSchemata(schemata);
    }

    private OutboxException conflict(String reason) {
        return new OutboxException("outbox " + table + ": its tables cannot be mapped in this Configuration, because "
                + reason + ". Use a Configuration derived without that setting for queries on the outbox");
    }

    private MappedSchema mappedSchema() {
        return new MappedSchema()
                .withInput(OUTBOX_UNMAPPED.getName())
                .withOutput(table.schema())
                .withTables(new MappedTable().withInput(OUTBOX.getName()).withOutput(table.name()));
    }
}
