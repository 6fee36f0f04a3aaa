-- Automatic messages: what a change of a record sends, what is repeated until it helps, and what became of it. docs/automations.md.
CREATE TABLE template_links (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL,
    partition_id      uuid NOT NULL,
    template_id       uuid NOT NULL,
    name              text NOT NULL CHECK (name <> ''),
    recipient_field   text NOT NULL,
    variable_mappings jsonb NOT NULL DEFAULT '{}',  -- variable → {"field", "default"}
    trigger_type      text NOT NULL DEFAULT 'manual' CHECK (trigger_type IN ('manual', 'on_create', 'on_update')),
    trigger_condition jsonb,
    repeat_config     jsonb,                        -- {"intervalHours", "maxRepeat", "stopCondition"}
    cooldown_hours    double precision NOT NULL DEFAULT 1 CHECK (cooldown_hours BETWEEN 0 AND 720),
    message_class     text NOT NULL DEFAULT 'transactional' CHECK (message_class IN ('transactional')),
    send_from         time,                         -- outside these hours nothing goes out: it moves, it is never dropped
    send_until        time,
    fallback          jsonb,                        -- a text where KakaoTalk doesn't reach: {"channel", "body", "senderId", ...}
    is_active         boolean NOT NULL DEFAULT true,
    active_since      timestamptz NOT NULL DEFAULT clock_timestamp(),  -- changes before it were never meant
    version           integer NOT NULL DEFAULT 1,
    created_by        uuid,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at        timestamptz,
    PRIMARY KEY (tenant_id, id),
    -- A repeat that nothing stops, or that never ends, can't be stored.
    CONSTRAINT template_links_repeats_end CHECK (repeat_config IS NULL OR (
        (repeat_config ->> 'maxRepeat')::integer BETWEEN 1 AND 10
        AND (repeat_config ->> 'intervalHours')::double precision > 0
        AND coalesce(repeat_config -> 'stopCondition', 'null') NOT IN ('null', '{}'))),
    FOREIGN KEY (tenant_id, partition_id) REFERENCES partitions (tenant_id, id),
    FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id)
);
CREATE INDEX template_links_by_partition ON template_links (tenant_id, partition_id) WHERE deleted_at IS NULL;
SELECT app.protect('template_links');
SELECT app.open_to_system('template_links', 'tenant_id, id, is_active, deleted_at');

-- One row per (link, record): whoever gets to raise `last_at` may send. This decides the cooldown, however many changes of a
-- record come in at once.
CREATE TABLE link_guards (
    tenant_id uuid NOT NULL,
    link_id   uuid NOT NULL,
    record_id uuid NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, link_id, record_id)
) WITH (fillfactor = 70);
SELECT app.protect('link_guards');

CREATE TABLE automation_queue (
    tenant_id        uuid NOT NULL,
    id               uuid NOT NULL,
    template_link_id uuid NOT NULL,
    record_id        uuid NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('first', 'repeat')),  -- first: the message itself, moved out of the night
    address_key      bigint NOT NULL,       -- whom it was meant for: a changed number ends it
    occasion         text NOT NULL DEFAULT '',
    repeat_count     smallint NOT NULL DEFAULT 0,
    next_run_at      timestamptz NOT NULL,
    status           text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'completed', 'cancelled')),
    reason           text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX automation_queue_one_pending ON automation_queue (tenant_id, template_link_id, record_id)
    WHERE status = 'pending';
CREATE INDEX automation_queue_due ON automation_queue (tenant_id, next_run_at) WHERE status = 'pending';
CREATE INDEX automation_queue_by_record ON automation_queue (tenant_id, record_id);
SELECT app.protect('automation_queue');
SELECT app.open_to_system('automation_queue', 'tenant_id, id, template_link_id, status, next_run_at');

-- What a link did, or why it didn't. What became of the message is the message's own state, looked up when asked.
CREATE TABLE automation_logs (
    tenant_id        uuid NOT NULL,
    id               uuid NOT NULL,
    template_link_id uuid NOT NULL,
    record_id        uuid NOT NULL,
    trigger_type     text NOT NULL CHECK (trigger_type IN ('manual', 'auto', 'repeat')),
    occasion         text NOT NULL,         -- what it was about: a change, a repeat, a click; once each
    repeat_no        smallint NOT NULL DEFAULT 0,
    send_id          uuid,
    seq              integer,
    reason           text NOT NULL DEFAULT '',  -- why there is no message
    tries            smallint NOT NULL DEFAULT 1,
    created_by       uuid,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((send_id IS NULL) = (seq IS NULL)),
    CHECK ((send_id IS NULL) = (reason <> ''))
);
CREATE UNIQUE INDEX automation_logs_once ON automation_logs (tenant_id, template_link_id, record_id, occasion);
CREATE INDEX automation_logs_by_link ON automation_logs (tenant_id, template_link_id, id);
CREATE INDEX automation_logs_by_record ON automation_logs (tenant_id, record_id, id);
SELECT app.protect('automation_logs');

-- The sweeper's one question, and these with it. A link that is off holds its queue.
SET LOCAL ROLE pabal_system;
ALTER FUNCTION app.due_work(timestamptz) RENAME TO due_work_without_triggers;
RESET ROLE;
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT w.kind, w.tenant_id, w.id, w.send_id FROM app.due_work_without_triggers(at_rule_time) w
    UNION ALL
    SELECT 'triggers', o.tenant_id, o.tenant_id, NULL::uuid FROM (SELECT DISTINCT r.tenant_id FROM public.record_outbox r) o
    UNION ALL
    SELECT DISTINCT 'repeats', q.tenant_id, q.tenant_id, NULL::uuid
    FROM public.automation_queue q
    JOIN public.template_links l ON l.tenant_id = q.tenant_id AND l.id = q.template_link_id
    WHERE q.status = 'pending' AND q.next_run_at <= at_rule_time AND l.is_active AND l.deleted_at IS NULL;
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;

-- Whose repeats are due: an outside cron with the server's token serves every tenant.
CREATE FUNCTION app.tenants_with_repeats(at_rule_time timestamptz) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT q.tenant_id FROM public.automation_queue q
    JOIN public.template_links l ON l.tenant_id = q.tenant_id AND l.id = q.template_link_id
    WHERE q.status = 'pending' AND q.next_run_at <= at_rule_time AND l.is_active AND l.deleted_at IS NULL;
END;
ALTER FUNCTION app.tenants_with_repeats(timestamptz) OWNER TO pabal_system;
