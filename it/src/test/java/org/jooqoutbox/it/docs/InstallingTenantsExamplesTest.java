package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxSchema.InstallReport;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The samples of docs/installing-tenants.md, between the markers. */
class InstallingTenantsExamplesTest {

    private final DataSource dataSource = Postgres.dataSource();
    private final List<String> log = new ArrayList<>();

    @Test
    void tenants_asInThePage_areInstalledAndFound() throws SQLException {
        List<String> tenants = List.of("page_tenant_1", "page_tenant_2");

        // sample: install_all
        List<OutboxTable> outboxes =
                tenants.stream().map(tenant -> OutboxTable.of(tenant, "outbox")).toList();

        InstallReport report = OutboxSchema.installAll(dataSource, outboxes);

        report.failed().forEach(failed -> log(failed.reason(), failed.cause()));
        // end
        assertThat(report.tables(InstallReport.Outcome.CREATED)).isEqualTo(outboxes);
        assertThat(log).isEmpty();
        assertThat(found()).isEqualTo(outboxes);
    }

    private List<OutboxTable> found() throws SQLException {
        // sample: tables
        try (Connection connection = dataSource.getConnection()) {
            return OutboxSchema.tables(connection, "page\\_tenant\\_%", "outbox");
        }
        // end
    }

    private void log(String reason, @Nullable Exception cause) {
        log.add(reason + cause);
    }
}
