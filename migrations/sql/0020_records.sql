-- Records: tables that a tenant makes itself, with typed fields. docs/records.md.
CREATE TABLE partitions (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    name        text NOT NULL CHECK (name <> ''),
    fields      jsonb NOT NULL,             -- [{"key", "label", "kind", "personal", "options"}], domain/fields.py
    board_field text NOT NULL DEFAULT '',   -- the select field whose options are the columns of the board
    version     integer NOT NULL DEFAULT 1,
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at  timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX partitions_name ON partitions (tenant_id, name) WHERE deleted_at IS NULL;
SELECT app.protect('partitions');

-- Personal values are one ciphertext per record; beside it only keyed hashes of them, and which fields have one.
CREATE TABLE records (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,             -- UUIDv7: newest-first order is recency
    partition_id uuid NOT NULL,
    data         jsonb NOT NULL DEFAULT '{}',
    pii          bytea,                     -- ciphertext of {"t": tenant, "r": record, "values": {...}}; NULL: none, or erased
    keys         bigint[] NOT NULL DEFAULT '{}',   -- keyed hash of (field, value): equality
    tokens       integer[] NOT NULL DEFAULT '{}',  -- blind search tokens, as contacts have them
    filled       text[] NOT NULL DEFAULT '{}',     -- personal fields that aren't empty
    contact_id   uuid,                      -- whose phone it is; contacts are merged and erased, never deleted
    address_key  bigint,                    -- of that phone, as suppressions and messages carry it
    version      integer NOT NULL DEFAULT 1,
    created_by   uuid,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at   timestamptz,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX records_by_partition ON records (tenant_id, partition_id, id) WHERE deleted_at IS NULL;
CREATE INDEX records_by_contact ON records (tenant_id, contact_id) WHERE contact_id IS NOT NULL;
SELECT app.protect('records');

-- What happened to a record: who, when, from what to what. The body is ciphertext: {"after": all values, "before": what the
-- changed fields were}; erasure nulls it.
CREATE TABLE record_changes (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    record_id    uuid NOT NULL,
    partition_id uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('created', 'updated', 'deleted')),
    fields       text[] NOT NULL DEFAULT '{}',
    body         bytea,
    source       text NOT NULL DEFAULT 'api' CHECK (source IN ('api', 'import')),
    actor_kind   text NOT NULL,
    actor_id     uuid,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX record_changes_by_record ON record_changes (tenant_id, record_id, id);
CREATE INDEX record_changes_by_partition ON record_changes (tenant_id, partition_id, at);
SELECT app.protect('record_changes');

-- Changes that automations have not looked at yet, written with the change and deleted with the decision about it: a crash
-- in between loses nothing and doubles nothing. Never read by a high-water id.
CREATE TABLE record_outbox (
    tenant_id    uuid NOT NULL,
    change_id    uuid NOT NULL,
    partition_id uuid NOT NULL,
    record_id    uuid NOT NULL,
    PRIMARY KEY (tenant_id, change_id)
);
SELECT app.protect('record_outbox');
SELECT app.open_to_system('record_outbox', 'tenant_id, change_id');

-- Erasing a person reaches what records hold of it, whoever erases.
CREATE FUNCTION app.forget_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.record_changes c SET body = NULL
    FROM public.records r
    WHERE r.tenant_id = NEW.tenant_id AND r.contact_id = NEW.id
      AND c.tenant_id = r.tenant_id AND c.record_id = r.id AND c.body IS NOT NULL;
    UPDATE public.records SET pii = NULL, keys = '{}', tokens = '{}', filled = '{}', address_key = NULL,
           version = version + 1, updated_at = clock_timestamp()
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_records AFTER UPDATE OF erased_at ON contacts
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION app.forget_records();
