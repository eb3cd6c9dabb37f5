-- The outbox table.
--
-- Placeholders: outbox       the table, schema-qualified and quoted
--               seq          its sequence, schema-qualified and quoted
--               seq_literal  the same as a string literal
--               names        a prefix (jo_ and a hash of the table's name) of sequence, constraint and index names, so that two
--                            outboxes in one schema, and table names of 63 bytes, do not collide
--
-- This file is the only description of the table: OutboxSchema.ddl, the adoption of a table made by the Go library and OutboxSchema.check
-- read it too. For them every column, storage parameter and constraint stands on a line of its own, and a statement ends at the end of one.

create sequence ${seq} as bigint;
-- Only a counter. With it, a role that may INSERT into the outbox, and nothing else, can enqueue.
grant usage on sequence ${seq} to public;

-- The columns id to status are those that the Go library reads and writes: their names, types and defaults are a contract. Every other
-- column has a default or may be null, so that an INSERT which does not know it works.
create table ${outbox} (
   id           uuid        not null default gen_random_uuid(),
   kind         text        not null,
   payload      jsonb       not null,
   created_at   timestamptz not null default now(),
   updated_at   timestamptz not null default now(),
   attempts     integer     not null default 0,
   retry_at     timestamptz not null default now(),
   last_error   text        not null default '',
   status       text        not null default 'pending',
   headers      jsonb       not null default '{}',
   ordering_key text,
   seq          bigint      not null default nextval(${seq_literal}),
   failures     integer     not null default 0,
   unsettled    integer     not null default 0,
   dedup_key    text,
   expires_at   timestamptz,
   payload_type text,
   constraint "${names}_pkey" primary key (id),
   constraint "${names}_status" check (status in ('pending', 'dead', 'expired'))
) with (
   -- A message is updated once or twice and then deleted: leave room on the page, and vacuum by number of rows, not by share of the table.
   fillfactor = 85,
   autovacuum_vacuum_scale_factor = 0,
   autovacuum_vacuum_threshold = 5000,
   autovacuum_vacuum_cost_delay = 0,
   autovacuum_vacuum_insert_threshold = -1,
   autovacuum_analyze_scale_factor = 0,
   autovacuum_analyze_threshold = 2000,
   -- Giving the empty end of the file back takes a lock that stops every producer.
   vacuum_truncate = off
);

alter sequence ${seq} owned by ${outbox}.seq;

-- Serves the claim: one range scan per kind, so that kinds which nobody handles cost nothing.
create index "${names}_due" on ${outbox} (kind, retry_at) where status = 'pending' and ordering_key is null;
-- Serves the claim of messages that are delivered in order, one at a time per key.
create index "${names}_keyed" on ${outbox} (ordering_key, seq) where status = 'pending' and ordering_key is not null;
-- Coalesces messages of one kind and deduplication key for as long as none of them was claimed.
create unique index "${names}_dedup" on ${outbox} (kind, dedup_key) where status = 'pending' and attempts = 0 and dedup_key is not null;
-- Serves the listing of dead letters of one status, newest death first, and their counts. Pending rows are not in it.
create index "${names}_dead" on ${outbox} (status, updated_at, id) where status <> 'pending';

comment on table ${outbox} is 'Messages written in the transaction of the business rows they belong to, until they are delivered. A delivered message is deleted.';
comment on column ${outbox}.id is 'Identity of the message, the same at every delivery. The library sends UUIDv7.';
comment on column ${outbox}.kind is 'What the message is about, for instance "invoice.issued": chooses the handler.';
comment on column ${outbox}.payload is 'The message itself, as JSON.';
comment on column ${outbox}.created_at is 'When the transaction that wrote the message began.';
comment on column ${outbox}.updated_at is 'When this row was last changed by a claim, a renewal, a settlement or a replay.';
comment on column ${outbox}.attempts is 'Deliveries so far. Only ever grows: it is the fencing token of the lease. Never set it back by hand.';
comment on column ${outbox}.retry_at is 'When the message is due. A claim moves it to the end of the lease.';
comment on column ${outbox}.last_error is 'Why the last delivery failed. At most 4 KiB.';
comment on column ${outbox}.status is 'pending, dead (given up; can be replayed) or expired (its time to live passed).';
comment on column ${outbox}.headers is 'Names and values handed to the handler beside the payload, the same at every delivery.';
comment on column ${outbox}.ordering_key is 'Messages with the same key are delivered one at a time, in the order of seq. Null: in no order.';
comment on column ${outbox}.seq is 'The order in which messages were enqueued. Gaps are normal.';
comment on column ${outbox}.failures is 'Failed deliveries since the message was enqueued or replayed: what the retry policy counts.';
comment on column ${outbox}.unsettled is 'Deliveries in a row that ended without a result, because the process died or lost its lease.';
comment on column ${outbox}.dedup_key is 'A message is dropped at enqueue while another one of its kind and key waits for its first delivery. Null: never.';
comment on column ${outbox}.expires_at is 'After this time the message is not delivered any more. Null: never.';
comment on column ${outbox}.payload_type is 'Type and version of the payload, for codecs that need it. Null: the kind says it all.';
