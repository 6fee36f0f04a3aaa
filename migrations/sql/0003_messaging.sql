-- Senders, templates, campaigns, the dispatch ledger, quota. Rules: docs/dispatch.md.
CREATE TABLE carrier_accounts (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    id               uuid NOT NULL,
    carrier          text NOT NULL CHECK (carrier IN ('solapi', 'nhn')),
    name             text NOT NULL,
    base_url         text NOT NULL,
    credentials      bytea NOT NULL,       -- ciphertext of {"apiKey", "apiSecret", "webhookSecret", "hookToken"}
    hook_token_hash  bytea NOT NULL UNIQUE,  -- SHA-256 of the secret part of our webhook address
    channels         text[] NOT NULL,
    rate_per_second  integer CHECK (rate_per_second > 0),   -- NULL: no limit
    monthly_cap      integer CHECK (monthly_cap > 0),       -- NULL: no cap
    duplicate_filter_minutes integer NOT NULL DEFAULT 0,
    mode             text NOT NULL DEFAULT 'polling' CHECK (mode IN ('webhook', 'polling')),
    sandbox          boolean NOT NULL DEFAULT false,
    fenced           boolean NOT NULL DEFAULT true,  -- false when the account test shows that DELETE doesn't hold
    state            text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('carrier_accounts');
SELECT app.open_to_system('carrier_accounts', 'tenant_id, id, carrier, hook_token_hash, state, sandbox');

CREATE TABLE senders (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('phone', 'kakao')),
    value      text NOT NULL,              -- the tenant's own number (digits) or Kakao profile id
    name       text NOT NULL DEFAULT '',
    account_id uuid NOT NULL,
    state      text NOT NULL CHECK (state IN ('pending', 'registered', 'rejected', 'stopped')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, kind, value, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES carrier_accounts (tenant_id, id)
);
SELECT app.protect('senders');

CREATE TABLE templates (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL,
    channel       text NOT NULL CHECK (channel IN ('sms', 'lms', 'alimtalk')),
    name          text NOT NULL,
    subject       text NOT NULL DEFAULT '',
    body          text NOT NULL,
    buttons       jsonb NOT NULL DEFAULT '[]',
    variables     text[] NOT NULL DEFAULT '{}',
    state         text NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'stopped')),
    carrier_state text NOT NULL DEFAULT '',
    code          text NOT NULL DEFAULT '',  -- the carrier's template code
    sender_id     uuid,
    version       integer NOT NULL DEFAULT 1,
    created_by    uuid,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('templates');

CREATE TABLE campaigns (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL,
    name          text NOT NULL CHECK (name <> ''),
    message_class text NOT NULL,
    audience      jsonb NOT NULL,          -- {"filter"} | {"segmentId"} | {"contactIds"}
    steps         jsonb NOT NULL,
    schedule      jsonb,                   -- {"at", "zone", "notAfter"}
    rate_per_second integer CHECK (rate_per_second > 0),
    -- Until launch; from then on the campaign's state is its send's (sends.state), which dispatch writes.
    state         text NOT NULL CHECK (state IN ('draft', 'awaiting_approval', 'scheduled', 'held', 'launched', 'cancelled')),
    hold_reason   text NOT NULL DEFAULT '',  -- why a scheduled launch waits for a person
    send_id       uuid,
    due_at        timestamptz,             -- when a scheduled launch is due
    digest        text,                    -- of text and selection, as they were scheduled or launched
    rehearse      boolean NOT NULL DEFAULT false,
    approval      jsonb,                   -- {"by", "reason"}: who took a rule's hold upon themselves
    launched_by   uuid,
    version       integer NOT NULL DEFAULT 1,
    created_by    uuid,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX campaigns_due ON campaigns (due_at) WHERE state = 'scheduled';
SELECT app.protect('campaigns');
SELECT app.open_to_system('campaigns', 'tenant_id, id, state, due_at');

-- One launch of a campaign with all its steps, frozen.
CREATE TABLE sends (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL,         -- UUIDv7: bounds the partitions of messages and attempts
    kind            text NOT NULL CHECK (kind IN ('campaign', 'test', 'reply', 'link')),
    campaign_id     uuid,
    state           text NOT NULL CHECK (state IN ('launching', 'running', 'paused', 'held', 'stopped', 'finished', 'cancelled')),
    hold_reason     text NOT NULL DEFAULT '',
    rehearse        boolean NOT NULL DEFAULT false,
    steps           jsonb NOT NULL,        -- frozen: channel, body, subject, sender number, account, variables
    selection       jsonb NOT NULL,        -- frozen audience expression
    rate_per_second integer,
    chunk_size      integer NOT NULL DEFAULT 500 CHECK (chunk_size BETWEEN 1 AND 500),
    not_after       timestamptz,
    audience        integer NOT NULL DEFAULT 0,
    policy_version  integer NOT NULL DEFAULT 1,
    created_by      uuid,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    launched_at     timestamptz,
    finished_at     timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sends_live ON sends (created_at) WHERE finished_at IS NULL;
CREATE INDEX sends_by_campaign ON sends (tenant_id, campaign_id);
SELECT app.protect('sends');
SELECT app.open_to_system('sends', 'tenant_id, id, campaign_id, state, hold_reason, rehearse, not_after, created_at, finished_at');

-- Message rows carry no index that mentions state: their updates stay HOT (100-200K msg/s against 20-50K).
-- Partitioned by send id at month bounds (UUIDv7 starts with milliseconds), so that the unique keys below can hold.
CREATE TABLE messages (
    tenant_id   uuid NOT NULL,
    send_id     uuid NOT NULL,
    seq         integer NOT NULL,          -- chunkable people first, then the skipped
    contact_id  uuid,
    address_key bigint,                    -- NULL for rows that own no address: skipped(same_address), (no_address)
    address_no  smallint NOT NULL DEFAULT 0,  -- which of the contact's phones
    state       text NOT NULL,
    reason      text,                      -- first reason of skipped, failed, cancelled, expired, uncertain
    step        smallint NOT NULL DEFAULT 0,
    attempts    smallint NOT NULL DEFAULT 0,  -- last n given out
    snapshot    bytea,                     -- the contact's ciphertext at launch; erasure nulls it
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, send_id, seq)
) PARTITION BY RANGE (send_id);
-- Partial on purpose: a statement that names no contact and no address can't use them. As plain keys they rivalled the primary
-- key: for a send that is younger than the statistics the planner expects one row either way, PostgreSQL 18 skips over the
-- middle column, and every chunk read its whole send (48 ms an UPDATE of 500 of 20,000 people, 2.7 ms by the primary key).
CREATE UNIQUE INDEX messages_once_per_address ON messages (tenant_id, address_key, send_id) WHERE address_key IS NOT NULL;
CREATE UNIQUE INDEX messages_once_per_contact ON messages (tenant_id, contact_id, send_id) WHERE contact_id IS NOT NULL;
SELECT app.protect('messages');

CREATE TABLE attempts (
    tenant_id     uuid NOT NULL,
    send_id       uuid NOT NULL,
    seq           integer NOT NULL,
    n             smallint NOT NULL,
    request_id    uuid NOT NULL,
    channel       text NOT NULL,
    state         text NOT NULL,
    presumed      boolean NOT NULL DEFAULT false,
    code          text,
    failure_class text,
    provider_id   text,                    -- the carrier's message id
    text_hash     bytea,
    bytes         smallint,
    quota_month   text,                    -- NULL for rehearsals
    quota_state   text NOT NULL DEFAULT 'none' CHECK (quota_state IN ('none', 'reserved', 'settled', 'released')),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, send_id, seq, n)
) PARTITION BY RANGE (send_id);
SELECT app.protect('attempts');

-- Smallest UUIDv7 of an instant: 48 bits of milliseconds, then zeros.
CREATE FUNCTION app.uuid7_floor(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (lpad(to_hex((extract(epoch FROM instant) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

-- Makes the partitions of a month. Called by migrations and by the scheduler (as a definer function), idempotent.
CREATE FUNCTION app.make_partitions(of_month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text;
    child text;
    lower_bound uuid := app.uuid7_floor(date_trunc('month', of_month)::timestamp AT TIME ZONE 'UTC');
    upper_bound uuid := app.uuid7_floor((date_trunc('month', of_month) + interval '1 month')::timestamp AT TIME ZONE 'UTC');
BEGIN
    IF of_month < date '2026-01-01' OR of_month > current_date + 1100 THEN  -- nobody fills the catalogue with centuries
        RAISE EXCEPTION 'no partitions for a month so far away' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOREACH parent IN ARRAY ARRAY['messages', 'attempts'] LOOP
        child := format('%s_%s', parent, to_char(of_month, 'YYYY_MM'));
        CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 50)',
                       child, parent, lower_bound, upper_bound);
        -- Reached through the parent only; its own wall stands all the same.
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY tenant_wall ON public.%I TO pabal_app, pabal_owner '
                       'USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', child);
    END LOOP;
END $$;
-- From the month this schema was born; the scheduler keeps three months ahead.
SELECT app.make_partitions((date '2026-10-01' + make_interval(months => m))::date) FROM generate_series(0, 14) AS m;

CREATE TABLE chunks (
    tenant_id      uuid NOT NULL,
    send_id        uuid NOT NULL,
    no             integer NOT NULL,
    seq_from       integer NOT NULL,
    seq_to         integer NOT NULL,
    members        integer[],              -- explicit list of a gathered chunk (retries, fallbacks, resends)
    step           smallint NOT NULL DEFAULT 0,
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
    epoch          integer NOT NULL DEFAULT 0,  -- the fence: raised by every claim
    owner          text,
    lease_until    timestamptz,
    due_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    policy_version integer,                -- of the last gate that passed here
    gate_at        timestamptz,
    PRIMARY KEY (tenant_id, send_id, no),
    FOREIGN KEY (tenant_id, send_id) REFERENCES sends (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX chunks_due ON chunks (tenant_id, send_id, due_at) WHERE state = 'open';
CREATE INDEX chunks_leased ON chunks (lease_until) WHERE state = 'open' AND owner IS NOT NULL;
SELECT app.protect('chunks');
SELECT app.open_to_system('chunks', 'tenant_id, send_id, no, state, owner, lease_until, due_at', 'lease_until, due_at');

CREATE TABLE requests (
    tenant_id   uuid NOT NULL,
    send_id     uuid NOT NULL,
    id          uuid NOT NULL,
    chunk_no    integer NOT NULL,
    epoch       integer NOT NULL,          -- of the claim that made it
    step        smallint NOT NULL,
    channel     text NOT NULL,
    account_id  uuid NOT NULL,
    request_key text NOT NULL,             -- unguessable, ours, in the carrier's own key field
    state       text NOT NULL CHECK (state IN ('planned', 'calling', 'answered', 'voided', 'uncertain')),
    stage       text NOT NULL DEFAULT '',  -- create, add or send: the write that was last called
    provider_id text,                      -- the carrier's request or group id
    size        integer NOT NULL,
    owner       text NOT NULL,
    called_at   timestamptz,
    ask_after   timestamptz,               -- not before: lease end + settle time, or the next question
    asked       integer NOT NULL DEFAULT 0,
    discarded_at timestamptz,              -- the carrier answered DELETED; read again before it is believed
    poll_after  timestamptz,               -- receipts missing: next poll; NULL when all are final
    polls       integer NOT NULL DEFAULT 0,
    note        text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, send_id, id),
    FOREIGN KEY (tenant_id, send_id, chunk_no) REFERENCES chunks (tenant_id, send_id, no)
) WITH (fillfactor = 70);
CREATE INDEX requests_by_chunk ON requests (tenant_id, send_id, chunk_no);
CREATE INDEX requests_to_poll ON requests (poll_after) WHERE poll_after IS NOT NULL;
CREATE INDEX requests_by_provider ON requests (tenant_id, account_id, provider_id) WHERE provider_id IS NOT NULL;
SELECT app.protect('requests');
SELECT app.open_to_system('requests', 'tenant_id, send_id, id, chunk_no, state, owner, poll_after');

-- Due retries and fallback steps; gathered into new chunks.
CREATE TABLE retries (
    tenant_id uuid NOT NULL,
    send_id   uuid NOT NULL,
    seq       integer NOT NULL,
    step      smallint NOT NULL,
    due_at    timestamptz NOT NULL,
    reason    text NOT NULL,
    PRIMARY KEY (tenant_id, send_id, seq)
);
CREATE INDEX retries_due ON retries (due_at);
SELECT app.protect('retries');
SELECT app.open_to_system('retries', 'tenant_id, send_id, seq, due_at');

-- Raw news from carriers, stored before it is believed.
CREATE TABLE receipts (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    account_id  uuid NOT NULL,
    state       text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'waiting', 'applied', 'junk')),
    body        bytea NOT NULL,            -- ciphertext
    tries       integer NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX receipts_due ON receipts (due_at) WHERE state IN ('new', 'waiting');
SELECT app.protect('receipts');
SELECT app.open_to_system('receipts', 'tenant_id, id, state, due_at');

-- What may have gone wrong with a person: counted and shown, never silent.
CREATE TABLE incidents (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    send_id    uuid NOT NULL,
    seq        integer NOT NULL,
    n          smallint NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('maybe_twice', 'contradicting_final', 'overlap')),
    detail     jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, send_id, seq, n, kind)
);
SELECT app.protect('incidents');

-- Live counters, sharded by writer: 0.08 ms to read against 288 ms for counting a running campaign.
CREATE TABLE send_counters (
    tenant_id uuid NOT NULL,
    send_id   uuid NOT NULL,
    shard     smallint NOT NULL,
    state     text NOT NULL,
    reason    text NOT NULL DEFAULT '',
    n         bigint NOT NULL,
    PRIMARY KEY (tenant_id, send_id, shard, state, reason)
) WITH (fillfactor = 50);
SELECT app.protect('send_counters');

CREATE TABLE quota_limits (
    tenant_id     uuid PRIMARY KEY REFERENCES tenants,
    monthly_limit bigint NOT NULL CHECK (monthly_limit >= 0),
    ceiling       bigint CHECK (ceiling >= 0),  -- the operator's; NULL: none
    CHECK (ceiling IS NULL OR monthly_limit <= ceiling)
);
SELECT app.protect('quota_limits');

CREATE TABLE quota_months (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    month         text NOT NULL CHECK (month ~ '^\d{4}-\d{2}$'),  -- KST
    monthly_limit bigint NOT NULL,
    used          bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    reserved      bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    PRIMARY KEY (tenant_id, month),
    CHECK (used + reserved <= monthly_limit)
) WITH (fillfactor = 50);
SELECT app.protect('quota_months');

-- Every movement of units, one row per request and movement: makes every unit traceable.
CREATE TABLE quota_entries (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    month      text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('reserve', 'settle', 'release')),
    units      integer NOT NULL CHECK (units > 0),
    send_id    uuid NOT NULL,
    request_id uuid,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX quota_entries_by_send ON quota_entries (tenant_id, send_id);
SELECT app.protect('quota_entries');

-- Workers proven gone by their supervisor, or declared so by an operator ("that host is dead").
CREATE TABLE app.gone_workers (
    owner text PRIMARY KEY,
    at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, DELETE ON app.gone_workers TO pabal_app;
GRANT SELECT, INSERT ON app.gone_workers TO pabal_system;

-- The sweeper's one question: what is due anywhere? Keys only.
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT 'launch', s.tenant_id, s.id, s.id FROM public.sends s WHERE s.finished_at IS NULL AND s.state = 'launching'
    UNION ALL
    SELECT 'lane', s.tenant_id, s.id, s.id FROM public.sends s
    WHERE s.finished_at IS NULL AND s.state <> 'launching' AND EXISTS (
        SELECT FROM public.chunks c
        WHERE c.tenant_id = s.tenant_id AND c.send_id = s.id AND c.state = 'open' AND c.due_at <= clock_timestamp()
          AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())
          -- a send that isn't running may still have requests to ask about, but claims nothing new
          AND (s.state = 'running' OR EXISTS (
                SELECT FROM public.requests r
                WHERE r.tenant_id = c.tenant_id AND r.send_id = c.send_id AND r.chunk_no = c.no
                  AND r.state IN ('planned', 'calling'))))
    UNION ALL
    SELECT 'watch', s.tenant_id, s.id, s.id FROM public.sends s WHERE s.finished_at IS NULL AND s.state <> 'launching'
    UNION ALL
    SELECT DISTINCT 'retry', r.tenant_id, r.send_id, r.send_id FROM public.retries r WHERE r.due_at <= clock_timestamp()
    UNION ALL
    SELECT 'poll', r.tenant_id, r.id, r.send_id FROM public.requests r WHERE r.poll_after <= clock_timestamp()
    UNION ALL
    SELECT DISTINCT 'receipts', r.tenant_id, r.tenant_id, NULL::uuid FROM public.receipts r
    WHERE r.state IN ('new', 'waiting') AND r.due_at <= clock_timestamp()
    UNION ALL
    SELECT 'schedule', c.tenant_id, c.id, NULL::uuid FROM public.campaigns c WHERE c.state = 'scheduled' AND c.due_at <= at_rule_time
    UNION ALL
    SELECT 'import', i.tenant_id, i.id, NULL::uuid FROM public.imports i
    WHERE i.state = 'running' AND (i.lease_until IS NULL OR i.lease_until <= clock_timestamp());
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;

CREATE FUNCTION app.account_by_hook(wanted bytea) RETURNS TABLE (tenant_id uuid, id uuid, carrier text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT a.tenant_id, a.id, a.carrier FROM public.carrier_accounts a WHERE a.hook_token_hash = wanted;
END;
ALTER FUNCTION app.account_by_hook(bytea) OWNER TO pabal_system;

-- Owners whose lease ran out: their supervisor kills them (SIGKILL works on stopped processes too) and reaps.
CREATE FUNCTION app.stale_workers() RETURNS TABLE (owner text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT c.owner FROM public.chunks c
    WHERE c.state = 'open' AND c.owner IS NOT NULL AND c.lease_until <= clock_timestamp();
END;
ALTER FUNCTION app.stale_workers() OWNER TO pabal_system;

-- A reaped worker can't write any more: its leases end now and it counts as proven gone.
CREATE FUNCTION app.reap_worker(gone text) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    INSERT INTO app.gone_workers (owner) VALUES (gone) ON CONFLICT DO NOTHING;
    UPDATE public.imports SET lease_until = clock_timestamp() WHERE state = 'running' AND owner = gone;
    WITH freed AS (
        UPDATE public.chunks SET lease_until = clock_timestamp(), due_at = least(due_at, clock_timestamp())
        WHERE state = 'open' AND owner = gone AND lease_until > clock_timestamp()
        RETURNING 1)
    SELECT count(*)::integer FROM freed;
END;
ALTER FUNCTION app.reap_worker(text) OWNER TO pabal_system;
