-- A refusal that several bulk edits wanted stands as long as one of them does: undoing one takes that one's name off.
ALTER TABLE suppressions ADD COLUMN bulk_edits uuid[] NOT NULL DEFAULT '{}';  -- of source 'bulk' only

-- When the election day was entered: one that was over by then is a slip of the hand as likely as not, and is asked for again before
-- anybody is erased for it (P-09).
ALTER TABLE law_profiles ADD COLUMN election_day_at timestamptz;

-- What a camp's owner wants to know of a purge: how many were approved, when it last ran, what has gone.
ALTER TABLE retention_plans
    ADD COLUMN people   integer,                     -- as approved
    ADD COLUMN begun_at timestamptz,
    ADD COLUMN last_at  timestamptz,                 -- of the last batch
    ADD COLUMN erased   jsonb NOT NULL DEFAULT '{}'; -- {"bases": {basis: people}, "cards", "cells", "replies"}

ALTER TABLE retention_plans DROP CONSTRAINT retention_plans_state_check;
ALTER TABLE retention_plans ADD CONSTRAINT retention_plans_state_check CHECK (state IN ('due', 'approved', 'done', 'void'));

-- What belongs to nobody of the book, as many of each as are asked for: a list of a million would hold its locks for a minute.
DROP FUNCTION app.forget_strays(timestamptz);
CREATE FUNCTION app.forget_strays(until timestamptz, most integer) RETURNS TABLE (cells bigint, replies bigint) LANGUAGE sql AS $$
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

-- A purge whose worker was killed goes on with the next sweep, not with the upkeep ten minutes later.
CREATE INDEX retention_plans_open ON retention_plans (tenant_id) WHERE state = 'approved';
SELECT app.open_to_system('retention_plans', 'tenant_id, state');
SET LOCAL ROLE pabal_system;
ALTER FUNCTION app.due_work(timestamptz) RENAME TO due_work_without_purges;
RESET ROLE;
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT w.kind, w.tenant_id, w.id, w.send_id FROM app.due_work_without_purges(at_rule_time) w
    UNION ALL
    SELECT DISTINCT 'retention', p.tenant_id, p.tenant_id, NULL::uuid FROM public.retention_plans p WHERE p.state = 'approved';
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;

-- Erasing people by the thousand (P-09): what the triggers do for each of them in ten milliseconds, done for all at once.
-- Whoever calls it has set pabal.copies_forgotten and pabal.records_forgotten while erasing; afterwards both are off again.
CREATE FUNCTION app.forget_people(gone uuid[]) RETURNS void LANGUAGE plpgsql AS $$
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
DROP TRIGGER forget_records ON contacts;
CREATE TRIGGER forget_records AFTER UPDATE OF erased_at ON contacts
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL AND current_setting('pabal.records_forgotten', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION app.forget_records();
