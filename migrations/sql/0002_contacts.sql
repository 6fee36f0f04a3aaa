-- The book: contacts, identities, tags, consents, suppressions, imports.
CREATE TABLE contacts (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,             -- UUIDv7: newest-first order is recency
    pii         bytea,                     -- ciphertext of {"t": tenant, "c": contact, "name", "phones", "emails", "kakaoIds", "attributes", ...}; NULL once erased
    tokens      integer[] NOT NULL DEFAULT '{}',  -- blind search tokens under the tenant's index key
    district    text NOT NULL DEFAULT '',  -- plain by decision: can be filtered and ranged (docs/security.md)
    age_band    text NOT NULL DEFAULT '',
    basis       text NOT NULL,             -- lawful basis, and where the data came from
    source      text NOT NULL,
    import_id   uuid,                      -- the import that created it
    version     integer NOT NULL DEFAULT 1,
    merged_into uuid,                      -- the surviving contact, when this one was merged away
    erased_at   timestamptz,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX contacts_tokens ON contacts USING gin (tokens) WITH (fastupdate = on, gin_pending_list_limit = 65536);
CREATE INDEX contacts_by_import ON contacts (tenant_id, import_id) WHERE import_id IS NOT NULL;
SELECT app.protect('contacts');
CREATE POLICY search_reads ON contacts FOR SELECT TO pabal_search USING (true);
GRANT SELECT (tenant_id, id, tokens, merged_into, erased_at) ON contacts TO pabal_search;

-- A phone, e-mail or Kakao ID of a contact. Many contacts may hold one value (a household line is a link, not a merge),
-- so nothing here is unique by value.
CREATE TABLE identities (
    tenant_id    uuid NOT NULL,
    contact_id   uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('phone', 'email', 'kakao')),
    value_key    bigint NOT NULL,          -- keyed hash under the index key: finds people by value
    address_key  bigint NOT NULL,          -- keyed hash under the suppression key: what suppressions and messages carry
    position     smallint NOT NULL,        -- index into pii.phones / emails / kakaoIds; 0 is the primary one
    quality      text NOT NULL DEFAULT 'ok' CHECK (quality IN ('ok', 'landline', 'doubtful', 'public')),
    import_id    uuid,
    row_no       integer,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, contact_id, kind, value_key),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX identities_by_value ON identities (tenant_id, value_key, kind);
CREATE INDEX identities_by_address ON identities (tenant_id, address_key, kind);
SELECT app.protect('identities');

CREATE TABLE tags (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    name       text NOT NULL CHECK (name <> ''),
    sensitive  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
SELECT app.protect('tags');

CREATE TABLE contact_tags (
    tenant_id  uuid NOT NULL,
    contact_id uuid NOT NULL,
    tag_id     uuid NOT NULL,
    import_id  uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, tag_id, contact_id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, tag_id) REFERENCES tags (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_tags_by_contact ON contact_tags (tenant_id, contact_id);
SELECT app.protect('contact_tags');

CREATE TABLE segments (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    name       text NOT NULL,
    filter     jsonb NOT NULL,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
SELECT app.protect('segments');

-- Opt-outs, keyed by HMAC of the normalised address: they outlive the contact, and no re-import clears them.
CREATE TABLE suppressions (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    address_key bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('phone', 'email', 'kakao')),
    channel     text NOT NULL DEFAULT 'all' CHECK (channel IN ('all', 'sms', 'alimtalk', 'brand', 'email')),
    id          uuid NOT NULL,
    reason      text NOT NULL,
    source      text NOT NULL DEFAULT 'manual',  -- manual, import, carrier_080, reply, link
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, address_key, kind, channel),
    UNIQUE (tenant_id, id)
);
SELECT app.protect('suppressions');

CREATE TABLE consents (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    contact_id uuid NOT NULL,
    channel    text NOT NULL,
    purpose    text NOT NULL,
    state      text NOT NULL CHECK (state IN ('granted', 'withdrawn')),
    at         timestamptz NOT NULL,
    evidence   bytea,                      -- ciphertext
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX consents_by_contact ON consents (tenant_id, contact_id, channel, purpose, at);
SELECT app.protect('consents');

CREATE TABLE imports (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL,
    state        text NOT NULL CHECK (state IN ('uploaded', 'running', 'completed', 'failed', 'cancelled', 'undone')),
    file_name    bytea NOT NULL,           -- ciphertext: file names carry names of people
    byte_size    bigint NOT NULL,
    shape        jsonb NOT NULL,           -- encoding, delimiter, sheets, header row, columns: no cell values
    mapping      jsonb,
    policy       text CHECK (policy IN ('merge', 'skip', 'replace')),
    tags         text[] NOT NULL DEFAULT '{}',
    basis        text,
    source       text,
    rows_total   integer NOT NULL DEFAULT 0,
    rows_done    integer NOT NULL DEFAULT 0,
    created      integer NOT NULL DEFAULT 0,
    updated      integer NOT NULL DEFAULT 0,
    merged       integer NOT NULL DEFAULT 0,
    rejected     integer NOT NULL DEFAULT 0,
    review       integer NOT NULL DEFAULT 0,
    problem      text,                     -- Korean sentence when failed
    owner        text,                     -- worker that runs it, under a lease
    lease_until  timestamptz,
    cancel_asked boolean NOT NULL DEFAULT false,
    created_by   uuid,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at   timestamptz,
    finished_at  timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_running ON imports (lease_until) WHERE state = 'running';
SELECT app.protect('imports');
SELECT app.open_to_system('imports', 'tenant_id, id, state, owner, lease_until', 'lease_until');

CREATE TABLE import_files (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    part      integer NOT NULL,
    body      bytea NOT NULL,              -- AES-GCM under the tenant's data key
    PRIMARY KEY (tenant_id, import_id, part),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);
SELECT app.protect('import_files');

-- Immutable: a contact is a view built from rows, edges and decisions.
CREATE TABLE import_rows (
    tenant_id  uuid NOT NULL,
    import_id  uuid NOT NULL,
    row_no     integer NOT NULL,           -- 1 = first record after the header
    cells      bytea,                      -- ciphertext of the raw cells
    outcome    text NOT NULL CHECK (outcome IN ('created', 'updated', 'merged', 'unchanged', 'skipped', 'rejected', 'review')),
    contact_id uuid,
    problems   jsonb,                      -- [{"column", "code"}]: no cell values
    PRIMARY KEY (tenant_id, import_id, row_no),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX import_rows_by_contact ON import_rows (tenant_id, contact_id);
SELECT app.protect('import_rows');

-- A merge is a reversible change-set: what the survivor and the others were before, as ciphertext.
CREATE TABLE merges (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    survivor_id uuid NOT NULL,
    merged_ids  uuid[] NOT NULL,
    import_id   uuid,
    reason      jsonb NOT NULL DEFAULT '{}',
    before      bytea,
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    undone_at   timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX merges_by_survivor ON merges (tenant_id, survivor_id);
SELECT app.protect('merges');
