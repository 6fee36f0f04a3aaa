-- Incidents are worked off: somebody has looked at one, and it is out of the list of what waits.
ALTER TABLE incidents ADD COLUMN seen_at timestamptz, ADD COLUMN seen_by uuid;
CREATE INDEX incidents_unseen ON incidents (tenant_id, id) WHERE seen_at IS NULL;

-- The operator's page: how much waits in each camp and for how long, and how carriers answer. Counts and times, no content.
GRANT SELECT (account_id, created_at, asked) ON requests TO pabal_system;

CREATE FUNCTION app.hub_load()
RETURNS TABLE (tenant_id uuid, live integer, held integer, due integer, oldest_due timestamptz, leased integer, stale integer,
               oldest_stale timestamptz, receipts integer, oldest_receipt timestamptz, polls integer, oldest_poll timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH sending AS (
        SELECT s.tenant_id, s.id, s.state FROM public.sends s WHERE s.finished_at IS NULL
    ), waiting AS (
        SELECT c.tenant_id, c.lease_until, c.due_at,
               c.due_at <= clock_timestamp() AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())
                   AND s.state = 'running' AS is_due
        FROM sending s JOIN public.chunks c ON c.tenant_id = s.tenant_id AND c.send_id = s.id
        WHERE c.state = 'open'
    ), sends AS (
        SELECT s.tenant_id, count(*) AS live, count(*) FILTER (WHERE s.state IN ('held', 'stopped')) AS held
        FROM sending s GROUP BY 1
    ), chunks AS (
        SELECT w.tenant_id, count(*) FILTER (WHERE w.is_due) AS due, min(w.due_at) FILTER (WHERE w.is_due) AS oldest_due,
               count(*) FILTER (WHERE w.lease_until > clock_timestamp()) AS leased,
               count(*) FILTER (WHERE w.lease_until <= clock_timestamp()) AS stale,
               min(w.lease_until) FILTER (WHERE w.lease_until <= clock_timestamp()) AS oldest_stale
        FROM waiting w GROUP BY 1
    ), news AS (
        SELECT r.tenant_id, count(*) AS receipts, min(r.due_at) AS oldest_receipt FROM public.receipts r
        WHERE r.state IN ('new', 'waiting') AND r.due_at <= clock_timestamp() GROUP BY 1
    ), questions AS (
        SELECT r.tenant_id, count(*) AS polls, min(r.poll_after) AS oldest_poll FROM public.requests r
        WHERE r.poll_after <= clock_timestamp() GROUP BY 1
    )
    SELECT t.tenant_id, coalesce(s.live, 0)::integer, coalesce(s.held, 0)::integer, coalesce(c.due, 0)::integer, c.oldest_due,
           coalesce(c.leased, 0)::integer, coalesce(c.stale, 0)::integer, c.oldest_stale,
           coalesce(n.receipts, 0)::integer, n.oldest_receipt, coalesce(q.polls, 0)::integer, q.oldest_poll
    FROM public.tenants t
    LEFT JOIN sends s ON s.tenant_id = t.tenant_id
    LEFT JOIN chunks c ON c.tenant_id = t.tenant_id
    LEFT JOIN news n ON n.tenant_id = t.tenant_id
    LEFT JOIN questions q ON q.tenant_id = t.tenant_id
    WHERE s.live > 0 OR n.receipts > 0 OR q.polls > 0;
END;
ALTER FUNCTION app.hub_load() OWNER TO pabal_system;

-- Who holds chunks, and until when.
CREATE FUNCTION app.lease_holders() RETURNS TABLE (owner text, chunks integer, lease_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT c.owner, count(*)::integer, max(c.lease_until) FROM public.chunks c
    WHERE c.state = 'open' AND c.owner IS NOT NULL GROUP BY 1;
END;
ALTER FUNCTION app.lease_holders() OWNER TO pabal_system;

-- Calls of the last while by account: how many, and how many ended without a clear answer (asked about, or voided).
CREATE FUNCTION app.carrier_load(during interval)
RETURNS TABLE (tenant_id uuid, account_id uuid, carrier text, sandbox boolean, state text, calls integer, unclear integer,
               last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT a.tenant_id, a.id, a.carrier, a.sandbox, a.state, count(*)::integer,
           (count(*) FILTER (WHERE r.asked > 0 OR r.state IN ('voided', 'uncertain')))::integer, max(r.created_at)
    FROM public.carrier_accounts a
    JOIN public.requests r ON r.tenant_id = a.tenant_id AND r.account_id = a.id AND r.state <> 'planned'
         AND r.created_at > clock_timestamp() - during
    GROUP BY a.tenant_id, a.id, a.carrier, a.sandbox, a.state;
END;
ALTER FUNCTION app.carrier_load(interval) OWNER TO pabal_system;
