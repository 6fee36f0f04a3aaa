-- The book: contacts, identities, tags, consents, suppressions, imports.
-- The tables that an import fills (contacts, identities, contact_tags, import_rows) carry no foreign keys: contacts and
-- tenants are never deleted (they are erased in place, closed), and each key would be a look-up per row, half of the
-- time of a bulk insert.
CREATE TABLE contacts (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,             -- UUIDv7: newest-first order is recency
    pii         bytea,                     -- ciphertext of contacts/card.py's JSON {"t": tenant, "c": contact, "name", "phones", ...}; NULL once erased
    tokens      integer[] NOT NULL DEFAULT '{}',  -- blind search tokens under the tenant's index key
    name_key    bigint,                    -- keyed hash of the full name: "same name" without decrypting; NULL if nameless
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
-- No plan depends on them, and looking through tokens is two thirds of the ANALYZE after an import.
ALTER TABLE contacts ALTER COLUMN tokens SET STATISTICS 0, ALTER COLUMN pii SET STATISTICS 0;
CREATE INDEX contacts_tokens ON contacts USING gin (tokens) WITH (fastupdate = on, gin_pending_list_limit = 65536);
CREATE INDEX contacts_by_import ON contacts (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX contacts_by_name ON contacts (tenant_id, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX contacts_merged ON contacts (tenant_id, id) WHERE merged_into IS NOT NULL;
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
    PRIMARY KEY (tenant_id, contact_id, value_key)  -- a keyed hash of kind and value
);
CREATE INDEX identities_by_value ON identities (tenant_id, value_key);
CREATE INDEX identities_by_address ON identities (tenant_id, address_key);
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
    PRIMARY KEY (tenant_id, tag_id, contact_id)
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
    state        text NOT NULL CHECK (state IN ('uploading', 'uploaded', 'running', 'completed', 'failed', 'cancelled', 'undone')),
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
    skipped      integer NOT NULL DEFAULT 0,  -- policy skip: the person was there and stayed as it was
    warned       integer NOT NULL DEFAULT 0,  -- rows that went in without one of their cells
    ask_nameless boolean NOT NULL DEFAULT false,  -- rows without a full name are asked about instead of joined
    plan         bytea,                    -- sealed: who is who, decided once (imports/plan); NULL again at the end
    chunks_done  integer[] NOT NULL DEFAULT '{}',  -- parts of the plan that are in the book
    problem      text,                     -- Korean sentence when failed
    owner        text,                     -- worker that runs it, under a lease
    lease_until  timestamptz,
    tries        smallint NOT NULL DEFAULT 0,  -- runners that took it since the last chunk went in; above a handful it fails
    cancel_asked boolean NOT NULL DEFAULT false,
    created_by   uuid,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at   timestamptz,
    finished_at  timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_running ON imports (lease_until) WHERE state = 'running';
SELECT app.protect('imports');
SELECT app.open_to_system(
    'imports', 'tenant_id, id, state, owner, lease_until, created_at, finished_at', 'lease_until');

CREATE TABLE import_files (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    part      integer NOT NULL,
    body      bytea NOT NULL,              -- AES-GCM under the tenant's data key
    PRIMARY KEY (tenant_id, import_id, part),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);
SELECT app.protect('import_files');
SELECT app.open_to_system('import_files', 'tenant_id, import_id');

-- Whose uploads were given up, or failed and were not tried again: their files are to go.
CREATE FUNCTION app.old_uploads(before timestamptz) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT i.tenant_id FROM public.imports i
    WHERE (i.state = 'uploading' AND i.created_at < before)
       OR (i.state IN ('failed', 'cancelled') AND i.finished_at < before
           AND EXISTS (SELECT FROM public.import_files f WHERE f.tenant_id = i.tenant_id AND f.import_id = i.id));
END;
ALTER FUNCTION app.old_uploads(timestamptz) OWNER TO pabal_system;

-- Immutable: a contact is a view built from rows, edges and decisions.
CREATE TABLE import_rows (
    tenant_id  uuid NOT NULL,
    import_id  uuid NOT NULL,
    row_no     integer NOT NULL,           -- 1 = first record after the header
    cells      bytea,                      -- ciphertext of the raw cells
    outcome    text NOT NULL CHECK (outcome IN ('created', 'updated', 'merged', 'unchanged', 'skipped', 'rejected', 'review')),
    contact_id uuid,
    problems   jsonb,                      -- [{"column", "code"}]: no cell values
    PRIMARY KEY (tenant_id, import_id, row_no)
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

-- Search. Only leakproof operators may use an index before an RLS policy, and `@>` on arrays isn't one: under the policy a
-- search scans the tenant's book (160-240 ms at 1M contacts), inside this function it asks the GIN index (1-6 ms).
-- A contact matches if it carries every token of all_of and at least one of each any_n. Common tokens (a single
-- syllable, two initials) would make the index return a fifth of the book (129 ms): then the newest 20,000 are walked
-- first, and the index is asked only for what lies below them. The tenant is the transaction's, never an argument.
CREATE FUNCTION app.search_contacts(
    all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[],
    before uuid, page integer, common boolean)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    tenant  CONSTANT uuid := app.tenant_id();
    walk    CONSTANT integer := 20000;
    below   uuid := before;
    missing integer := page;
    found   integer;
BEGIN
    IF common THEN
        RETURN QUERY
            SELECT w.id FROM (
                SELECT c.id, c.tokens FROM public.contacts c
                WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                  AND (before IS NULL OR c.id < before)
                ORDER BY c.id DESC LIMIT walk) w
            WHERE (all_of IS NULL OR w.tokens @> all_of) AND (any_1 IS NULL OR w.tokens && any_1)
              AND (any_2 IS NULL OR w.tokens && any_2) AND (any_3 IS NULL OR w.tokens && any_3)
              AND (any_4 IS NULL OR w.tokens && any_4)
            ORDER BY w.id DESC LIMIT page;
        GET DIAGNOSTICS found = ROW_COUNT;
        IF found >= page THEN
            RETURN;
        END IF;
        missing := page - found;
        SELECT c.id INTO below FROM public.contacts c
        WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL AND (before IS NULL OR c.id < before)
        ORDER BY c.id DESC OFFSET walk - 1 LIMIT 1;
        IF below IS NULL THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY
        WITH hits AS MATERIALIZED (
            SELECT c.id FROM public.contacts c
            WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
              AND (all_of IS NULL OR c.tokens @> all_of) AND (any_1 IS NULL OR c.tokens && any_1)
              AND (any_2 IS NULL OR c.tokens && any_2) AND (any_3 IS NULL OR c.tokens && any_3)
              AND (any_4 IS NULL OR c.tokens && any_4))
        SELECT h.id FROM hits h WHERE below IS NULL OR h.id < below ORDER BY h.id DESC LIMIT missing;
END $$;

CREATE FUNCTION app.count_contacts(
    all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[], cap integer)
RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    tenant CONSTANT uuid := app.tenant_id();
    total  integer;
BEGIN
    SELECT count(*) INTO total FROM (
        SELECT FROM public.contacts c
        WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
          AND (all_of IS NULL OR c.tokens @> all_of) AND (any_1 IS NULL OR c.tokens && any_1)
          AND (any_2 IS NULL OR c.tokens && any_2) AND (any_3 IS NULL OR c.tokens && any_3)
          AND (any_4 IS NULL OR c.tokens && any_4)
        LIMIT cap) hits;
    RETURN total;
END $$;
ALTER FUNCTION app.search_contacts(integer[], integer[], integer[], integer[], integer[], uuid, integer, boolean)
    OWNER TO pabal_search;
ALTER FUNCTION app.count_contacts(integer[], integer[], integer[], integer[], integer[], integer) OWNER TO pabal_search;

-- An unmerged row of the pending list costs every search 0.33 us; an import leaves tens of thousands. Owner's right only.
-- A statistics target of 25 looks at 7,500 rows instead of 30,000: enough for who is common, a third of the time.
CREATE FUNCTION app.settle_contacts() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET default_statistics_target = 25 AS $$
BEGIN
    PERFORM gin_clean_pending_list('public.contacts_tokens'::regclass);
    -- Autovacuum looks once a minute; a campaign is launched seconds after an import.
    ANALYZE public.contacts, public.identities, public.contact_tags;
END $$;
REVOKE EXECUTE ON FUNCTION app.settle_contacts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.settle_contacts() TO pabal_app;

-- Erasing a person reaches the copies that sends took of it and the raw cells of its import rows, whoever erases.
CREATE FUNCTION app.forget_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.messages SET snapshot = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND snapshot IS NOT NULL;
    UPDATE public.import_rows SET cells = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND cells IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_copies AFTER UPDATE OF erased_at ON contacts
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION app.forget_copies();
