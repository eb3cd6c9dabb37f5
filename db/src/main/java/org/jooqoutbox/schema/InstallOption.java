package org.jooqoutbox.schema;

/** What an outbox table can be given beyond what this library needs. */
public enum InstallOption {
    /**
     * Workers of the Go library claim from this table too. They look for due messages of any kind, which needs an index of their own:
     * {@code (retry_at) where status = 'pending'}. It costs every producer and dispatcher a little, so leave it out where Go only produces.
     */
    GO_WORKERS
}
