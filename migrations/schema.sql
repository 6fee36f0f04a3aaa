-- Written by `make schema` from the migrations; not run by anything. A test compares.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA app;

ALTER SCHEMA app OWNER TO pabal_owner;

CREATE SCHEMA extensions;

ALTER SCHEMA extensions OWNER TO postgres;

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.carrier_accounts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    carrier text NOT NULL,
    name text NOT NULL,
    base_url text NOT NULL,
    credentials bytea NOT NULL,
    hook_token_hash bytea NOT NULL,
    channels text[] NOT NULL,
    rate_per_second integer,
    monthly_cap integer,
    duplicate_filter_minutes integer DEFAULT 0 NOT NULL,
    mode text DEFAULT 'polling'::text NOT NULL,
    sandbox boolean DEFAULT false NOT NULL,
    fenced boolean DEFAULT true NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_check jsonb,
    CONSTRAINT carrier_accounts_carrier_check CHECK ((carrier = ANY (ARRAY['solapi'::text, 'nhn'::text]))),
    CONSTRAINT carrier_accounts_mode_check CHECK ((mode = ANY (ARRAY['webhook'::text, 'polling'::text]))),
    CONSTRAINT carrier_accounts_monthly_cap_check CHECK ((monthly_cap > 0)),
    CONSTRAINT carrier_accounts_rate_per_second_check CHECK ((rate_per_second > 0)),
    CONSTRAINT carrier_accounts_state_check CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY public.carrier_accounts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.carrier_accounts OWNER TO pabal_owner;

CREATE FUNCTION app.account_by_hook(wanted bytea) RETURNS TABLE(tenant_id uuid, id uuid, carrier text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT a.tenant_id,
     a.id,
     a.carrier
    FROM public.carrier_accounts a
   WHERE (a.hook_token_hash = account_by_hook.wanted);
END;

ALTER FUNCTION app.account_by_hook(wanted bytea) OWNER TO pabal_system;

CREATE TABLE public.api_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);

ALTER TABLE ONLY public.api_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_keys OWNER TO pabal_owner;

CREATE TABLE public.tenants (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    dek_wrapped bytea NOT NULL,
    index_key_wrapped bytea NOT NULL,
    suppression_key_wrapped bytea NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    public_url text,
    CONSTRAINT tenants_kind_check CHECK ((kind = ANY (ARRAY['camp'::text, 'sales'::text]))),
    CONSTRAINT tenants_name_check CHECK ((name <> ''::text)),
    CONSTRAINT tenants_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tenants OWNER TO pabal_owner;

CREATE FUNCTION app.api_key_by_hash(wanted bytea) RETURNS TABLE(tenant_id uuid, id uuid, scopes text[], used_ago interval)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    BEGIN ATOMIC
 SELECT k.tenant_id,
     k.id,
     k.scopes,
     (clock_timestamp() - k.last_used_at)
    FROM (public.api_keys k
      JOIN public.tenants t ON (((t.tenant_id = k.tenant_id) AND (t.state = 'active'::text))))
   WHERE ((k.key_hash = api_key_by_hash.wanted) AND (k.revoked_at IS NULL));
END;

ALTER FUNCTION app.api_key_by_hash(wanted bytea) OWNER TO pabal_system;

CREATE TABLE public.opt_out_pages (
    tenant_id uuid NOT NULL,
    token text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT opt_out_pages_token_check CHECK ((length(token) >= 10))
);

ALTER TABLE ONLY public.opt_out_pages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.opt_out_pages OWNER TO pabal_owner;

CREATE FUNCTION app.camp_by_opt_out_page(wanted text) RETURNS TABLE(tenant_id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT t.tenant_id,
     t.name
    FROM (public.opt_out_pages p
      JOIN public.tenants t ON ((t.tenant_id = p.tenant_id)))
   WHERE (p.token = camp_by_opt_out_page.wanted);
END;

ALTER FUNCTION app.camp_by_opt_out_page(wanted text) OWNER TO pabal_system;

CREATE TABLE public.requests (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    id uuid NOT NULL,
    chunk_no integer NOT NULL,
    epoch integer NOT NULL,
    step smallint NOT NULL,
    channel text NOT NULL,
    account_id uuid NOT NULL,
    request_key text NOT NULL,
    state text NOT NULL,
    stage text DEFAULT ''::text NOT NULL,
    provider_id text,
    size integer NOT NULL,
    owner text NOT NULL,
    called_at timestamp with time zone,
    ask_after timestamp with time zone,
    asked integer DEFAULT 0 NOT NULL,
    discarded_at timestamp with time zone,
    poll_after timestamp with time zone,
    polls integer DEFAULT 0 NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    questions jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT requests_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'calling'::text, 'answered'::text, 'voided'::text, 'uncertain'::text])))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.requests FORCE ROW LEVEL SECURITY;

ALTER TABLE public.requests OWNER TO pabal_owner;

CREATE FUNCTION app.carrier_load(during interval) RETURNS TABLE(tenant_id uuid, account_id uuid, carrier text, sandbox boolean, state text, calls integer, unclear integer, last_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT a.tenant_id,
     a.id,
     a.carrier,
     a.sandbox,
     a.state,
     (count(*))::integer AS count,
     (count(*) FILTER (WHERE ((r.asked > 0) OR (r.state = ANY (ARRAY['voided'::text, 'uncertain'::text])))))::integer AS count,
     max(r.created_at) AS max
    FROM (public.carrier_accounts a
      JOIN public.requests r ON (((r.tenant_id = a.tenant_id) AND (r.account_id = a.id) AND (r.state <> 'planned'::text) AND (r.created_at > (clock_timestamp() - carrier_load.during)))))
   GROUP BY a.tenant_id, a.id, a.carrier, a.sandbox, a.state;
END;

ALTER FUNCTION app.carrier_load(during interval) OWNER TO pabal_system;

CREATE FUNCTION app.contacts_carrying(firsts integer[], seconds integer[]) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2000
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    tenant CONSTANT uuid := app.tenant_id();
    pair   integer;
BEGIN
    FOR pair IN 1 .. cardinality(firsts) LOOP
        RETURN QUERY SELECT c.id FROM public.contacts c
                     WHERE c.tenant_id = tenant AND c.tokens @> ARRAY[firsts[pair], seconds[pair]];
    END LOOP;
END $$;

ALTER FUNCTION app.contacts_carrying(firsts integer[], seconds integer[]) OWNER TO pabal_search;

CREATE FUNCTION app.count_contacts(all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[], cap integer) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
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

ALTER FUNCTION app.count_contacts(all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[], cap integer) OWNER TO pabal_search;

CREATE FUNCTION app.dek() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    setting text := current_setting('app.dek', true);
BEGIN
    IF setting IS NULL OR setting = '' THEN
        RAISE EXCEPTION 'no data key in this transaction: open it with tenant_tx'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN setting;
END $$;

ALTER FUNCTION app.dek() OWNER TO pabal_owner;

CREATE FUNCTION app.decrypt(cipher bytea) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN extensions.pgp_sym_decrypt(cipher, app.dek());

ALTER FUNCTION app.decrypt(cipher bytea) OWNER TO pabal_owner;

CREATE TABLE public.campaigns (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    message_class text NOT NULL,
    audience jsonb NOT NULL,
    steps jsonb NOT NULL,
    schedule jsonb,
    rate_per_second integer,
    state text NOT NULL,
    hold_reason text DEFAULT ''::text NOT NULL,
    send_id uuid,
    due_at timestamp with time zone,
    digest text,
    rehearse boolean DEFAULT false NOT NULL,
    approval jsonb,
    launched_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    may_overlap boolean DEFAULT false NOT NULL,
    send_from time without time zone,
    send_until time without time zone,
    updated_by uuid,
    links jsonb DEFAULT '[]'::jsonb NOT NULL,
    variants jsonb DEFAULT '[]'::jsonb NOT NULL,
    filter bytea,
    CONSTRAINT campaigns_name_check CHECK ((name <> ''::text)),
    CONSTRAINT campaigns_rate_per_second_check CHECK ((rate_per_second > 0)),
    CONSTRAINT campaigns_send_window CHECK ((((send_from IS NULL) = (send_until IS NULL)) AND (send_from < send_until))),
    CONSTRAINT campaigns_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'awaiting_approval'::text, 'approved'::text, 'scheduled'::text, 'held'::text, 'launched'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.campaigns FORCE ROW LEVEL SECURITY;

ALTER TABLE public.campaigns OWNER TO pabal_owner;

CREATE TABLE public.chunks (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    no integer NOT NULL,
    seq_from integer NOT NULL,
    seq_to integer NOT NULL,
    members integer[],
    step smallint DEFAULT 0 NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    epoch integer DEFAULT 0 NOT NULL,
    owner text,
    lease_until timestamp with time zone,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    policy_version integer,
    gate_at timestamp with time zone,
    CONSTRAINT chunks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text])))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.chunks FORCE ROW LEVEL SECURITY;

ALTER TABLE public.chunks OWNER TO pabal_owner;

CREATE TABLE public.imports (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    file_name bytea NOT NULL,
    byte_size bigint NOT NULL,
    shape jsonb NOT NULL,
    mapping jsonb,
    policy text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    basis text,
    source text,
    rows_total integer DEFAULT 0 NOT NULL,
    rows_done integer DEFAULT 0 NOT NULL,
    created integer DEFAULT 0 NOT NULL,
    updated integer DEFAULT 0 NOT NULL,
    merged integer DEFAULT 0 NOT NULL,
    rejected integer DEFAULT 0 NOT NULL,
    review integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    warned integer DEFAULT 0 NOT NULL,
    ask_nameless boolean DEFAULT false NOT NULL,
    plan bytea,
    chunks_done integer[] DEFAULT '{}'::integer[] NOT NULL,
    problem text,
    owner text,
    lease_until timestamp with time zone,
    tries smallint DEFAULT 0 NOT NULL,
    cancel_asked boolean DEFAULT false NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    undo_asked_at timestamp with time zone,
    undo_asked_by uuid,
    undone_at timestamp with time zone,
    undo_result jsonb,
    sample bytea,
    forecast jsonb,
    forecast_key text,
    forecast_percent smallint,
    forecast_until timestamp with time zone,
    forecast_problem text,
    obtained_on date,
    made_up integer DEFAULT 0 NOT NULL,
    made_up_reason text,
    made_up_by uuid,
    made_up_at timestamp with time zone,
    purposes text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT imports_policy_check CHECK ((policy = ANY (ARRAY['merge'::text, 'skip'::text, 'replace'::text]))),
    CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['uploading'::text, 'uploaded'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'undone'::text])))
);

ALTER TABLE ONLY public.imports FORCE ROW LEVEL SECURITY;

ALTER TABLE public.imports OWNER TO pabal_owner;

CREATE TABLE public.receipts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    state text DEFAULT 'new'::text NOT NULL,
    body bytea NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT receipts_state_check CHECK ((state = ANY (ARRAY['new'::text, 'waiting'::text, 'applied'::text, 'junk'::text])))
);

ALTER TABLE ONLY public.receipts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.receipts OWNER TO pabal_owner;

CREATE TABLE public.retries (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    seq integer NOT NULL,
    step smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    reason text NOT NULL
);

ALTER TABLE ONLY public.retries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.retries OWNER TO pabal_owner;

CREATE TABLE public.sends (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    campaign_id uuid,
    state text NOT NULL,
    hold_reason text DEFAULT ''::text NOT NULL,
    rehearse boolean DEFAULT false NOT NULL,
    steps jsonb NOT NULL,
    selection jsonb NOT NULL,
    rate_per_second integer,
    chunk_size integer DEFAULT 500 NOT NULL,
    not_after timestamp with time zone,
    audience integer DEFAULT 0 NOT NULL,
    policy_version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    launched_at timestamp with time zone,
    finished_at timestamp with time zone,
    send_from time without time zone,
    send_until time without time zone,
    values_of uuid,
    links jsonb,
    variants jsonb DEFAULT '[]'::jsonb NOT NULL,
    people uuid[],
    subjects uuid[],
    filter bytea,
    CONSTRAINT sends_chunk_size_check CHECK (((chunk_size >= 1) AND (chunk_size <= 500))),
    CONSTRAINT sends_kind_check CHECK ((kind = ANY (ARRAY['campaign'::text, 'test'::text, 'reply'::text, 'link'::text]))),
    CONSTRAINT sends_send_window CHECK ((((send_from IS NULL) = (send_until IS NULL)) AND (send_from < send_until))),
    CONSTRAINT sends_state_check CHECK ((state = ANY (ARRAY['launching'::text, 'running'::text, 'paused'::text, 'held'::text, 'stopped'::text, 'finished'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.sends FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sends OWNER TO pabal_owner;

CREATE FUNCTION app.due_work_without_jobs(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT 'launch'::text,
     s.tenant_id,
     s.id,
     s.id
    FROM public.sends s
   WHERE ((s.finished_at IS NULL) AND (s.state = 'launching'::text))
 UNION ALL
  SELECT 'lane'::text,
     s.tenant_id,
     s.id,
     s.id
    FROM public.sends s
   WHERE ((s.finished_at IS NULL) AND (s.state <> 'launching'::text) AND (EXISTS ( SELECT
            FROM public.chunks c
           WHERE ((c.tenant_id = s.tenant_id) AND (c.send_id = s.id) AND (c.state = 'open'::text) AND (c.due_at <= clock_timestamp()) AND ((c.lease_until IS NULL) OR (c.lease_until <= clock_timestamp())) AND ((s.state = 'running'::text) OR (EXISTS ( SELECT
                    FROM public.requests r
                   WHERE ((r.tenant_id = c.tenant_id) AND (r.send_id = c.send_id) AND (r.chunk_no = c.no) AND (r.state = ANY (ARRAY['planned'::text, 'calling'::text]))))))))))
 UNION ALL
  SELECT 'watch'::text,
     s.tenant_id,
     s.id,
     s.id
    FROM public.sends s
   WHERE ((s.finished_at IS NULL) AND (s.state <> 'launching'::text))
 UNION ALL
  SELECT DISTINCT 'retry'::text,
     r.tenant_id,
     r.send_id,
     r.send_id
    FROM public.retries r
   WHERE (r.due_at <= clock_timestamp())
 UNION ALL
  SELECT 'poll'::text,
     r.tenant_id,
     r.id,
     r.send_id
    FROM public.requests r
   WHERE (r.poll_after <= clock_timestamp())
 UNION ALL
  SELECT DISTINCT 'receipts'::text,
     r.tenant_id,
     r.tenant_id,
     NULL::uuid AS uuid
    FROM public.receipts r
   WHERE ((r.state = ANY (ARRAY['new'::text, 'waiting'::text])) AND (r.due_at <= clock_timestamp()))
 UNION ALL
  SELECT 'schedule'::text,
     c.tenant_id,
     c.id,
     NULL::uuid AS uuid
    FROM public.campaigns c
   WHERE ((c.state = 'scheduled'::text) AND (c.due_at <= due_work_without_jobs.at_rule_time))
 UNION ALL
  SELECT 'import'::text,
     i.tenant_id,
     i.id,
     NULL::uuid AS uuid
    FROM public.imports i
   WHERE ((i.state = 'running'::text) AND ((i.lease_until IS NULL) OR (i.lease_until <= clock_timestamp())));
END;

ALTER FUNCTION app.due_work_without_jobs(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE TABLE public.jobs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    progress smallint DEFAULT 0 NOT NULL,
    result jsonb,
    problem text,
    tries integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT jobs_kind_check CHECK ((kind = 'check'::text)),
    CONSTRAINT jobs_progress_check CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text])))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.jobs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.jobs OWNER TO pabal_owner;

CREATE FUNCTION app.due_work_without_undo(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT w.kind,
     w.tenant_id,
     w.id,
     w.send_id
    FROM app.due_work_without_jobs(due_work_without_undo.at_rule_time) w(kind, tenant_id, id, send_id)
 UNION ALL
  SELECT 'job'::text,
     j.tenant_id,
     j.id,
     NULL::uuid AS uuid
    FROM public.jobs j
   WHERE ((j.state = ANY (ARRAY['queued'::text, 'running'::text])) AND ((j.lease_until IS NULL) OR (j.lease_until <= clock_timestamp())));
END;

ALTER FUNCTION app.due_work_without_undo(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE FUNCTION app.due_work_without_lines(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT w.kind,
     w.tenant_id,
     w.id,
     w.send_id
    FROM app.due_work_without_undo(due_work_without_lines.at_rule_time) w(kind, tenant_id, id, send_id)
 UNION ALL
  SELECT 'import_undo'::text,
     i.tenant_id,
     i.id,
     NULL::uuid AS uuid
    FROM public.imports i
   WHERE ((i.undo_asked_at IS NOT NULL) AND (i.state <> 'undone'::text));
END;

ALTER FUNCTION app.due_work_without_lines(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE FUNCTION app.due_work_without_triggers(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (s.kind <> 'campaign'::text) THEN
             CASE w.kind
                 WHEN 'lane'::text THEN 'urgent'::text
                 ELSE 'urgent_launch'::text
             END
             ELSE w.kind
         END AS kind,
     w.tenant_id,
     w.id,
     w.send_id
    FROM (app.due_work_without_lines(due_work_without_triggers.at_rule_time) w(kind, tenant_id, id, send_id)
      LEFT JOIN public.sends s ON (((w.kind = ANY (ARRAY['lane'::text, 'launch'::text])) AND (s.tenant_id = w.tenant_id) AND (s.id = w.id))));
END;

ALTER FUNCTION app.due_work_without_triggers(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE TABLE public.automation_queue (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    template_link_id uuid NOT NULL,
    record_id uuid NOT NULL,
    kind text NOT NULL,
    address_key bigint NOT NULL,
    occasion text DEFAULT ''::text NOT NULL,
    repeat_count smallint DEFAULT 0 NOT NULL,
    next_run_at timestamp with time zone NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT automation_queue_kind_check CHECK ((kind = ANY (ARRAY['first'::text, 'repeat'::text]))),
    CONSTRAINT automation_queue_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'completed'::text, 'cancelled'::text])))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.automation_queue FORCE ROW LEVEL SECURITY;

ALTER TABLE public.automation_queue OWNER TO pabal_owner;

CREATE TABLE public.record_outbox (
    tenant_id uuid NOT NULL,
    change_id uuid NOT NULL,
    partition_id uuid NOT NULL,
    record_id uuid NOT NULL
);

ALTER TABLE ONLY public.record_outbox FORCE ROW LEVEL SECURITY;

ALTER TABLE public.record_outbox OWNER TO pabal_owner;

CREATE TABLE public.template_links (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    partition_id uuid NOT NULL,
    template_id uuid NOT NULL,
    name text NOT NULL,
    recipient_field text NOT NULL,
    variable_mappings jsonb DEFAULT '{}'::jsonb NOT NULL,
    trigger_type text DEFAULT 'manual'::text NOT NULL,
    trigger_condition jsonb,
    repeat_config jsonb,
    cooldown_hours double precision DEFAULT 1 NOT NULL,
    message_class text DEFAULT 'transactional'::text NOT NULL,
    send_from time without time zone,
    send_until time without time zone,
    fallback jsonb,
    is_active boolean DEFAULT true NOT NULL,
    active_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    written_by uuid,
    approved text DEFAULT ''::text NOT NULL,
    approved_by uuid,
    approved_at timestamp with time zone,
    not_after_hours double precision,
    CONSTRAINT template_links_cooldown_hours_check CHECK (((cooldown_hours >= (0)::double precision) AND (cooldown_hours <= (720)::double precision))),
    CONSTRAINT template_links_message_class_check CHECK ((message_class = 'transactional'::text)),
    CONSTRAINT template_links_name_check CHECK ((name <> ''::text)),
    CONSTRAINT template_links_not_after_hours_check CHECK (((not_after_hours > (0)::double precision) AND (not_after_hours <= (720)::double precision))),
    CONSTRAINT template_links_repeats_end CHECK (((repeat_config IS NULL) OR (((((repeat_config ->> 'maxRepeat'::text))::integer >= 1) AND (((repeat_config ->> 'maxRepeat'::text))::integer <= 10)) AND (((repeat_config ->> 'intervalHours'::text))::double precision > (0)::double precision) AND (COALESCE((repeat_config -> 'stopCondition'::text), 'null'::jsonb) <> ALL (ARRAY['null'::jsonb, '{}'::jsonb]))))),
    CONSTRAINT template_links_trigger_type_check CHECK ((trigger_type = ANY (ARRAY['manual'::text, 'on_create'::text, 'on_update'::text])))
);

ALTER TABLE ONLY public.template_links FORCE ROW LEVEL SECURITY;

ALTER TABLE public.template_links OWNER TO pabal_owner;

CREATE FUNCTION app.due_work_without_bulk_edits(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT w.kind,
     w.tenant_id,
     w.id,
     w.send_id
    FROM app.due_work_without_triggers(due_work_without_bulk_edits.at_rule_time) w(kind, tenant_id, id, send_id)
 UNION ALL
  SELECT 'triggers'::text,
     o.tenant_id,
     o.tenant_id,
     NULL::uuid AS uuid
    FROM ( SELECT DISTINCT r.tenant_id
            FROM public.record_outbox r) o
 UNION ALL
  SELECT DISTINCT 'repeats'::text,
     q.tenant_id,
     q.tenant_id,
     NULL::uuid AS uuid
    FROM (public.automation_queue q
      JOIN public.template_links l ON (((l.tenant_id = q.tenant_id) AND (l.id = q.template_link_id))))
   WHERE ((q.status = 'pending'::text) AND (q.next_run_at <= due_work_without_bulk_edits.at_rule_time) AND l.is_active AND (l.deleted_at IS NULL));
END;

ALTER FUNCTION app.due_work_without_bulk_edits(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE TABLE public.bulk_edits (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kinds text[] NOT NULL,
    request bytea NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    total integer,
    done integer DEFAULT 0 NOT NULL,
    changed integer DEFAULT 0 NOT NULL,
    "position" uuid,
    result jsonb DEFAULT '{}'::jsonb NOT NULL,
    undo_result jsonb,
    problem text,
    tries integer DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    starts_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    undone_by uuid,
    undone_at timestamp with time zone,
    CONSTRAINT bulk_edits_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'undoing'::text, 'undone'::text])))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.bulk_edits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_edits OWNER TO pabal_owner;

CREATE FUNCTION app.due_work_without_purges(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT w.kind,
     w.tenant_id,
     w.id,
     w.send_id
    FROM app.due_work_without_bulk_edits(due_work_without_purges.at_rule_time) w(kind, tenant_id, id, send_id)
 UNION ALL
  SELECT 'bulk_edit'::text,
     b.tenant_id,
     b.id,
     NULL::uuid AS uuid
    FROM public.bulk_edits b
   WHERE ((b.state = ANY (ARRAY['queued'::text, 'running'::text, 'undoing'::text])) AND (b.starts_at <= clock_timestamp()) AND ((b.lease_until IS NULL) OR (b.lease_until <= clock_timestamp())));
END;

ALTER FUNCTION app.due_work_without_purges(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE TABLE public.retention_plans (
    tenant_id uuid NOT NULL,
    election_day date NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    kept text[] DEFAULT '{}'::text[] NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    approved_by uuid,
    approved_at timestamp with time zone,
    purged integer DEFAULT 0 NOT NULL,
    warned_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    people integer,
    begun_at timestamp with time zone,
    last_at timestamp with time zone,
    erased jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT retention_plans_check CHECK (((state = 'due'::text) OR ((reason <> ''::text) AND (approved_at IS NOT NULL)))),
    CONSTRAINT retention_plans_state_check CHECK ((state = ANY (ARRAY['due'::text, 'approved'::text, 'done'::text, 'void'::text])))
);

ALTER TABLE ONLY public.retention_plans FORCE ROW LEVEL SECURITY;

ALTER TABLE public.retention_plans OWNER TO pabal_owner;

CREATE FUNCTION app.due_work(at_rule_time timestamp with time zone) RETURNS TABLE(kind text, tenant_id uuid, id uuid, send_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT w.kind,
     w.tenant_id,
     w.id,
     w.send_id
    FROM app.due_work_without_purges(due_work.at_rule_time) w(kind, tenant_id, id, send_id)
 UNION ALL
  SELECT DISTINCT 'retention'::text,
     p.tenant_id,
     p.tenant_id,
     NULL::uuid AS uuid
    FROM public.retention_plans p
   WHERE (p.state = 'approved'::text);
END;

ALTER FUNCTION app.due_work(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE FUNCTION app.encrypt(plain text) RETURNS bytea
    LANGUAGE sql PARALLEL SAFE
    RETURN extensions.pgp_sym_encrypt(plain, app.dek(), 's2k-mode=1, cipher-algo=aes256'::text);

ALTER FUNCTION app.encrypt(plain text) OWNER TO pabal_owner;

CREATE FUNCTION app.forget_copies() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE public.messages SET snapshot = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND snapshot IS NOT NULL;
    UPDATE public.messages SET snapshot = NULL  -- tests that went out with their values
    WHERE tenant_id = NEW.tenant_id AND snapshot IS NOT NULL
      AND send_id = ANY(ARRAY(SELECT s.id FROM public.sends s WHERE s.tenant_id = NEW.tenant_id AND s.values_of = NEW.id));
    UPDATE public.import_rows SET cells = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND cells IS NOT NULL;
    UPDATE public.clicks c SET seq = NULL, ghost = m.ghost
    FROM (SELECT send_id, seq, gen_random_uuid() AS ghost FROM public.messages
          WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id) AS m
    WHERE c.tenant_id = NEW.tenant_id AND c.send_id = m.send_id AND c.seq = m.seq;
    DELETE FROM public.contact_activity WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id;
    RETURN NULL;
END $$;

ALTER FUNCTION app.forget_copies() OWNER TO pabal_owner;

CREATE FUNCTION app.forget_people(gone uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    mine CONSTANT uuid := app.tenant_id();
BEGIN
    UPDATE public.messages SET snapshot = NULL
    WHERE tenant_id = mine AND contact_id = ANY(gone) AND snapshot IS NOT NULL;
    UPDATE public.messages SET snapshot = NULL  -- tests that went out with their values
    WHERE tenant_id = mine AND snapshot IS NOT NULL
      AND send_id = ANY(ARRAY(SELECT s.id FROM public.sends s WHERE s.tenant_id = mine AND s.values_of = ANY(gone)));
    UPDATE public.import_rows SET cells = NULL WHERE tenant_id = mine AND contact_id = ANY(gone) AND cells IS NOT NULL;
    UPDATE public.clicks c SET seq = NULL, ghost = m.ghost
    FROM (SELECT send_id, seq, gen_random_uuid() AS ghost FROM public.messages
          WHERE tenant_id = mine AND contact_id = ANY(gone)) AS m
    WHERE c.tenant_id = mine AND c.send_id = m.send_id AND c.seq = m.seq;
    DELETE FROM public.contact_activity WHERE tenant_id = mine AND contact_id = ANY(gone);
    DELETE FROM public.contact_notes WHERE tenant_id = mine AND contact_id = ANY(gone);
    DELETE FROM public.bulk_edit_rows WHERE tenant_id = mine AND contact_id = ANY(gone)
        AND (tags_added IS NOT NULL OR tags_removed IS NOT NULL);
    UPDATE public.data_requests SET note = NULL WHERE tenant_id = mine AND contact_id = ANY(gone) AND note IS NOT NULL;
    UPDATE public.inbound_messages b SET pii = NULL, from_key = NULL
    FROM public.identities i
    WHERE i.tenant_id = mine AND i.contact_id = ANY(gone) AND b.tenant_id = i.tenant_id AND b.from_key = i.value_key
      AND NOT EXISTS (SELECT FROM public.identities o JOIN public.contacts c ON c.tenant_id = o.tenant_id AND c.id = o.contact_id
                      WHERE o.tenant_id = i.tenant_id AND o.value_key = i.value_key AND c.erased_at IS NULL);
    UPDATE public.record_changes c SET body = NULL
    FROM public.records r
    WHERE r.tenant_id = mine AND r.contact_id = ANY(gone)
      AND c.tenant_id = r.tenant_id AND c.record_id = r.id AND c.body IS NOT NULL;
    UPDATE public.records SET pii = NULL, keys = '{}', tokens = '{}', filled = '{}', address_key = NULL,
           version = version + 1, updated_at = clock_timestamp()
    WHERE tenant_id = mine AND contact_id = ANY(gone);
END $$;

ALTER FUNCTION app.forget_people(gone uuid[]) OWNER TO pabal_owner;

CREATE FUNCTION app.forget_records() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION app.forget_records() OWNER TO pabal_owner;

CREATE FUNCTION app.forget_strays(until timestamp with time zone, most integer) RETURNS TABLE(cells bigint, replies bigint)
    LANGUAGE sql
    AS $$
    WITH rows AS (
        SELECT r.tenant_id, r.import_id, r.row_no FROM public.import_rows r
        JOIN public.imports m ON m.tenant_id = r.tenant_id AND m.id = r.import_id
        WHERE m.created_at < until AND r.cells IS NOT NULL
          AND NOT EXISTS (SELECT FROM public.contacts c
                          WHERE c.tenant_id = r.tenant_id AND c.id = r.contact_id AND c.erased_at IS NULL)
        LIMIT most
    ), emptied AS (
        UPDATE public.import_rows r SET cells = NULL FROM rows
        WHERE r.tenant_id = rows.tenant_id AND r.import_id = rows.import_id AND r.row_no = rows.row_no RETURNING 1
    ), texts AS (
        SELECT b.tenant_id, b.id FROM public.inbound_messages b
        WHERE b.received_at < until AND b.pii IS NOT NULL AND NOT (b.unclear AND b.settled_at IS NULL)
          AND NOT EXISTS (SELECT FROM public.identities i
                          JOIN public.contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
                          WHERE i.tenant_id = b.tenant_id AND i.value_key = b.from_key AND c.erased_at IS NULL)
        LIMIT most
    ), forgotten AS (
        UPDATE public.inbound_messages b SET pii = NULL, from_key = NULL FROM texts
        WHERE b.tenant_id = texts.tenant_id AND b.id = texts.id RETURNING 1
    )
    SELECT (SELECT count(*) FROM emptied), (SELECT count(*) FROM forgotten);
$$;

ALTER FUNCTION app.forget_strays(until timestamp with time zone, most integer) OWNER TO pabal_owner;

CREATE FUNCTION app.forget_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM public.contact_notes WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id;
    DELETE FROM public.bulk_edit_rows WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id
        AND (tags_added IS NOT NULL OR tags_removed IS NOT NULL);
    UPDATE public.data_requests SET note = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND note IS NOT NULL;
    UPDATE public.inbound_messages b SET pii = NULL, from_key = NULL
    FROM public.identities i
    WHERE i.tenant_id = NEW.tenant_id AND i.contact_id = NEW.id
      AND b.tenant_id = i.tenant_id AND b.from_key = i.value_key
      AND NOT EXISTS (SELECT FROM public.identities o JOIN public.contacts c ON c.tenant_id = o.tenant_id AND c.id = o.contact_id
                      WHERE o.tenant_id = i.tenant_id AND o.value_key = i.value_key AND o.contact_id <> NEW.id
                        AND c.erased_at IS NULL);
    RETURN NULL;
END $$;

ALTER FUNCTION app.forget_words() OWNER TO pabal_owner;

CREATE FUNCTION app.hub_load() RETURNS TABLE(tenant_id uuid, live integer, held integer, due integer, oldest_due timestamp with time zone, leased integer, stale integer, oldest_stale timestamp with time zone, receipts integer, oldest_receipt timestamp with time zone, polls integer, oldest_poll timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 WITH sending AS (
          SELECT s_1.tenant_id,
             s_1.id,
             s_1.state
            FROM public.sends s_1
           WHERE (s_1.finished_at IS NULL)
         ), waiting AS (
          SELECT c_1.tenant_id,
             c_1.lease_until,
             c_1.due_at,
             ((c_1.due_at <= clock_timestamp()) AND ((c_1.lease_until IS NULL) OR (c_1.lease_until <= clock_timestamp())) AND (s_1.state = 'running'::text)) AS is_due
            FROM (sending s_1
              JOIN public.chunks c_1 ON (((c_1.tenant_id = s_1.tenant_id) AND (c_1.send_id = s_1.id))))
           WHERE (c_1.state = 'open'::text)
         ), sends AS (
          SELECT s_1.tenant_id,
             count(*) AS live,
             count(*) FILTER (WHERE (s_1.state = ANY (ARRAY['held'::text, 'stopped'::text]))) AS held
            FROM sending s_1
           GROUP BY s_1.tenant_id
         ), chunks AS (
          SELECT w.tenant_id,
             count(*) FILTER (WHERE w.is_due) AS due,
             min(w.due_at) FILTER (WHERE w.is_due) AS oldest_due,
             count(*) FILTER (WHERE (w.lease_until > clock_timestamp())) AS leased,
             count(*) FILTER (WHERE (w.lease_until <= clock_timestamp())) AS stale,
             min(w.lease_until) FILTER (WHERE (w.lease_until <= clock_timestamp())) AS oldest_stale
            FROM waiting w
           GROUP BY w.tenant_id
         ), news AS (
          SELECT r.tenant_id,
             count(*) AS receipts,
             min(r.due_at) AS oldest_receipt
            FROM public.receipts r
           WHERE ((r.state = ANY (ARRAY['new'::text, 'waiting'::text])) AND (r.due_at <= clock_timestamp()))
           GROUP BY r.tenant_id
         ), questions AS (
          SELECT r.tenant_id,
             count(*) AS polls,
             min(r.poll_after) AS oldest_poll
            FROM public.requests r
           WHERE (r.poll_after <= clock_timestamp())
           GROUP BY r.tenant_id
         )
  SELECT t.tenant_id,
     (COALESCE(s.live, (0)::bigint))::integer AS "coalesce",
     (COALESCE(s.held, (0)::bigint))::integer AS "coalesce",
     (COALESCE(c.due, (0)::bigint))::integer AS "coalesce",
     c.oldest_due,
     (COALESCE(c.leased, (0)::bigint))::integer AS "coalesce",
     (COALESCE(c.stale, (0)::bigint))::integer AS "coalesce",
     c.oldest_stale,
     (COALESCE(n.receipts, (0)::bigint))::integer AS "coalesce",
     n.oldest_receipt,
     (COALESCE(q.polls, (0)::bigint))::integer AS "coalesce",
     q.oldest_poll
    FROM ((((public.tenants t
      LEFT JOIN sends s ON ((s.tenant_id = t.tenant_id)))
      LEFT JOIN chunks c ON ((c.tenant_id = t.tenant_id)))
      LEFT JOIN news n ON ((n.tenant_id = t.tenant_id)))
      LEFT JOIN questions q ON ((q.tenant_id = t.tenant_id)))
   WHERE ((s.live > 0) OR (n.receipts > 0) OR (q.polls > 0));
END;

ALTER FUNCTION app.hub_load() OWNER TO pabal_system;

CREATE TABLE public.invitations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email_key bytea NOT NULL,
    pii bytea NOT NULL,
    role text NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text])))
);

ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invitations OWNER TO pabal_owner;

CREATE FUNCTION app.invitation_by_hash(wanted bytea) RETURNS TABLE(tenant_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT i.tenant_id,
     i.id
    FROM public.invitations i
   WHERE ((i.token_hash = invitation_by_hash.wanted) AND (i.accepted_at IS NULL) AND (i.revoked_at IS NULL) AND (i.expires_at > clock_timestamp()));
END;

ALTER FUNCTION app.invitation_by_hash(wanted bytea) OWNER TO pabal_system;

CREATE FUNCTION app.lease_holders() RETURNS TABLE(owner text, chunks integer, lease_until timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT c.owner,
     (count(*))::integer AS count,
     max(c.lease_until) AS max
    FROM public.chunks c
   WHERE ((c.state = 'open'::text) AND (c.owner IS NOT NULL))
   GROUP BY c.owner;
END;

ALTER FUNCTION app.lease_holders() OWNER TO pabal_system;

CREATE SEQUENCE app.link_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 268435455
    CACHE 1;

ALTER SEQUENCE app.link_numbers OWNER TO pabal_owner;

CREATE TABLE public.links (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    no bigint DEFAULT nextval('app.link_numbers'::regclass) NOT NULL,
    send_id uuid NOT NULL,
    key text NOT NULL,
    url text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.links FORCE ROW LEVEL SECURITY;

ALTER TABLE public.links OWNER TO pabal_owner;

CREATE FUNCTION app.link_by_no(wanted bigint) RETURNS TABLE(tenant_id uuid, id uuid, send_id uuid, url text, expires_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT l.tenant_id,
     l.id,
     l.send_id,
     l.url,
     l.expires_at
    FROM public.links l
   WHERE (l.no = link_by_no.wanted);
END;

ALTER FUNCTION app.link_by_no(wanted bigint) OWNER TO pabal_system;

CREATE FUNCTION app.list_tenants() RETURNS TABLE(tenant_id uuid, name text, kind text, state text, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT t.tenant_id,
     t.name,
     t.kind,
     t.state,
     t.created_at
    FROM public.tenants t
   ORDER BY t.created_at;
END;

ALTER FUNCTION app.list_tenants() OWNER TO pabal_system;

CREATE FUNCTION app.make_partitions(of_month date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    parent text;
    child text;
    fill integer;
    lower_bound uuid := app.uuid7_floor(date_trunc('month', of_month)::timestamp AT TIME ZONE 'UTC');
    upper_bound uuid := app.uuid7_floor((date_trunc('month', of_month) + interval '1 month')::timestamp AT TIME ZONE 'UTC');
BEGIN
    IF of_month < date '2026-01-01' OR of_month > current_date + 1100 THEN  -- nobody fills the catalogue with centuries
        RAISE EXCEPTION 'no partitions for a month so far away' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOREACH parent IN ARRAY ARRAY['messages', 'attempts'] LOOP
        child := format('%s_%s', parent, to_char(of_month, 'YYYY_MM'));
        fill := CASE parent WHEN 'messages' THEN 33 ELSE 45 END;
        CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = %s)',
                       child, parent, lower_bound, upper_bound, fill);
        -- Reached through the parent only; its own wall stands all the same.
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY tenant_wall ON public.%I TO pabal_app, pabal_owner '
                       'USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', child);
    END LOOP;
END $$;

ALTER FUNCTION app.make_partitions(of_month date) OWNER TO pabal_owner;

CREATE TABLE public.members (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text]))),
    CONSTRAINT members_state_check CHECK ((state = ANY (ARRAY['active'::text, 'removed'::text])))
);

ALTER TABLE ONLY public.members FORCE ROW LEVEL SECURITY;

ALTER TABLE public.members OWNER TO pabal_owner;

CREATE FUNCTION app.memberships_of(wanted_user uuid) RETURNS TABLE(tenant_id uuid, tenant_name text, tenant_kind text, role text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT m.tenant_id,
     t.name,
     t.kind,
     m.role
    FROM (public.members m
      JOIN public.tenants t ON ((t.tenant_id = m.tenant_id)))
   WHERE ((m.user_id = memberships_of.wanted_user) AND (m.state = 'active'::text) AND (t.state = 'active'::text))
   ORDER BY m.created_at;
END;

ALTER FUNCTION app.memberships_of(wanted_user uuid) OWNER TO pabal_system;

CREATE FUNCTION app.name_clicker() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.seq IS NULL THEN
        NEW.contact_id := NULL;  -- untied by an erasure
    ELSIF NEW.contact_id IS NULL THEN
        SELECT m.contact_id INTO NEW.contact_id FROM public.messages m
        WHERE m.tenant_id = NEW.tenant_id AND m.send_id = NEW.send_id AND m.seq = NEW.seq;
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION app.name_clicker() OWNER TO pabal_owner;

CREATE TABLE public.idempotency_keys (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    body_hash bytea NOT NULL,
    owner uuid NOT NULL,
    taken_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    status integer,
    answer bytea,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.idempotency_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys OWNER TO pabal_owner;

CREATE FUNCTION app.old_idempotency_keys(before timestamp with time zone) RETURNS TABLE(tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT k.tenant_id
    FROM public.idempotency_keys k
   WHERE (k.created_at < old_idempotency_keys.before);
END;

ALTER FUNCTION app.old_idempotency_keys(before timestamp with time zone) OWNER TO pabal_system;

CREATE TABLE public.import_files (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    part integer NOT NULL,
    body bytea NOT NULL
);

ALTER TABLE ONLY public.import_files FORCE ROW LEVEL SECURITY;

ALTER TABLE public.import_files OWNER TO pabal_owner;

CREATE FUNCTION app.old_uploads(before timestamp with time zone) RETURNS TABLE(tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT i.tenant_id
    FROM public.imports i
   WHERE (((i.state = 'uploading'::text) AND (i.created_at < old_uploads.before)) OR ((i.state = 'uploaded'::text) AND (i.created_at < (old_uploads.before - '6 days'::interval))) OR ((i.state = ANY (ARRAY['failed'::text, 'cancelled'::text])) AND (i.finished_at < old_uploads.before) AND (EXISTS ( SELECT
            FROM public.import_files f
           WHERE ((f.tenant_id = i.tenant_id) AND (f.import_id = i.id))))));
END;

ALTER FUNCTION app.old_uploads(before timestamp with time zone) OWNER TO pabal_system;

CREATE FUNCTION app.open_to_system(tenant_table regclass, readable text, writable text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('CREATE POLICY system_reads ON %s FOR SELECT TO pabal_system USING (true)', tenant_table);
    EXECUTE format('GRANT SELECT (%s) ON %s TO pabal_system', readable, tenant_table);
    IF writable IS NOT NULL THEN
        EXECUTE format('CREATE POLICY system_writes ON %s FOR UPDATE TO pabal_system USING (true)', tenant_table);
        EXECUTE format('GRANT UPDATE (%s) ON %s TO pabal_system', writable, tenant_table);
    END IF;
END $$;

ALTER FUNCTION app.open_to_system(tenant_table regclass, readable text, writable text) OWNER TO pabal_owner;

CREATE FUNCTION app.protect(tenant_table regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
        'CREATE POLICY tenant_wall ON %s TO pabal_app, pabal_owner '
        'USING (tenant_id = (SELECT app.tenant_id())) WITH CHECK (tenant_id = (SELECT app.tenant_id()))', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO pabal_app', tenant_table);
END $$;

ALTER FUNCTION app.protect(tenant_table regclass) OWNER TO pabal_owner;

CREATE TABLE app.gone_workers (
    owner text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE app.gone_workers OWNER TO pabal_owner;

CREATE FUNCTION app.reap_worker(gone text) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO app.gone_workers (owner)
   VALUES (reap_worker.gone) ON CONFLICT DO NOTHING;
 UPDATE public.imports SET lease_until = clock_timestamp()
   WHERE ((imports.state = 'running'::text) AND (imports.owner = reap_worker.gone));
 WITH freed AS (
          UPDATE public.chunks SET lease_until = clock_timestamp(), due_at = LEAST(chunks.due_at, clock_timestamp())
           WHERE ((chunks.state = 'open'::text) AND (chunks.owner = reap_worker.gone) AND (chunks.lease_until > clock_timestamp()))
           RETURNING 1 AS "?column?"
         )
  SELECT (count(*))::integer AS count
    FROM freed;
END;

ALTER FUNCTION app.reap_worker(gone text) OWNER TO pabal_system;

CREATE FUNCTION app.search_contacts(all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[], before uuid, page integer, common boolean, cap integer DEFAULT NULL::integer) RETURNS TABLE(id uuid, total integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
#variable_conflict use_column
DECLARE
    tenant  CONSTANT uuid := app.tenant_id();
    walk    CONSTANT integer := 20000;
    sample  CONSTANT integer := 2000;
    walking boolean := common;
    below   uuid := before;
    near    uuid[];
    counted integer;
    found   integer;
BEGIN
    -- Tokens that one person in fifty or more carries: the index would list them all (129 ms for every fifth of a million) to sort
    -- out the newest fifty. So the newest are looked at: 2,000 say whether 20,000 should hold a page.
    IF walking IS NULL OR (walking AND cap IS NOT NULL) THEN
        near := ARRAY(
            SELECT w.id FROM (
                SELECT c.id, c.tokens FROM public.contacts c
                WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                  AND (before IS NULL OR c.id < before)
                ORDER BY c.id DESC LIMIT sample) w
            WHERE (all_of IS NULL OR w.tokens @> all_of) AND (any_1 IS NULL OR w.tokens && any_1)
              AND (any_2 IS NULL OR w.tokens && any_2) AND (any_3 IS NULL OR w.tokens && any_3)
              AND (any_4 IS NULL OR w.tokens && any_4)
            ORDER BY w.id DESC);
        found := cardinality(near);
        walking := coalesce(walking, found * (walk / sample) >= page);
        -- A fifth less than promised may be bad luck; then the walk for the page goes on to the number.
        IF walking AND found * (walk / sample) >= cap * 4 / 5 THEN
            counted := cap;
        END IF;
    END IF;
    IF walking THEN
        IF counted IS NOT NULL OR found IS NULL OR found < page THEN
            near := ARRAY(
                SELECT w.id FROM (
                    SELECT c.id, c.tokens FROM public.contacts c
                    WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                      AND (before IS NULL OR c.id < before)
                    ORDER BY c.id DESC LIMIT walk) w
                WHERE (all_of IS NULL OR w.tokens @> all_of) AND (any_1 IS NULL OR w.tokens && any_1)
                  AND (any_2 IS NULL OR w.tokens && any_2) AND (any_3 IS NULL OR w.tokens && any_3)
                  AND (any_4 IS NULL OR w.tokens && any_4)
                ORDER BY w.id DESC LIMIT greatest(page, counted));
        END IF;
        found := cardinality(near);
        IF found < counted THEN
            counted := NULL;
        END IF;
        IF found >= page THEN
            IF counted IS NULL AND cap IS NOT NULL THEN
                SELECT count(*) INTO counted FROM (
                    SELECT FROM public.contacts c
                    WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                      AND (all_of IS NULL OR c.tokens @> all_of) AND (any_1 IS NULL OR c.tokens && any_1)
                      AND (any_2 IS NULL OR c.tokens && any_2) AND (any_3 IS NULL OR c.tokens && any_3)
                      AND (any_4 IS NULL OR c.tokens && any_4)
                    LIMIT cap) hits;
            END IF;
            RETURN QUERY SELECT n, counted FROM unnest(near[1:page]) AS n;
            RETURN;
        END IF;
        SELECT c.id INTO below FROM public.contacts c
        WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL AND (before IS NULL OR c.id < before)
        ORDER BY c.id DESC OFFSET walk - 1 LIMIT 1;
        IF below IS NULL THEN
            RETURN QUERY SELECT n, CASE WHEN cap IS NOT NULL AND before IS NULL THEN found END FROM unnest(near) AS n;
            RETURN;
        END IF;
    ELSE
        near := '{}';
    END IF;
    RETURN QUERY
        WITH hits AS MATERIALIZED (
            SELECT c.id FROM public.contacts c
            WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
              AND (all_of IS NULL OR c.tokens @> all_of) AND (any_1 IS NULL OR c.tokens && any_1)
              AND (any_2 IS NULL OR c.tokens && any_2) AND (any_3 IS NULL OR c.tokens && any_3)
              AND (any_4 IS NULL OR c.tokens && any_4)),
        further AS (
            SELECT h.id FROM hits h WHERE below IS NULL OR h.id < below ORDER BY h.id DESC LIMIT page - cardinality(near)),
        known AS (SELECT CASE WHEN cap IS NOT NULL THEN (SELECT least(count(*), cap)::integer FROM hits) END AS total)
        SELECT n, k.total FROM known k, (SELECT unnest(near) AS n UNION ALL SELECT f.id FROM further f) f
        ORDER BY n DESC;
END $$;

ALTER FUNCTION app.search_contacts(all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[], before uuid, page integer, common boolean, cap integer) OWNER TO pabal_search;

CREATE TABLE public.sessions (
    token_hash bytea NOT NULL,
    id uuid NOT NULL,
    user_id uuid,
    operator_id uuid,
    tenant_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    CONSTRAINT sessions_check CHECK (((user_id IS NULL) <> (operator_id IS NULL)))
);

ALTER TABLE public.sessions OWNER TO pabal_owner;

CREATE FUNCTION app.session_by_hash(wanted bytea, idle interval) RETURNS TABLE(id uuid, user_id uuid, operator_id uuid, tenant_id uuid, role text, expires_at timestamp with time zone, seen_ago interval)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    BEGIN ATOMIC
 SELECT s.id,
     s.user_id,
     s.operator_id,
     m.tenant_id,
     m.role,
     s.expires_at,
     (clock_timestamp() - s.last_seen_at)
    FROM (public.sessions s
      LEFT JOIN (public.members m
      JOIN public.tenants t ON (((t.tenant_id = m.tenant_id) AND (t.state = 'active'::text)))) ON (((m.tenant_id = s.tenant_id) AND (m.user_id = s.user_id) AND (m.state = 'active'::text))))
   WHERE ((s.token_hash = session_by_hash.wanted) AND (s.expires_at > clock_timestamp()) AND (s.last_seen_at > (clock_timestamp() - session_by_hash.idle)));
END;

ALTER FUNCTION app.session_by_hash(wanted bytea, idle interval) OWNER TO pabal_system;

CREATE FUNCTION app.settle_contacts() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET default_statistics_target TO '25'
    AS $$
BEGIN
    PERFORM gin_clean_pending_list('public.contacts_tokens'::regclass);
    -- Autovacuum looks once a minute; a campaign is launched seconds after an import.
    ANALYZE public.contacts, public.identities, public.contact_tags;
END $$;

ALTER FUNCTION app.settle_contacts() OWNER TO pabal_owner;

CREATE FUNCTION app.stale_workers() RETURNS TABLE(owner text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT c.owner
    FROM public.chunks c
   WHERE ((c.state = 'open'::text) AND (c.owner IS NOT NULL) AND (c.lease_until <= clock_timestamp()));
END;

ALTER FUNCTION app.stale_workers() OWNER TO pabal_system;

CREATE FUNCTION app.tenant_id() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    setting text := current_setting('app.tenant', true);
BEGIN
    IF setting IS NULL OR setting = '' THEN
        RAISE EXCEPTION 'no tenant in this transaction: open it with tenant_tx'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN setting::uuid;
END $$;

ALTER FUNCTION app.tenant_id() OWNER TO pabal_owner;

CREATE FUNCTION app.tenants_with_repeats(at_rule_time timestamp with time zone) RETURNS TABLE(tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT q.tenant_id
    FROM (public.automation_queue q
      JOIN public.template_links l ON (((l.tenant_id = q.tenant_id) AND (l.id = q.template_link_id))))
   WHERE ((q.status = 'pending'::text) AND (q.next_run_at <= tenants_with_repeats.at_rule_time) AND l.is_active AND (l.deleted_at IS NULL));
END;

ALTER FUNCTION app.tenants_with_repeats(at_rule_time timestamp with time zone) OWNER TO pabal_system;

CREATE FUNCTION app.uuid7_floor(instant timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((lpad(to_hex(((EXTRACT(epoch FROM instant) * (1000)::numeric))::bigint), 12, '0'::text) || '00000000000000000000'::text))::uuid;

ALTER FUNCTION app.uuid7_floor(instant timestamp with time zone) OWNER TO pabal_owner;

CREATE TABLE app.installation (
    only_row boolean DEFAULT true NOT NULL,
    sending_frozen boolean DEFAULT false NOT NULL,
    frozen_reason text DEFAULT ''::text NOT NULL,
    clock_offset_seconds integer,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);

ALTER TABLE app.installation OWNER TO pabal_owner;

CREATE TABLE app.scheduler_lease (
    name text NOT NULL,
    owner text NOT NULL,
    lease_until timestamp with time zone NOT NULL
);

ALTER TABLE app.scheduler_lease OWNER TO pabal_owner;

CREATE TABLE app.workers (
    owner text NOT NULL,
    host text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    busy integer DEFAULT 0 NOT NULL,
    turns jsonb DEFAULT '{}'::jsonb NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE app.workers OWNER TO pabal_owner;

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

ALTER TABLE public.alembic_version OWNER TO pabal_owner;

CREATE TABLE public.approval_rules (
    tenant_id uuid NOT NULL,
    threshold integer,
    changed_by uuid,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT approval_rules_threshold_check CHECK ((threshold > 0))
);

ALTER TABLE ONLY public.approval_rules FORCE ROW LEVEL SECURITY;

ALTER TABLE public.approval_rules OWNER TO pabal_owner;

CREATE TABLE public.approvals (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    digest text NOT NULL,
    audience integer NOT NULL,
    people uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    rules text[] DEFAULT '{}'::text[] NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    reason text DEFAULT ''::text NOT NULL,
    senders text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT approvals_other_eyes CHECK (((state <> 'approved'::text) OR (decided_by <> requested_by))),
    CONSTRAINT approvals_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'voided'::text])))
);

ALTER TABLE ONLY public.approvals FORCE ROW LEVEL SECURITY;

ALTER TABLE public.approvals OWNER TO pabal_owner;

CREATE TABLE public.attempts (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    seq integer NOT NULL,
    n smallint NOT NULL,
    request_id uuid NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    presumed boolean DEFAULT false NOT NULL,
    code text,
    failure_class text,
    provider_id text,
    text_hash bytea,
    bytes smallint,
    quota_month text,
    quota_state text DEFAULT 'none'::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT attempts_quota_state_check CHECK ((quota_state = ANY (ARRAY['none'::text, 'reserved'::text, 'settled'::text, 'released'::text])))
)
PARTITION BY RANGE (send_id);

ALTER TABLE ONLY public.attempts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.attempts OWNER TO pabal_owner;

CREATE TABLE public.attempts_2026_10 (
    tenant_id uuid CONSTRAINT attempts_tenant_id_not_null NOT NULL,
    send_id uuid CONSTRAINT attempts_send_id_not_null NOT NULL,
    seq integer CONSTRAINT attempts_seq_not_null NOT NULL,
    n smallint CONSTRAINT attempts_n_not_null NOT NULL,
    request_id uuid CONSTRAINT attempts_request_id_not_null NOT NULL,
    channel text CONSTRAINT attempts_channel_not_null NOT NULL,
    state text CONSTRAINT attempts_state_not_null NOT NULL,
    presumed boolean DEFAULT false CONSTRAINT attempts_presumed_not_null NOT NULL,
    code text,
    failure_class text,
    provider_id text,
    text_hash bytea,
    bytes smallint,
    quota_month text,
    quota_state text DEFAULT 'none'::text CONSTRAINT attempts_quota_state_not_null NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() CONSTRAINT attempts_created_at_not_null NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() CONSTRAINT attempts_updated_at_not_null NOT NULL,
    CONSTRAINT attempts_quota_state_check CHECK ((quota_state = ANY (ARRAY['none'::text, 'reserved'::text, 'settled'::text, 'released'::text])))
)
WITH (fillfactor='45');

ALTER TABLE ONLY public.attempts_2026_10 FORCE ROW LEVEL SECURITY;

ALTER TABLE public.attempts_2026_10 OWNER TO pabal_owner;

CREATE TABLE public.attestations (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    version integer NOT NULL,
    capacity text NOT NULL,
    signed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT attestations_capacity_check CHECK ((capacity = ANY (ARRAY['voter'::text, 'assembly_staff'::text])))
);

ALTER TABLE ONLY public.attestations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.attestations OWNER TO pabal_owner;

CREATE TABLE public.audit_log (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    object_kind text DEFAULT ''::text NOT NULL,
    object_id text DEFAULT ''::text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    address bytea,
    CONSTRAINT audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['member'::text, 'api_key'::text, 'operator'::text, 'system'::text])))
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log OWNER TO pabal_owner;

CREATE TABLE public.automation_logs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    template_link_id uuid NOT NULL,
    record_id uuid NOT NULL,
    trigger_type text NOT NULL,
    occasion text NOT NULL,
    repeat_no smallint DEFAULT 0 NOT NULL,
    send_id uuid,
    seq integer,
    reason text DEFAULT ''::text NOT NULL,
    tries integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT automation_logs_check CHECK (((send_id IS NULL) = (seq IS NULL))),
    CONSTRAINT automation_logs_check1 CHECK (((send_id IS NULL) = (reason <> ''::text))),
    CONSTRAINT automation_logs_trigger_type_check CHECK ((trigger_type = ANY (ARRAY['manual'::text, 'auto'::text, 'repeat'::text])))
);

ALTER TABLE ONLY public.automation_logs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.automation_logs OWNER TO pabal_owner;

CREATE TABLE public.broadcast_counts (
    tenant_id uuid NOT NULL,
    candidacy_id uuid NOT NULL,
    no smallint NOT NULL,
    send_id uuid NOT NULL,
    campaign_id uuid,
    title text DEFAULT ''::text NOT NULL,
    people integer NOT NULL,
    text_hash text NOT NULL,
    list_hash text NOT NULL,
    number text NOT NULL,
    receipt text NOT NULL,
    opted_out integer NOT NULL,
    operator_id uuid,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT broadcast_counts_no_check CHECK (((no >= 1) AND (no <= 8)))
);

ALTER TABLE ONLY public.broadcast_counts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast_counts OWNER TO pabal_owner;

CREATE TABLE public.bulk_edit_rows (
    tenant_id uuid NOT NULL,
    edit_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    tags_added jsonb,
    tags_removed jsonb,
    event_id uuid,
    version integer,
    consents uuid[],
    suppressions uuid[]
);

ALTER TABLE ONLY public.bulk_edit_rows FORCE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_edit_rows OWNER TO pabal_owner;

CREATE TABLE public.candidacies (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    election text NOT NULL,
    election_day date NOT NULL,
    office text NOT NULL,
    district text DEFAULT ''::text NOT NULL,
    name bytea NOT NULL,
    status text NOT NULL,
    registered_on date NOT NULL,
    proof text DEFAULT ''::text NOT NULL,
    proof_file bytea,
    proof_name text DEFAULT ''::text NOT NULL,
    proof_kind text DEFAULT ''::text NOT NULL,
    reported_number text DEFAULT ''::text NOT NULL,
    reported_at timestamp with time zone,
    receipt text DEFAULT ''::text NOT NULL,
    refusal text DEFAULT ''::text NOT NULL,
    refusal_tested_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT candidacies_election_check CHECK ((election = ANY (ARRAY['president'::text, 'general'::text, 'local'::text, 'by'::text]))),
    CONSTRAINT candidacies_office_check CHECK ((office = ANY (ARRAY['president'::text, 'assembly'::text, 'governor'::text, 'city'::text, 'county'::text, 'proportional'::text]))),
    CONSTRAINT candidacies_reported_number_check CHECK ((reported_number ~ '^[0-9]*$'::text)),
    CONSTRAINT candidacies_status_check CHECK ((status = ANY (ARRAY['preliminary'::text, 'candidate'::text, 'withdrawn'::text, 'invalid'::text])))
);

ALTER TABLE ONLY public.candidacies FORCE ROW LEVEL SECURITY;

ALTER TABLE public.candidacies OWNER TO pabal_owner;

CREATE TABLE public.clicks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    send_id uuid NOT NULL,
    link_id uuid NOT NULL,
    seq integer,
    ghost uuid,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    class text NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    contact_id uuid,
    CONSTRAINT clicks_check CHECK (((seq IS NULL) = (ghost IS NOT NULL))),
    CONSTRAINT clicks_class_check CHECK ((class = ANY (ARRAY['human'::text, 'bot'::text, 'prefetch'::text])))
);

ALTER TABLE ONLY public.clicks FORCE ROW LEVEL SECURITY;

ALTER TABLE public.clicks OWNER TO pabal_owner;

CREATE TABLE public.consent_notices (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    fact_id uuid NOT NULL,
    how text NOT NULL,
    told_by uuid,
    told_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT consent_notices_how_check CHECK ((how <> ''::text)),
    CONSTRAINT consent_notices_kind_check CHECK ((kind = ANY (ARRAY['consent'::text, 'refusal'::text])))
);

ALTER TABLE ONLY public.consent_notices FORCE ROW LEVEL SECURITY;

ALTER TABLE public.consent_notices OWNER TO pabal_owner;

CREATE TABLE public.consents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    channel text NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    at timestamp with time zone NOT NULL,
    evidence bytea,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    merge_id uuid,
    CONSTRAINT consents_state_check CHECK ((state = ANY (ARRAY['granted'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.consents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.consents OWNER TO pabal_owner;

CREATE TABLE public.contact_activity (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    last_clicked timestamp with time zone
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.contact_activity FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contact_activity OWNER TO pabal_owner;

CREATE TABLE public.contact_notes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    body bytea NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.contact_notes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contact_notes OWNER TO pabal_owner;

CREATE TABLE public.contact_tags (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    tag_id uuid NOT NULL,
    import_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    merge_id uuid
);

ALTER TABLE ONLY public.contact_tags FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contact_tags OWNER TO pabal_owner;

CREATE TABLE public.contacts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    pii bytea,
    tokens integer[] DEFAULT '{}'::integer[] NOT NULL,
    name_key bigint,
    district text DEFAULT ''::text NOT NULL,
    age_band text DEFAULT ''::text NOT NULL,
    basis text NOT NULL,
    source text NOT NULL,
    import_id uuid,
    version integer DEFAULT 1 NOT NULL,
    merged_into uuid,
    erased_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    purposes text[] DEFAULT '{}'::text[] NOT NULL
);
ALTER TABLE ONLY public.contacts ALTER COLUMN pii SET STATISTICS 0;
ALTER TABLE ONLY public.contacts ALTER COLUMN tokens SET STATISTICS 0;

ALTER TABLE ONLY public.contacts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contacts OWNER TO pabal_owner;

CREATE TABLE public.data_requests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    kind text NOT NULL,
    requester text NOT NULL,
    via text NOT NULL,
    note bytea,
    state text DEFAULT 'open'::text NOT NULL,
    outcome jsonb DEFAULT '{}'::jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    done_by uuid,
    done_at timestamp with time zone,
    CONSTRAINT data_requests_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'correct'::text, 'erase'::text, 'stop'::text]))),
    CONSTRAINT data_requests_requester_check CHECK ((requester = ANY (ARRAY['self'::text, 'agent'::text, 'guardian'::text]))),
    CONSTRAINT data_requests_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'refused'::text]))),
    CONSTRAINT data_requests_via_check CHECK ((via = ANY (ARRAY['phone'::text, 'visit'::text, 'letter'::text, 'message'::text, 'other'::text])))
);

ALTER TABLE ONLY public.data_requests FORCE ROW LEVEL SECURITY;

ALTER TABLE public.data_requests OWNER TO pabal_owner;

CREATE TABLE public.duplicate_pairs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_a uuid NOT NULL,
    contact_b uuid NOT NULL,
    reason text NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    import_id uuid,
    merge_id uuid,
    from_merge uuid,
    decided_by uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT duplicate_pairs_check CHECK ((contact_a < contact_b)),
    CONSTRAINT duplicate_pairs_state_check CHECK ((state = ANY (ARRAY['open'::text, 'merged'::text, 'separate'::text, 'shared'::text, 'gone'::text])))
);

ALTER TABLE ONLY public.duplicate_pairs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.duplicate_pairs OWNER TO pabal_owner;

CREATE TABLE public.exports (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    format text NOT NULL,
    selection bytea,
    reason text NOT NULL,
    unmasked boolean NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT exports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text]))),
    CONSTRAINT exports_kind_check CHECK ((kind = 'contacts'::text)),
    CONSTRAINT exports_reason_check CHECK ((char_length(reason) >= 10))
);

ALTER TABLE ONLY public.exports FORCE ROW LEVEL SECURITY;

ALTER TABLE public.exports OWNER TO pabal_owner;

CREATE TABLE public.identities (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    kind text NOT NULL,
    value_key bigint NOT NULL,
    address_key bigint NOT NULL,
    "position" smallint NOT NULL,
    quality text DEFAULT 'ok'::text NOT NULL,
    import_id uuid,
    row_no integer,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT identities_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'kakao'::text]))),
    CONSTRAINT identities_quality_check CHECK ((quality = ANY (ARRAY['ok'::text, 'landline'::text, 'doubtful'::text, 'public'::text])))
);

ALTER TABLE ONLY public.identities FORCE ROW LEVEL SECURITY;

ALTER TABLE public.identities OWNER TO pabal_owner;

CREATE TABLE public.import_rows (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    row_no integer NOT NULL,
    cells bytea,
    outcome text NOT NULL,
    contact_id uuid,
    problems jsonb,
    CONSTRAINT import_rows_outcome_check CHECK ((outcome = ANY (ARRAY['created'::text, 'updated'::text, 'merged'::text, 'unchanged'::text, 'skipped'::text, 'rejected'::text, 'review'::text])))
);

ALTER TABLE ONLY public.import_rows FORCE ROW LEVEL SECURITY;

ALTER TABLE public.import_rows OWNER TO pabal_owner;

CREATE TABLE public.inbound_messages (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    channel text NOT NULL,
    provider_id text NOT NULL,
    from_key bigint,
    pii bytea,
    said_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    opt_out boolean NOT NULL,
    rehearsal boolean NOT NULL,
    unclear boolean DEFAULT false NOT NULL,
    settled_as text,
    settled_by uuid,
    settled_at timestamp with time zone,
    CONSTRAINT inbound_messages_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'lms'::text, 'mms'::text, 'kakao'::text]))),
    CONSTRAINT inbound_messages_settled_as_check CHECK ((settled_as = ANY (ARRAY['refusal'::text, 'other'::text])))
);

ALTER TABLE ONLY public.inbound_messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_messages OWNER TO pabal_owner;

CREATE TABLE public.incidents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    send_id uuid NOT NULL,
    seq integer NOT NULL,
    n smallint NOT NULL,
    kind text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone,
    seen_by uuid,
    CONSTRAINT incidents_kind_check CHECK ((kind = ANY (ARRAY['maybe_twice'::text, 'contradicting_final'::text, 'overlap'::text])))
);

ALTER TABLE ONLY public.incidents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.incidents OWNER TO pabal_owner;

CREATE TABLE public.law_profiles (
    tenant_id uuid NOT NULL,
    sitting boolean DEFAULT false NOT NULL,
    party boolean DEFAULT false NOT NULL,
    election_day date,
    office text,
    people bytea,
    advert_sender text DEFAULT ''::text NOT NULL,
    advert_contact text DEFAULT ''::text NOT NULL,
    advert_refusal text DEFAULT ''::text NOT NULL,
    certificate text DEFAULT ''::text NOT NULL,
    certificate_until date,
    kakao_approval text DEFAULT ''::text NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    areas text[] DEFAULT '{}'::text[] NOT NULL,
    election_day_at timestamp with time zone,
    CONSTRAINT law_profiles_office_check CHECK ((office = ANY (ARRAY['president'::text, 'assembly'::text, 'governor'::text, 'city'::text, 'county'::text, 'proportional'::text])))
);

ALTER TABLE ONLY public.law_profiles FORCE ROW LEVEL SECURITY;

ALTER TABLE public.law_profiles OWNER TO pabal_owner;

CREATE TABLE public.link_guards (
    tenant_id uuid NOT NULL,
    link_id uuid NOT NULL,
    record_id uuid NOT NULL,
    last_at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.link_guards FORCE ROW LEVEL SECURITY;

ALTER TABLE public.link_guards OWNER TO pabal_owner;

CREATE TABLE public.link_settings (
    tenant_id uuid NOT NULL,
    hosts text[] DEFAULT '{}'::text[] NOT NULL,
    days integer DEFAULT 90 NOT NULL,
    CONSTRAINT link_settings_days_check CHECK (((days >= 1) AND (days <= 730)))
);

ALTER TABLE ONLY public.link_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.link_settings OWNER TO pabal_owner;

CREATE TABLE public.login_failures (
    key bytea NOT NULL,
    failures integer NOT NULL,
    first_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone
);

ALTER TABLE public.login_failures OWNER TO pabal_owner;

CREATE TABLE public.merges (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    survivor_id uuid NOT NULL,
    merged_ids uuid[] NOT NULL,
    import_id uuid,
    reason jsonb DEFAULT '{}'::jsonb NOT NULL,
    before bytea,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    undone_at timestamp with time zone
);

ALTER TABLE ONLY public.merges FORCE ROW LEVEL SECURITY;

ALTER TABLE public.merges OWNER TO pabal_owner;

CREATE TABLE public.messages (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    seq integer NOT NULL,
    contact_id uuid,
    address_key bigint,
    address_no smallint DEFAULT 0 NOT NULL,
    state text NOT NULL,
    reason text,
    step smallint DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    snapshot bytea,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    variant smallint,
    contacted_at timestamp with time zone
)
PARTITION BY RANGE (send_id);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages OWNER TO pabal_owner;

CREATE TABLE public.messages_2026_10 (
    tenant_id uuid CONSTRAINT messages_tenant_id_not_null NOT NULL,
    send_id uuid CONSTRAINT messages_send_id_not_null NOT NULL,
    seq integer CONSTRAINT messages_seq_not_null NOT NULL,
    contact_id uuid,
    address_key bigint,
    address_no smallint DEFAULT 0 CONSTRAINT messages_address_no_not_null NOT NULL,
    state text CONSTRAINT messages_state_not_null NOT NULL,
    reason text,
    step smallint DEFAULT 0 CONSTRAINT messages_step_not_null NOT NULL,
    attempts smallint DEFAULT 0 CONSTRAINT messages_attempts_not_null NOT NULL,
    snapshot bytea,
    updated_at timestamp with time zone DEFAULT clock_timestamp() CONSTRAINT messages_updated_at_not_null NOT NULL,
    variant smallint,
    contacted_at timestamp with time zone
)
WITH (fillfactor='33');

ALTER TABLE ONLY public.messages_2026_10 FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages_2026_10 OWNER TO pabal_owner;

CREATE TABLE public.operators (
    id uuid NOT NULL,
    email_key bytea NOT NULL,
    pii bytea NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.operators OWNER TO pabal_owner;

CREATE TABLE public.partitions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    fields jsonb NOT NULL,
    board_field text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT partitions_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.partitions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.partitions OWNER TO pabal_owner;

CREATE TABLE public.password_resets (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.password_resets OWNER TO pabal_owner;

CREATE TABLE public.prices (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    effective_on date NOT NULL,
    won integer,
    set_by uuid,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT prices_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'lms'::text, 'mms'::text, 'alimtalk'::text, 'brand'::text]))),
    CONSTRAINT prices_won_check CHECK ((won >= 0))
);

ALTER TABLE ONLY public.prices FORCE ROW LEVEL SECURITY;

ALTER TABLE public.prices OWNER TO pabal_owner;

CREATE TABLE public.quota_entries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    month text NOT NULL,
    kind text NOT NULL,
    units integer NOT NULL,
    send_id uuid NOT NULL,
    request_id uuid,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT quota_entries_kind_check CHECK ((kind = ANY (ARRAY['reserve'::text, 'settle'::text, 'release'::text]))),
    CONSTRAINT quota_entries_units_check CHECK ((units > 0))
);

ALTER TABLE ONLY public.quota_entries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.quota_entries OWNER TO pabal_owner;

CREATE TABLE public.quota_limits (
    tenant_id uuid NOT NULL,
    monthly_limit bigint NOT NULL,
    ceiling bigint,
    CONSTRAINT quota_limits_ceiling_check CHECK ((ceiling >= 0)),
    CONSTRAINT quota_limits_check CHECK (((ceiling IS NULL) OR (monthly_limit <= ceiling))),
    CONSTRAINT quota_limits_monthly_limit_check CHECK ((monthly_limit >= 0))
);

ALTER TABLE ONLY public.quota_limits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.quota_limits OWNER TO pabal_owner;

CREATE TABLE public.quota_months (
    tenant_id uuid NOT NULL,
    month text NOT NULL,
    monthly_limit bigint NOT NULL,
    used bigint DEFAULT 0 NOT NULL,
    reserved bigint DEFAULT 0 NOT NULL,
    CONSTRAINT quota_months_check CHECK (((used + reserved) <= monthly_limit)),
    CONSTRAINT quota_months_month_check CHECK ((month ~ '^\d{4}-\d{2}$'::text)),
    CONSTRAINT quota_months_reserved_check CHECK ((reserved >= 0)),
    CONSTRAINT quota_months_used_check CHECK ((used >= 0))
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.quota_months FORCE ROW LEVEL SECURITY;

ALTER TABLE public.quota_months OWNER TO pabal_owner;

CREATE TABLE public.quota_notices_seen (
    tenant_id uuid NOT NULL,
    month text NOT NULL,
    monthly_limit bigint NOT NULL,
    percent smallint NOT NULL,
    user_id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT quota_notices_seen_percent_check CHECK ((percent = ANY (ARRAY[70, 90, 100])))
);

ALTER TABLE ONLY public.quota_notices_seen FORCE ROW LEVEL SECURITY;

ALTER TABLE public.quota_notices_seen OWNER TO pabal_owner;

CREATE TABLE public.record_changes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    record_id uuid NOT NULL,
    partition_id uuid NOT NULL,
    kind text NOT NULL,
    fields text[] DEFAULT '{}'::text[] NOT NULL,
    body bytea,
    source text DEFAULT 'api'::text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT record_changes_kind_check CHECK ((kind = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text]))),
    CONSTRAINT record_changes_source_check CHECK ((source = ANY (ARRAY['api'::text, 'import'::text])))
);

ALTER TABLE ONLY public.record_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.record_changes OWNER TO pabal_owner;

CREATE TABLE public.records (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    partition_id uuid NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    pii bytea,
    keys bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    tokens integer[] DEFAULT '{}'::integer[] NOT NULL,
    filled text[] DEFAULT '{}'::text[] NOT NULL,
    contact_id uuid,
    address_key bigint,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    deleted_at timestamp with time zone
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.records FORCE ROW LEVEL SECURITY;

ALTER TABLE public.records OWNER TO pabal_owner;

CREATE TABLE public.rule_settings (
    tenant_id uuid NOT NULL,
    rule text NOT NULL,
    level text NOT NULL,
    reason text NOT NULL,
    set_by uuid,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT rule_settings_level_check CHECK ((level = ANY (ARRAY['block'::text, 'hold'::text, 'warn'::text, 'label'::text, 'ok'::text]))),
    CONSTRAINT rule_settings_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY public.rule_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rule_settings OWNER TO pabal_owner;

CREATE TABLE public.rule_verdicts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    stage text NOT NULL,
    rule text NOT NULL,
    version integer NOT NULL,
    level text NOT NULL,
    message text NOT NULL,
    campaign_id uuid,
    actor_id uuid,
    CONSTRAINT rule_verdicts_stage_check CHECK ((stage = ANY (ARRAY['launch'::text, 'schedule'::text, 'claim'::text, 'list'::text, 'purge'::text])))
);

ALTER TABLE ONLY public.rule_verdicts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rule_verdicts OWNER TO pabal_owner;

CREATE TABLE public.segments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    filter jsonb,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    definition bytea,
    description text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    counted integer,
    counted_relation text DEFAULT 'eq'::text NOT NULL,
    counted_at timestamp with time zone,
    CONSTRAINT segments_check CHECK (((filter IS NOT NULL) OR (definition IS NOT NULL))),
    CONSTRAINT segments_counted_relation_check CHECK ((counted_relation = ANY (ARRAY['eq'::text, 'gte'::text])))
);

ALTER TABLE ONLY public.segments FORCE ROW LEVEL SECURITY;

ALTER TABLE public.segments OWNER TO pabal_owner;

CREATE TABLE public.send_counters (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    shard smallint NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    n bigint NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.send_counters FORCE ROW LEVEL SECURITY;

ALTER TABLE public.send_counters OWNER TO pabal_owner;

CREATE TABLE public.send_marks (
    tenant_id uuid NOT NULL,
    send_id uuid NOT NULL,
    mark jsonb NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.send_marks FORCE ROW LEVEL SECURITY;

ALTER TABLE public.send_marks OWNER TO pabal_owner;

CREATE TABLE public.senders (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    account_id uuid NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT senders_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'kakao'::text]))),
    CONSTRAINT senders_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'registered'::text, 'rejected'::text, 'stopped'::text])))
);

ALTER TABLE ONLY public.senders FORCE ROW LEVEL SECURITY;

ALTER TABLE public.senders OWNER TO pabal_owner;

CREATE TABLE public.setup_steps (
    tenant_id uuid NOT NULL,
    step text NOT NULL,
    state text NOT NULL,
    changed_by uuid,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT setup_steps_state_check CHECK ((state = ANY (ARRAY['todo'::text, 'done'::text, 'skipped'::text]))),
    CONSTRAINT setup_steps_step_check CHECK ((step = ANY (ARRAY['recovery_key'::text, 'address'::text, 'carrier'::text, 'sender'::text, 'candidacy'::text])))
);

ALTER TABLE ONLY public.setup_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE public.setup_steps OWNER TO pabal_owner;

CREATE TABLE public.suppressions (
    tenant_id uuid NOT NULL,
    address_key bigint NOT NULL,
    kind text NOT NULL,
    channel text DEFAULT 'all'::text NOT NULL,
    id uuid NOT NULL,
    reason text NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    bulk_edits uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT suppressions_channel_check CHECK ((channel = ANY (ARRAY['all'::text, 'sms'::text, 'alimtalk'::text, 'brand'::text, 'email'::text]))),
    CONSTRAINT suppressions_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'kakao'::text])))
);

ALTER TABLE ONLY public.suppressions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.suppressions OWNER TO pabal_owner;

CREATE TABLE public.tags (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    sensitive boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT tags_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.tags FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tags OWNER TO pabal_owner;

CREATE TABLE public.template_versions (
    tenant_id uuid NOT NULL,
    template_id uuid NOT NULL,
    version integer NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    buttons jsonb NOT NULL,
    emphasis jsonb NOT NULL,
    missing_policy text NOT NULL,
    defaults jsonb NOT NULL,
    formats jsonb NOT NULL,
    source text DEFAULT 'edit'::text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT template_versions_source_check CHECK ((source = ANY (ARRAY['edit'::text, 'carrier'::text])))
);

ALTER TABLE ONLY public.template_versions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.template_versions OWNER TO pabal_owner;

CREATE TABLE public.templates (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    channel text NOT NULL,
    name text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    body text NOT NULL,
    buttons jsonb DEFAULT '[]'::jsonb NOT NULL,
    variables text[] DEFAULT '{}'::text[] NOT NULL,
    state text NOT NULL,
    carrier_state text DEFAULT ''::text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    sender_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    folder text DEFAULT ''::text NOT NULL,
    missing_policy text DEFAULT 'skip'::text NOT NULL,
    defaults jsonb DEFAULT '{}'::jsonb NOT NULL,
    formats jsonb DEFAULT '{}'::jsonb NOT NULL,
    emphasis jsonb DEFAULT '{}'::jsonb NOT NULL,
    message_type text DEFAULT 'BA'::text NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    archived_at timestamp with time zone,
    updated_by uuid,
    CONSTRAINT templates_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'lms'::text, 'alimtalk'::text]))),
    CONSTRAINT templates_message_type_check CHECK ((message_type = ANY (ARRAY['BA'::text, 'EX'::text, 'AD'::text, 'MI'::text]))),
    CONSTRAINT templates_missing_policy_check CHECK ((missing_policy = ANY (ARRAY['skip'::text, 'default'::text, 'stop'::text]))),
    CONSTRAINT templates_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'rejected'::text, 'stopped'::text])))
);

ALTER TABLE ONLY public.templates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.templates OWNER TO pabal_owner;

CREATE TABLE public.users (
    id uuid NOT NULL,
    email_key bytea NOT NULL,
    pii bytea NOT NULL,
    password_hash text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.users OWNER TO pabal_owner;

CREATE TABLE public.variant_decisions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    action text NOT NULL,
    keys text[] NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    figures jsonb NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT variant_decisions_action_check CHECK ((action = ANY (ARRAY['add'::text, 'retire'::text, 'replace'::text])))
);

ALTER TABLE ONLY public.variant_decisions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.variant_decisions OWNER TO pabal_owner;

ALTER TABLE ONLY public.attempts ATTACH PARTITION public.attempts_2026_10 FOR VALUES FROM ('01a0f4c2-c400-0000-0000-000000000000') TO ('01a19467-e800-0000-0000-000000000000');

ALTER TABLE ONLY public.messages ATTACH PARTITION public.messages_2026_10 FOR VALUES FROM ('01a0f4c2-c400-0000-0000-000000000000') TO ('01a19467-e800-0000-0000-000000000000');

ALTER TABLE ONLY app.gone_workers
    ADD CONSTRAINT gone_workers_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY app.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY app.scheduler_lease
    ADD CONSTRAINT scheduler_lease_pkey PRIMARY KEY (name);

ALTER TABLE ONLY app.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.approval_rules
    ADD CONSTRAINT approval_rules_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (tenant_id, send_id, seq, n);

ALTER TABLE ONLY public.attempts_2026_10
    ADD CONSTRAINT attempts_2026_10_pkey PRIMARY KEY (tenant_id, send_id, seq, n);

ALTER TABLE ONLY public.attestations
    ADD CONSTRAINT attestations_pkey PRIMARY KEY (tenant_id, user_id, version);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.automation_logs
    ADD CONSTRAINT automation_logs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.automation_queue
    ADD CONSTRAINT automation_queue_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.broadcast_counts
    ADD CONSTRAINT broadcast_counts_pkey PRIMARY KEY (tenant_id, candidacy_id, no);

ALTER TABLE ONLY public.broadcast_counts
    ADD CONSTRAINT broadcast_counts_tenant_id_send_id_key UNIQUE (tenant_id, send_id);

ALTER TABLE ONLY public.bulk_edit_rows
    ADD CONSTRAINT bulk_edit_rows_pkey PRIMARY KEY (tenant_id, edit_id, contact_id);

ALTER TABLE ONLY public.bulk_edits
    ADD CONSTRAINT bulk_edits_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.candidacies
    ADD CONSTRAINT candidacies_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.candidacies
    ADD CONSTRAINT candidacies_tenant_id_election_day_key UNIQUE (tenant_id, election_day);

ALTER TABLE ONLY public.carrier_accounts
    ADD CONSTRAINT carrier_accounts_hook_token_hash_key UNIQUE (hook_token_hash);

ALTER TABLE ONLY public.carrier_accounts
    ADD CONSTRAINT carrier_accounts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.chunks
    ADD CONSTRAINT chunks_pkey PRIMARY KEY (tenant_id, send_id, no);

ALTER TABLE ONLY public.clicks
    ADD CONSTRAINT clicks_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.consent_notices
    ADD CONSTRAINT consent_notices_pkey PRIMARY KEY (tenant_id, kind, fact_id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contact_activity
    ADD CONSTRAINT contact_activity_pkey PRIMARY KEY (tenant_id, contact_id);

ALTER TABLE ONLY public.contact_notes
    ADD CONSTRAINT contact_notes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contact_tags
    ADD CONSTRAINT contact_tags_pkey PRIMARY KEY (tenant_id, tag_id, contact_id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.data_requests
    ADD CONSTRAINT data_requests_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.duplicate_pairs
    ADD CONSTRAINT duplicate_pairs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.duplicate_pairs
    ADD CONSTRAINT duplicate_pairs_tenant_id_contact_a_contact_b_key UNIQUE (tenant_id, contact_a, contact_b);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (tenant_id, contact_id, value_key);

ALTER TABLE ONLY public.import_files
    ADD CONSTRAINT import_files_pkey PRIMARY KEY (tenant_id, import_id, part);

ALTER TABLE ONLY public.import_rows
    ADD CONSTRAINT import_rows_pkey PRIMARY KEY (tenant_id, import_id, row_no);

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_tenant_id_account_id_provider_id_key UNIQUE (tenant_id, account_id, provider_id);

ALTER TABLE ONLY public.incidents
    ADD CONSTRAINT incidents_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.incidents
    ADD CONSTRAINT incidents_tenant_id_send_id_seq_n_kind_key UNIQUE (tenant_id, send_id, seq, n, kind);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.law_profiles
    ADD CONSTRAINT law_profiles_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.link_guards
    ADD CONSTRAINT link_guards_pkey PRIMARY KEY (tenant_id, link_id, record_id);

ALTER TABLE ONLY public.link_settings
    ADD CONSTRAINT link_settings_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_tenant_id_send_id_key_key UNIQUE (tenant_id, send_id, key);

ALTER TABLE ONLY public.login_failures
    ADD CONSTRAINT login_failures_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.merges
    ADD CONSTRAINT merges_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, send_id, seq);

ALTER TABLE ONLY public.messages_2026_10
    ADD CONSTRAINT messages_2026_10_pkey PRIMARY KEY (tenant_id, send_id, seq);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_email_key_key UNIQUE (email_key);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.opt_out_pages
    ADD CONSTRAINT opt_out_pages_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.opt_out_pages
    ADD CONSTRAINT opt_out_pages_token_key UNIQUE (token);

ALTER TABLE ONLY public.partitions
    ADD CONSTRAINT partitions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_pkey PRIMARY KEY (tenant_id, channel, effective_on);

ALTER TABLE ONLY public.quota_entries
    ADD CONSTRAINT quota_entries_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.quota_limits
    ADD CONSTRAINT quota_limits_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.quota_months
    ADD CONSTRAINT quota_months_pkey PRIMARY KEY (tenant_id, month);

ALTER TABLE ONLY public.quota_notices_seen
    ADD CONSTRAINT quota_notices_seen_pkey PRIMARY KEY (tenant_id, month, monthly_limit, percent, user_id);

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.record_changes
    ADD CONSTRAINT record_changes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.record_outbox
    ADD CONSTRAINT record_outbox_pkey PRIMARY KEY (tenant_id, change_id);

ALTER TABLE ONLY public.records
    ADD CONSTRAINT records_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_pkey PRIMARY KEY (tenant_id, send_id, id);

ALTER TABLE ONLY public.retention_plans
    ADD CONSTRAINT retention_plans_pkey PRIMARY KEY (tenant_id, election_day);

ALTER TABLE ONLY public.retries
    ADD CONSTRAINT retries_pkey PRIMARY KEY (tenant_id, send_id, seq);

ALTER TABLE ONLY public.rule_settings
    ADD CONSTRAINT rule_settings_pkey PRIMARY KEY (tenant_id, rule);

ALTER TABLE ONLY public.rule_verdicts
    ADD CONSTRAINT rule_verdicts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.send_counters
    ADD CONSTRAINT send_counters_pkey PRIMARY KEY (tenant_id, send_id, shard, state, reason);

ALTER TABLE ONLY public.send_marks
    ADD CONSTRAINT send_marks_pkey PRIMARY KEY (tenant_id, send_id);

ALTER TABLE ONLY public.senders
    ADD CONSTRAINT senders_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.senders
    ADD CONSTRAINT senders_tenant_id_kind_value_account_id_key UNIQUE (tenant_id, kind, value, account_id);

ALTER TABLE ONLY public.sends
    ADD CONSTRAINT sends_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_id_key UNIQUE (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.setup_steps
    ADD CONSTRAINT setup_steps_pkey PRIMARY KEY (tenant_id, step);

ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT suppressions_pkey PRIMARY KEY (tenant_id, address_key, kind, channel);

ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT suppressions_tenant_id_id_key UNIQUE (tenant_id, id);

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.template_links
    ADD CONSTRAINT template_links_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.template_versions
    ADD CONSTRAINT template_versions_pkey PRIMARY KEY (tenant_id, template_id, version);

ALTER TABLE ONLY public.templates
    ADD CONSTRAINT templates_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key_key UNIQUE (email_key);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.variant_decisions
    ADD CONSTRAINT variant_decisions_pkey PRIMARY KEY (tenant_id, id);

CREATE INDEX approvals_by_campaign ON public.approvals USING btree (tenant_id, campaign_id, id);

CREATE UNIQUE INDEX approvals_one_open ON public.approvals USING btree (tenant_id, campaign_id) WHERE (state = ANY (ARRAY['pending'::text, 'approved'::text]));

CREATE INDEX automation_logs_by_link ON public.automation_logs USING btree (tenant_id, template_link_id, id);

CREATE INDEX automation_logs_by_record ON public.automation_logs USING btree (tenant_id, record_id, id);

CREATE UNIQUE INDEX automation_logs_once ON public.automation_logs USING btree (tenant_id, template_link_id, record_id, occasion);

CREATE INDEX automation_queue_by_record ON public.automation_queue USING btree (tenant_id, record_id);

CREATE INDEX automation_queue_due ON public.automation_queue USING btree (tenant_id, next_run_at) WHERE (status = 'pending'::text);

CREATE UNIQUE INDEX automation_queue_one_pending ON public.automation_queue USING btree (tenant_id, template_link_id, record_id) WHERE (status = 'pending'::text);

CREATE INDEX bulk_edit_rows_by_contact ON public.bulk_edit_rows USING btree (tenant_id, contact_id) WHERE ((tags_added IS NOT NULL) OR (tags_removed IS NOT NULL));

CREATE INDEX bulk_edits_open ON public.bulk_edits USING btree (starts_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text, 'undoing'::text]));

CREATE INDEX campaigns_due ON public.campaigns USING btree (due_at) WHERE (state = 'scheduled'::text);

CREATE INDEX chunks_due ON public.chunks USING btree (tenant_id, send_id, step, due_at, no) WHERE (state = 'open'::text);

CREATE INDEX chunks_leased ON public.chunks USING btree (lease_until) WHERE ((state = 'open'::text) AND (owner IS NOT NULL));

CREATE INDEX clicks_by_contact ON public.clicks USING btree (tenant_id, contact_id, at) WHERE (contact_id IS NOT NULL);

CREATE INDEX clicks_by_send ON public.clicks USING btree (tenant_id, send_id, seq);

CREATE INDEX consents_by_contact ON public.consents USING btree (tenant_id, contact_id, channel, purpose, at DESC, id DESC) INCLUDE (state);

CREATE INDEX consents_by_merge ON public.consents USING btree (tenant_id, merge_id) WHERE (merge_id IS NOT NULL);

CREATE INDEX contact_notes_by_contact ON public.contact_notes USING btree (tenant_id, contact_id, created_at);

CREATE INDEX contact_tags_by_contact ON public.contact_tags USING btree (tenant_id, contact_id);

CREATE INDEX contact_tags_by_merge ON public.contact_tags USING btree (tenant_id, merge_id) WHERE (merge_id IS NOT NULL);

CREATE INDEX contacts_by_district ON public.contacts USING btree (tenant_id, district, id) WHERE ((merged_into IS NULL) AND (erased_at IS NULL));

CREATE INDEX contacts_by_import ON public.contacts USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);

CREATE INDEX contacts_by_name ON public.contacts USING btree (tenant_id, name_key) WHERE (name_key IS NOT NULL);

CREATE INDEX contacts_by_survivor ON public.contacts USING btree (tenant_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX contacts_by_update ON public.contacts USING btree (tenant_id, updated_at, id) WHERE ((merged_into IS NULL) AND (erased_at IS NULL));

CREATE INDEX contacts_living ON public.contacts USING btree (tenant_id, id) INCLUDE (age_band, district) WHERE ((merged_into IS NULL) AND (erased_at IS NULL));

CREATE INDEX contacts_merged ON public.contacts USING btree (tenant_id, id) WHERE (merged_into IS NOT NULL);

CREATE INDEX contacts_tokens ON public.contacts USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='65536');

CREATE INDEX data_requests_by_contact ON public.data_requests USING btree (tenant_id, contact_id, created_at);

CREATE INDEX data_requests_open ON public.data_requests USING btree (tenant_id, due_at) WHERE (state = 'open'::text);

CREATE INDEX duplicate_pairs_by_b ON public.duplicate_pairs USING btree (tenant_id, contact_b);

CREATE INDEX duplicate_pairs_decided ON public.duplicate_pairs USING btree (tenant_id, decided_at) WHERE (decided_at IS NOT NULL);

CREATE INDEX duplicate_pairs_open ON public.duplicate_pairs USING btree (tenant_id, reason, id) WHERE (state = 'open'::text);

CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX identities_by_address ON public.identities USING btree (tenant_id, address_key);

CREATE INDEX identities_by_value ON public.identities USING btree (tenant_id, value_key);

CREATE INDEX import_rows_by_contact ON public.import_rows USING btree (tenant_id, contact_id);

CREATE INDEX imports_made_up ON public.imports USING btree (tenant_id, id) WHERE ((made_up > 0) AND (made_up_at IS NULL));

CREATE INDEX imports_running ON public.imports USING btree (lease_until) WHERE (state = 'running'::text);

CREATE INDEX imports_to_undo ON public.imports USING btree (undo_asked_at) WHERE ((undo_asked_at IS NOT NULL) AND (state <> 'undone'::text));

CREATE INDEX inbound_messages_by_sender ON public.inbound_messages USING btree (tenant_id, from_key, id);

CREATE INDEX inbound_messages_unclear ON public.inbound_messages USING btree (tenant_id, id) WHERE (unclear AND (settled_at IS NULL));

CREATE INDEX incidents_unseen ON public.incidents USING btree (tenant_id, id) WHERE (seen_at IS NULL);

CREATE INDEX jobs_open ON public.jobs USING btree (lease_until) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE UNIQUE INDEX links_no ON public.links USING btree (no);

CREATE INDEX members_by_user ON public.members USING btree (user_id);

CREATE INDEX merges_by_import ON public.merges USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);

CREATE INDEX merges_by_survivor ON public.merges USING btree (tenant_id, survivor_id, created_at);

CREATE UNIQUE INDEX messages_once_per_address ON ONLY public.messages USING btree (tenant_id, address_key, send_id) WHERE (address_key IS NOT NULL);

CREATE UNIQUE INDEX messages_2026_10_tenant_id_address_key_send_id_idx ON public.messages_2026_10 USING btree (tenant_id, address_key, send_id) WHERE (address_key IS NOT NULL);

CREATE UNIQUE INDEX messages_once_per_contact ON ONLY public.messages USING btree (tenant_id, contact_id, send_id) WHERE (contact_id IS NOT NULL);

CREATE UNIQUE INDEX messages_2026_10_tenant_id_contact_id_send_id_idx ON public.messages_2026_10 USING btree (tenant_id, contact_id, send_id) WHERE (contact_id IS NOT NULL);

CREATE UNIQUE INDEX partitions_name ON public.partitions USING btree (tenant_id, name) WHERE (deleted_at IS NULL);

CREATE INDEX password_resets_by_user ON public.password_resets USING btree (user_id);

CREATE INDEX quota_entries_by_month ON public.quota_entries USING btree (tenant_id, month, id);

CREATE INDEX quota_entries_by_month_and_send ON public.quota_entries USING btree (tenant_id, month, send_id);

CREATE INDEX quota_entries_by_send ON public.quota_entries USING btree (tenant_id, send_id);

CREATE INDEX receipts_due ON public.receipts USING btree (due_at) WHERE (state = ANY (ARRAY['new'::text, 'waiting'::text]));

CREATE INDEX record_changes_by_partition ON public.record_changes USING btree (tenant_id, partition_id, at);

CREATE INDEX record_changes_by_record ON public.record_changes USING btree (tenant_id, record_id, id);

CREATE INDEX records_by_contact ON public.records USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX records_by_partition ON public.records USING btree (tenant_id, partition_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX requests_by_account ON public.requests USING btree (tenant_id, account_id, created_at);

CREATE INDEX requests_by_chunk ON public.requests USING btree (tenant_id, send_id, chunk_no);

CREATE INDEX requests_by_provider ON public.requests USING btree (tenant_id, account_id, provider_id) WHERE (provider_id IS NOT NULL);

CREATE INDEX requests_open ON public.requests USING btree (tenant_id, send_id, chunk_no) WHERE (state = ANY (ARRAY['planned'::text, 'calling'::text]));

CREATE INDEX requests_to_poll ON public.requests USING btree (poll_after) WHERE (poll_after IS NOT NULL);

CREATE INDEX retention_plans_open ON public.retention_plans USING btree (tenant_id) WHERE (state = 'approved'::text);

CREATE INDEX retries_due ON public.retries USING btree (due_at);

CREATE INDEX send_counters_uncertain ON public.send_counters USING btree (tenant_id, send_id) WHERE (state = 'uncertain'::text);

CREATE INDEX sends_by_campaign ON public.sends USING btree (tenant_id, campaign_id);

CREATE INDEX sends_live ON public.sends USING btree (created_at) WHERE (finished_at IS NULL);

CREATE INDEX sends_values_of ON public.sends USING btree (tenant_id, values_of) WHERE (values_of IS NOT NULL);

CREATE INDEX sessions_by_end ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);

CREATE INDEX template_links_by_partition ON public.template_links USING btree (tenant_id, partition_id) WHERE (deleted_at IS NULL);

CREATE INDEX variant_decisions_by_campaign ON public.variant_decisions USING btree (tenant_id, campaign_id, id);

ALTER INDEX public.attempts_pkey ATTACH PARTITION public.attempts_2026_10_pkey;

ALTER INDEX public.messages_pkey ATTACH PARTITION public.messages_2026_10_pkey;

ALTER INDEX public.messages_once_per_address ATTACH PARTITION public.messages_2026_10_tenant_id_address_key_send_id_idx;

ALTER INDEX public.messages_once_per_contact ATTACH PARTITION public.messages_2026_10_tenant_id_contact_id_send_id_idx;

CREATE TRIGGER forget_copies AFTER UPDATE OF erased_at ON public.contacts FOR EACH ROW WHEN (((new.erased_at IS NOT NULL) AND (current_setting('pabal.copies_forgotten'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION app.forget_copies();

CREATE TRIGGER forget_records AFTER UPDATE OF erased_at ON public.contacts FOR EACH ROW WHEN (((new.erased_at IS NOT NULL) AND (current_setting('pabal.records_forgotten'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION app.forget_records();

CREATE TRIGGER forget_words AFTER UPDATE OF erased_at ON public.contacts FOR EACH ROW WHEN (((new.erased_at IS NOT NULL) AND (old.erased_at IS NULL) AND (current_setting('pabal.copies_forgotten'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION app.forget_words();

CREATE TRIGGER name_clicker BEFORE INSERT OR UPDATE OF seq ON public.clicks FOR EACH ROW EXECUTE FUNCTION app.name_clicker();

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.approval_rules
    ADD CONSTRAINT approval_rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_tenant_id_campaign_id_fkey FOREIGN KEY (tenant_id, campaign_id) REFERENCES public.campaigns(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.attestations
    ADD CONSTRAINT attestations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.broadcast_counts
    ADD CONSTRAINT broadcast_counts_tenant_id_candidacy_id_fkey FOREIGN KEY (tenant_id, candidacy_id) REFERENCES public.candidacies(tenant_id, id);

ALTER TABLE ONLY public.bulk_edits
    ADD CONSTRAINT bulk_edits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.candidacies
    ADD CONSTRAINT candidacies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.carrier_accounts
    ADD CONSTRAINT carrier_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.chunks
    ADD CONSTRAINT chunks_tenant_id_send_id_fkey FOREIGN KEY (tenant_id, send_id) REFERENCES public.sends(tenant_id, id);

ALTER TABLE ONLY public.clicks
    ADD CONSTRAINT clicks_tenant_id_link_id_fkey FOREIGN KEY (tenant_id, link_id) REFERENCES public.links(tenant_id, id);

ALTER TABLE ONLY public.consent_notices
    ADD CONSTRAINT consent_notices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.import_files
    ADD CONSTRAINT import_files_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES public.imports(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.carrier_accounts(tenant_id, id);

ALTER TABLE ONLY public.inbound_messages
    ADD CONSTRAINT inbound_messages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.law_profiles
    ADD CONSTRAINT law_profiles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.link_settings
    ADD CONSTRAINT link_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_tenant_id_send_id_fkey FOREIGN KEY (tenant_id, send_id) REFERENCES public.sends(tenant_id, id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.opt_out_pages
    ADD CONSTRAINT opt_out_pages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.partitions
    ADD CONSTRAINT partitions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.quota_limits
    ADD CONSTRAINT quota_limits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.quota_months
    ADD CONSTRAINT quota_months_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.quota_notices_seen
    ADD CONSTRAINT quota_notices_seen_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.quota_notices_seen
    ADD CONSTRAINT quota_notices_seen_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.requests
    ADD CONSTRAINT requests_tenant_id_send_id_chunk_no_fkey FOREIGN KEY (tenant_id, send_id, chunk_no) REFERENCES public.chunks(tenant_id, send_id, no);

ALTER TABLE ONLY public.retention_plans
    ADD CONSTRAINT retention_plans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.rule_settings
    ADD CONSTRAINT rule_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.rule_verdicts
    ADD CONSTRAINT rule_verdicts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.send_marks
    ADD CONSTRAINT send_marks_tenant_id_send_id_fkey FOREIGN KEY (tenant_id, send_id) REFERENCES public.sends(tenant_id, id);

ALTER TABLE ONLY public.senders
    ADD CONSTRAINT senders_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.carrier_accounts(tenant_id, id);

ALTER TABLE ONLY public.senders
    ADD CONSTRAINT senders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sends
    ADD CONSTRAINT sends_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.operators(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.setup_steps
    ADD CONSTRAINT setup_steps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT suppressions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.template_links
    ADD CONSTRAINT template_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.template_links
    ADD CONSTRAINT template_links_tenant_id_partition_id_fkey FOREIGN KEY (tenant_id, partition_id) REFERENCES public.partitions(tenant_id, id);

ALTER TABLE ONLY public.template_links
    ADD CONSTRAINT template_links_tenant_id_template_id_fkey FOREIGN KEY (tenant_id, template_id) REFERENCES public.templates(tenant_id, id);

ALTER TABLE ONLY public.template_versions
    ADD CONSTRAINT template_versions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.template_versions
    ADD CONSTRAINT template_versions_tenant_id_template_id_fkey FOREIGN KEY (tenant_id, template_id) REFERENCES public.templates(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.templates
    ADD CONSTRAINT templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.variant_decisions
    ADD CONSTRAINT variant_decisions_tenant_id_campaign_id_fkey FOREIGN KEY (tenant_id, campaign_id) REFERENCES public.campaigns(tenant_id, id);

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approval_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approvals ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attempts_2026_10 ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attestations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.automation_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.automation_queue ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.broadcast_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_edit_rows ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_edits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaigns ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.candidacies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.carrier_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chunks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.clicks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consent_notices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_activity ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_notes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.data_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.duplicate_pairs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.exports ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identities ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_files ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_rows ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.imports ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbound_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.incidents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.law_profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.link_guards ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.link_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.merges ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages_2026_10 ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.opt_out_pages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.partitions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.prices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quota_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quota_limits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quota_months ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quota_notices_seen ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.receipts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.record_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.record_outbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.records ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.retention_plans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.retries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rule_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rule_verdicts ENABLE ROW LEVEL SECURITY;

CREATE POLICY search_reads ON public.contacts FOR SELECT TO pabal_search USING (true);

ALTER TABLE public.segments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.send_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.send_marks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.senders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sends ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.setup_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.suppressions ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_reads ON public.api_keys FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.automation_queue FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.bulk_edits FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.campaigns FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.carrier_accounts FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.chunks FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.idempotency_keys FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.import_files FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.imports FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.invitations FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.jobs FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.links FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.members FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.opt_out_pages FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.receipts FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.record_outbox FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.requests FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.retention_plans FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.retries FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.sends FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.template_links FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_reads ON public.tenants FOR SELECT TO pabal_system USING (true);

CREATE POLICY system_writes ON public.chunks FOR UPDATE TO pabal_system USING (true);

CREATE POLICY system_writes ON public.imports FOR UPDATE TO pabal_system USING (true);

ALTER TABLE public.tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.template_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.template_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.templates ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_wall ON public.api_keys TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.approval_rules TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.approvals TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.attempts TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.attempts_2026_10 TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.attestations TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.audit_log TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.automation_logs TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.automation_queue TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.broadcast_counts TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.bulk_edit_rows TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.bulk_edits TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.campaigns TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.candidacies TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.carrier_accounts TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.chunks TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.clicks TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.consent_notices TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.consents TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.contact_activity TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.contact_notes TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.contact_tags TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.contacts TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.data_requests TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.duplicate_pairs TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.exports TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.idempotency_keys TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.identities TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.import_files TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.import_rows TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.imports TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.inbound_messages TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.incidents TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.invitations TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.jobs TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.law_profiles TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.link_guards TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.link_settings TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.links TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.members TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.merges TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.messages TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.messages_2026_10 TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.opt_out_pages TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.partitions TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.prices TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.quota_entries TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.quota_limits TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.quota_months TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.quota_notices_seen TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.receipts TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.record_changes TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.record_outbox TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.records TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.requests TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.retention_plans TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.retries TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.rule_settings TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.rule_verdicts TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.segments TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.send_counters TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.send_marks TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.senders TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.sends TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.setup_steps TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.suppressions TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.tags TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.template_links TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.template_versions TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.templates TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.tenants TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY tenant_wall ON public.variant_decisions TO pabal_owner, pabal_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.variant_decisions ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app TO pabal_app;
GRANT ALL ON SCHEMA app TO pabal_search;
GRANT ALL ON SCHEMA app TO pabal_system;

GRANT USAGE ON SCHEMA extensions TO PUBLIC;
GRANT USAGE ON SCHEMA extensions TO pabal_owner;
GRANT USAGE ON SCHEMA extensions TO pabal_app;
GRANT USAGE ON SCHEMA extensions TO pabal_search;
GRANT USAGE ON SCHEMA extensions TO pabal_system;

GRANT USAGE ON SCHEMA public TO pabal_app;
GRANT USAGE ON SCHEMA public TO pabal_search;
GRANT USAGE ON SCHEMA public TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.carrier_accounts TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.carrier_accounts TO pabal_system;

GRANT SELECT(id) ON TABLE public.carrier_accounts TO pabal_system;

GRANT SELECT(carrier) ON TABLE public.carrier_accounts TO pabal_system;

GRANT SELECT(hook_token_hash) ON TABLE public.carrier_accounts TO pabal_system;

GRANT SELECT(sandbox) ON TABLE public.carrier_accounts TO pabal_system;

GRANT SELECT(state) ON TABLE public.carrier_accounts TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_keys TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.api_keys TO pabal_system;

GRANT SELECT(id) ON TABLE public.api_keys TO pabal_system;

GRANT SELECT(key_hash) ON TABLE public.api_keys TO pabal_system;

GRANT SELECT(scopes) ON TABLE public.api_keys TO pabal_system;

GRANT SELECT(last_used_at) ON TABLE public.api_keys TO pabal_system;

GRANT SELECT(revoked_at) ON TABLE public.api_keys TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenants TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.tenants TO pabal_system;

GRANT SELECT(name) ON TABLE public.tenants TO pabal_system;

GRANT SELECT(kind) ON TABLE public.tenants TO pabal_system;

GRANT SELECT(state) ON TABLE public.tenants TO pabal_system;

GRANT SELECT(created_at) ON TABLE public.tenants TO pabal_system;

GRANT SELECT,INSERT ON TABLE public.opt_out_pages TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.opt_out_pages TO pabal_system;

GRANT SELECT(token) ON TABLE public.opt_out_pages TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.requests TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.requests TO pabal_system;

GRANT SELECT(send_id) ON TABLE public.requests TO pabal_system;

GRANT SELECT(id) ON TABLE public.requests TO pabal_system;

GRANT SELECT(chunk_no) ON TABLE public.requests TO pabal_system;

GRANT SELECT(account_id) ON TABLE public.requests TO pabal_system;

GRANT SELECT(state) ON TABLE public.requests TO pabal_system;

GRANT SELECT(owner) ON TABLE public.requests TO pabal_system;

GRANT SELECT(asked) ON TABLE public.requests TO pabal_system;

GRANT SELECT(poll_after) ON TABLE public.requests TO pabal_system;

GRANT SELECT(created_at) ON TABLE public.requests TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.campaigns TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.campaigns TO pabal_system;

GRANT SELECT(id) ON TABLE public.campaigns TO pabal_system;

GRANT SELECT(state) ON TABLE public.campaigns TO pabal_system;

GRANT SELECT(due_at) ON TABLE public.campaigns TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.chunks TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.chunks TO pabal_system;

GRANT SELECT(send_id) ON TABLE public.chunks TO pabal_system;

GRANT SELECT(no) ON TABLE public.chunks TO pabal_system;

GRANT SELECT(state) ON TABLE public.chunks TO pabal_system;

GRANT SELECT(owner) ON TABLE public.chunks TO pabal_system;

GRANT SELECT(lease_until),UPDATE(lease_until) ON TABLE public.chunks TO pabal_system;

GRANT SELECT(due_at),UPDATE(due_at) ON TABLE public.chunks TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.imports TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.imports TO pabal_system;

GRANT SELECT(id) ON TABLE public.imports TO pabal_system;

GRANT SELECT(state) ON TABLE public.imports TO pabal_system;

GRANT SELECT(owner) ON TABLE public.imports TO pabal_system;

GRANT SELECT(lease_until),UPDATE(lease_until) ON TABLE public.imports TO pabal_system;

GRANT SELECT(created_at) ON TABLE public.imports TO pabal_system;

GRANT SELECT(finished_at) ON TABLE public.imports TO pabal_system;

GRANT SELECT(undo_asked_at) ON TABLE public.imports TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.receipts TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.receipts TO pabal_system;

GRANT SELECT(id) ON TABLE public.receipts TO pabal_system;

GRANT SELECT(state) ON TABLE public.receipts TO pabal_system;

GRANT SELECT(due_at) ON TABLE public.receipts TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.retries TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.retries TO pabal_system;

GRANT SELECT(send_id) ON TABLE public.retries TO pabal_system;

GRANT SELECT(seq) ON TABLE public.retries TO pabal_system;

GRANT SELECT(due_at) ON TABLE public.retries TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sends TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.sends TO pabal_system;

GRANT SELECT(id) ON TABLE public.sends TO pabal_system;

GRANT SELECT(kind) ON TABLE public.sends TO pabal_system;

GRANT SELECT(campaign_id) ON TABLE public.sends TO pabal_system;

GRANT SELECT(state) ON TABLE public.sends TO pabal_system;

GRANT SELECT(hold_reason) ON TABLE public.sends TO pabal_system;

GRANT SELECT(rehearse) ON TABLE public.sends TO pabal_system;

GRANT SELECT(not_after) ON TABLE public.sends TO pabal_system;

GRANT SELECT(created_at) ON TABLE public.sends TO pabal_system;

GRANT SELECT(finished_at) ON TABLE public.sends TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.jobs TO pabal_system;

GRANT SELECT(id) ON TABLE public.jobs TO pabal_system;

GRANT SELECT(state) ON TABLE public.jobs TO pabal_system;

GRANT SELECT(lease_until) ON TABLE public.jobs TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.automation_queue TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.automation_queue TO pabal_system;

GRANT SELECT(id) ON TABLE public.automation_queue TO pabal_system;

GRANT SELECT(template_link_id) ON TABLE public.automation_queue TO pabal_system;

GRANT SELECT(next_run_at) ON TABLE public.automation_queue TO pabal_system;

GRANT SELECT(status) ON TABLE public.automation_queue TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.record_outbox TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.record_outbox TO pabal_system;

GRANT SELECT(change_id) ON TABLE public.record_outbox TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.template_links TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.template_links TO pabal_system;

GRANT SELECT(id) ON TABLE public.template_links TO pabal_system;

GRANT SELECT(is_active) ON TABLE public.template_links TO pabal_system;

GRANT SELECT(deleted_at) ON TABLE public.template_links TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bulk_edits TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.bulk_edits TO pabal_system;

GRANT SELECT(id) ON TABLE public.bulk_edits TO pabal_system;

GRANT SELECT(state) ON TABLE public.bulk_edits TO pabal_system;

GRANT SELECT(lease_until) ON TABLE public.bulk_edits TO pabal_system;

GRANT SELECT(starts_at) ON TABLE public.bulk_edits TO pabal_system;

GRANT SELECT,INSERT,UPDATE ON TABLE public.retention_plans TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.retention_plans TO pabal_system;

GRANT SELECT(state) ON TABLE public.retention_plans TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.invitations TO pabal_system;

GRANT SELECT(id) ON TABLE public.invitations TO pabal_system;

GRANT SELECT(token_hash) ON TABLE public.invitations TO pabal_system;

GRANT SELECT(expires_at) ON TABLE public.invitations TO pabal_system;

GRANT SELECT(accepted_at) ON TABLE public.invitations TO pabal_system;

GRANT SELECT(revoked_at) ON TABLE public.invitations TO pabal_system;

GRANT USAGE ON SEQUENCE app.link_numbers TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.links TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.links TO pabal_system;

GRANT SELECT(id) ON TABLE public.links TO pabal_system;

GRANT SELECT(no) ON TABLE public.links TO pabal_system;

GRANT SELECT(send_id) ON TABLE public.links TO pabal_system;

GRANT SELECT(url) ON TABLE public.links TO pabal_system;

GRANT SELECT(expires_at) ON TABLE public.links TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.members TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.members TO pabal_system;

GRANT SELECT(user_id) ON TABLE public.members TO pabal_system;

GRANT SELECT(role) ON TABLE public.members TO pabal_system;

GRANT SELECT(state) ON TABLE public.members TO pabal_system;

GRANT SELECT(created_at) ON TABLE public.members TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.idempotency_keys TO pabal_system;

GRANT SELECT(key) ON TABLE public.idempotency_keys TO pabal_system;

GRANT SELECT(created_at) ON TABLE public.idempotency_keys TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.import_files TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.import_files TO pabal_system;

GRANT SELECT(import_id) ON TABLE public.import_files TO pabal_system;

GRANT SELECT,INSERT,DELETE ON TABLE app.gone_workers TO pabal_app;
GRANT SELECT,INSERT ON TABLE app.gone_workers TO pabal_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO pabal_app;

GRANT SELECT(token_hash) ON TABLE public.sessions TO pabal_system;

GRANT SELECT(id) ON TABLE public.sessions TO pabal_system;

GRANT SELECT(user_id) ON TABLE public.sessions TO pabal_system;

GRANT SELECT(operator_id) ON TABLE public.sessions TO pabal_system;

GRANT SELECT(tenant_id) ON TABLE public.sessions TO pabal_system;

GRANT SELECT(last_seen_at) ON TABLE public.sessions TO pabal_system;

GRANT SELECT(expires_at) ON TABLE public.sessions TO pabal_system;

REVOKE ALL ON FUNCTION app.settle_contacts() FROM PUBLIC;
GRANT ALL ON FUNCTION app.settle_contacts() TO pabal_app;

GRANT SELECT,UPDATE ON TABLE app.installation TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.scheduler_lease TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.workers TO pabal_app;

GRANT SELECT ON TABLE public.alembic_version TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.approval_rules TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.approvals TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.attempts TO pabal_app;

GRANT SELECT,INSERT ON TABLE public.attestations TO pabal_app;

GRANT SELECT,INSERT ON TABLE public.audit_log TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.automation_logs TO pabal_app;

GRANT SELECT,INSERT ON TABLE public.broadcast_counts TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bulk_edit_rows TO pabal_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.candidacies TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.clicks TO pabal_app;

GRANT SELECT,INSERT ON TABLE public.consent_notices TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.consents TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_activity TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_notes TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_tags TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contacts TO pabal_app;

GRANT SELECT(tenant_id) ON TABLE public.contacts TO pabal_search;

GRANT SELECT(id) ON TABLE public.contacts TO pabal_search;

GRANT SELECT(tokens) ON TABLE public.contacts TO pabal_search;

GRANT SELECT(merged_into) ON TABLE public.contacts TO pabal_search;

GRANT SELECT(erased_at) ON TABLE public.contacts TO pabal_search;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.data_requests TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.duplicate_pairs TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.exports TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identities TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.import_rows TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbound_messages TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.incidents TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.law_profiles TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.link_guards TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.link_settings TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.login_failures TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.merges TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messages TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operators TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.partitions TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.password_resets TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.prices TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota_entries TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota_limits TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota_months TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota_notices_seen TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.record_changes TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.records TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rule_settings TO pabal_app;

GRANT SELECT,INSERT ON TABLE public.rule_verdicts TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.segments TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.send_counters TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.send_marks TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.senders TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.setup_steps TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.suppressions TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tags TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.template_versions TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.templates TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO pabal_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.variant_decisions TO pabal_app;
