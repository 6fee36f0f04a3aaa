-- Foundation: the tenant wall, ciphertext helpers, tenants and people who log in.
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO pabal_app, pabal_search, pabal_system;
GRANT CREATE ON SCHEMA app TO pabal_search, pabal_system;
GRANT USAGE ON SCHEMA public TO pabal_app, pabal_search, pabal_system;

-- A transaction-local setting reads back as '' after its transaction, so '' must fail like NULL.
CREATE FUNCTION app.tenant_id() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    setting text := current_setting('app.tenant', true);
BEGIN
    IF setting IS NULL OR setting = '' THEN
        RAISE EXCEPTION 'no tenant in this transaction: open it with tenant_tx'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN setting::uuid;
END $$;

CREATE FUNCTION app.dek() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    setting text := current_setting('app.dek', true);
BEGIN
    IF setting IS NULL OR setting = '' THEN
        RAISE EXCEPTION 'no data key in this transaction: open it with tenant_tx'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN setting;
END $$;

-- s2k-mode=1: the key is 256 random bits, iterating it (mode 3, the default) only burns 194 us per value.
CREATE FUNCTION app.encrypt(plain text) RETURNS bytea LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN extensions.pgp_sym_encrypt(plain, app.dek(), 's2k-mode=1, cipher-algo=aes256');
CREATE FUNCTION app.decrypt(cipher bytea) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN extensions.pgp_sym_decrypt(cipher, app.dek());

-- The one way a table becomes a tenant's: every migration calls it, an architecture test finds who forgot.
CREATE FUNCTION app.protect(tenant_table regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
        'CREATE POLICY tenant_wall ON %s TO pabal_app, pabal_owner '
        'USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO pabal_app', tenant_table);
END $$;

-- Lets the definer functions of pabal_system read (or touch) named columns across tenants: no personal data among them.
CREATE FUNCTION app.open_to_system(tenant_table regclass, readable text, writable text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY system_reads ON %s FOR SELECT TO pabal_system USING (true)', tenant_table);
    EXECUTE format('GRANT SELECT (%s) ON %s TO pabal_system', readable, tenant_table);
    IF writable IS NOT NULL THEN
        EXECUTE format('CREATE POLICY system_writes ON %s FOR UPDATE TO pabal_system USING (true)', tenant_table);
        EXECUTE format('GRANT UPDATE (%s) ON %s TO pabal_system', writable, tenant_table);
    END IF;
END $$;

CREATE TABLE tenants (
    tenant_id           uuid PRIMARY KEY,
    name                text NOT NULL CHECK (name <> ''),
    kind                text NOT NULL CHECK (kind IN ('camp', 'sales')),
    state               text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'closed')),
    dek_wrapped         bytea NOT NULL,   -- three keys, each wrapped by the master key with its tenant and purpose as AAD
    index_key_wrapped   bytea NOT NULL,
    suppression_key_wrapped bytea NOT NULL,  -- never rotated: the addresses behind it are gone
    settings            jsonb NOT NULL DEFAULT '{}',
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT app.protect('tenants');
SELECT app.open_to_system('tenants', 'tenant_id, name, kind, state, created_at');

-- People who log in. They may belong to several tenants, so this is no tenant table; what is personal in it is
-- ciphertext under the installation's own key, found by a keyed hash of the address.
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email_key     bytea NOT NULL UNIQUE,
    pii           bytea NOT NULL,          -- {"email", "name"}
    password_hash text,                    -- argon2id; NULL until an invitation is accepted
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO pabal_app;

CREATE TABLE operators (
    id            uuid PRIMARY KEY,
    email_key     bytea NOT NULL UNIQUE,
    pii           bytea NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON operators TO pabal_app;

CREATE TABLE members (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    user_id    uuid NOT NULL REFERENCES users,
    role       text NOT NULL CHECK (role IN ('owner', 'admin', 'staff')),
    state      text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'removed')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);
SELECT app.protect('members');
SELECT app.open_to_system('members', 'tenant_id, user_id, role, state, created_at');

CREATE TABLE invitations (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    email_key   bytea NOT NULL,
    pii         bytea NOT NULL,            -- {"email"} under the tenant's key
    role        text NOT NULL CHECK (role IN ('owner', 'admin', 'staff')),
    token_hash  bytea NOT NULL UNIQUE,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('invitations');
SELECT app.open_to_system('invitations', 'tenant_id, id, token_hash, expires_at, accepted_at, revoked_at');

CREATE TABLE sessions (
    token_hash   bytea PRIMARY KEY,        -- SHA-256 of the cookie: the cookie itself is nowhere
    id           uuid NOT NULL UNIQUE,
    user_id      uuid REFERENCES users,
    operator_id  uuid REFERENCES operators,
    tenant_id    uuid REFERENCES tenants,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL,
    user_agent   text NOT NULL DEFAULT '',
    CHECK ((user_id IS NULL) <> (operator_id IS NULL))
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO pabal_app;
GRANT SELECT (token_hash, id, user_id, operator_id, tenant_id, expires_at, last_seen_at) ON sessions TO pabal_system;

-- Links that set a new password, once; made by an owner for a member, or on the command line.
CREATE TABLE password_resets (
    token_hash bytea PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON password_resets TO pabal_app;

-- Lock-outs live here and not in Redis, so that wiping Redis opens no door.
CREATE TABLE login_failures (
    key          bytea PRIMARY KEY,        -- keyed hash of the address or of the caller's network address
    failures     integer NOT NULL,
    first_at     timestamptz NOT NULL,
    locked_until timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_failures TO pabal_app;

CREATE TABLE api_keys (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL,
    name         text NOT NULL,
    prefix       text NOT NULL,            -- first characters, to recognise a key by
    key_hash     bytea NOT NULL UNIQUE,
    scopes       text[] NOT NULL,
    created_by   uuid,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('api_keys');
SELECT app.open_to_system('api_keys', 'tenant_id, id, key_hash, scopes, last_used_at, revoked_at');

CREATE TABLE audit_log (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind  text NOT NULL CHECK (actor_kind IN ('member', 'api_key', 'operator', 'system')),
    actor_id    uuid,
    action      text NOT NULL,             -- verb.noun, e.g. contact.reveal
    object_kind text NOT NULL DEFAULT '',
    object_id   text NOT NULL DEFAULT '',
    detail      jsonb NOT NULL DEFAULT '{}',  -- never personal data
    address     bytea,                     -- network address of the caller, ciphertext; the law wants it kept (P-15)
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('audit_log');
REVOKE UPDATE, DELETE ON audit_log FROM pabal_app;  -- append-only

CREATE TABLE idempotency_keys (
    tenant_id  uuid NOT NULL,
    key        text NOT NULL,
    route      text NOT NULL,
    body_hash  bytea NOT NULL,            -- of caller and body
    owner      uuid NOT NULL,             -- fences a call that was taken over
    taken_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    status     integer,                    -- NULL while the first call is still running
    answer     bytea,                      -- ciphertext
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
SELECT app.protect('idempotency_keys');
SELECT app.open_to_system('idempotency_keys', 'tenant_id, key, created_at');

-- `/readyz` compares the database's revision with the code's.
DO $$ BEGIN
    IF to_regclass('public.alembic_version') IS NOT NULL THEN
        GRANT SELECT ON public.alembic_version TO pabal_app;
    END IF;
END $$;

CREATE TABLE app.installation (
    only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    sending_frozen boolean NOT NULL DEFAULT false,  -- set by a restore until the carriers' logs are adopted
    frozen_reason  text NOT NULL DEFAULT '',
    clock_offset_seconds integer,                   -- development: shifts the rules' clock of all processes
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO app.installation DEFAULT VALUES;
GRANT SELECT, UPDATE ON app.installation TO pabal_app;

CREATE TABLE app.scheduler_lease (
    name        text PRIMARY KEY,
    owner       text NOT NULL,
    lease_until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON app.scheduler_lease TO pabal_app;

-- Cross-tenant look-ups: the short audited list. Owned by pabal_system, fixed search_path, no dynamic SQL.
-- pg_temp is named, as the last: unnamed it is searched first, and a caller's own type called `text` would run his code.
CREATE FUNCTION app.memberships_of(wanted_user uuid)
RETURNS TABLE (tenant_id uuid, tenant_name text, tenant_kind text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT m.tenant_id, t.name, t.kind, m.role
    FROM public.members m JOIN public.tenants t ON t.tenant_id = m.tenant_id
    WHERE m.user_id = wanted_user AND m.state = 'active' AND t.state = 'active'
    ORDER BY m.created_at;
END;
-- Who is behind a cookie, in one statement per request. The database's clock, not the hub's, which can be shifted.
CREATE FUNCTION app.session_by_hash(wanted bytea, idle interval)
RETURNS TABLE (id uuid, user_id uuid, operator_id uuid, tenant_id uuid, role text, expires_at timestamptz,
               seen_ago interval)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT s.id, s.user_id, s.operator_id, m.tenant_id, m.role, s.expires_at, clock_timestamp() - s.last_seen_at
    FROM public.sessions s
    LEFT JOIN (public.members m JOIN public.tenants t ON t.tenant_id = m.tenant_id AND t.state = 'active')
        ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.state = 'active'
    WHERE s.token_hash = wanted AND s.expires_at > clock_timestamp() AND s.last_seen_at > clock_timestamp() - idle;
END;
CREATE FUNCTION app.api_key_by_hash(wanted bytea)
RETURNS TABLE (tenant_id uuid, id uuid, scopes text[], used_ago interval)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT k.tenant_id, k.id, k.scopes, clock_timestamp() - k.last_used_at
    FROM public.api_keys k JOIN public.tenants t ON t.tenant_id = k.tenant_id AND t.state = 'active'
    WHERE k.key_hash = wanted AND k.revoked_at IS NULL;
END;
CREATE FUNCTION app.invitation_by_hash(wanted bytea) RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT i.tenant_id, i.id FROM public.invitations i
    WHERE i.token_hash = wanted AND i.accepted_at IS NULL AND i.revoked_at IS NULL
      AND i.expires_at > clock_timestamp();
END;
-- Names and kinds of tenants for the operator, who sees no personal data.
CREATE FUNCTION app.list_tenants()
RETURNS TABLE (tenant_id uuid, name text, kind text, state text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.tenant_id, t.name, t.kind, t.state, t.created_at FROM public.tenants t ORDER BY t.created_at;
END;
CREATE FUNCTION app.old_idempotency_keys(before timestamptz) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT k.tenant_id FROM public.idempotency_keys k WHERE k.created_at < before;
END;

ALTER FUNCTION app.memberships_of(uuid) OWNER TO pabal_system;
ALTER FUNCTION app.session_by_hash(bytea, interval) OWNER TO pabal_system;
ALTER FUNCTION app.api_key_by_hash(bytea) OWNER TO pabal_system;
ALTER FUNCTION app.invitation_by_hash(bytea) OWNER TO pabal_system;
ALTER FUNCTION app.list_tenants() OWNER TO pabal_system;
ALTER FUNCTION app.old_idempotency_keys(timestamptz) OWNER TO pabal_system;
