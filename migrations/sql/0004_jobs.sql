-- Long questions (a check of a large audience), answered by workers. Their answers are figures, never personal data.
CREATE TABLE jobs (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('check')),
    subject_id  uuid NOT NULL,             -- what it is about: the campaign
    options     jsonb NOT NULL DEFAULT '{}',
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'completed', 'failed')),
    progress    smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    result      jsonb,
    problem     text,                      -- Korean sentence when failed
    tries       integer NOT NULL DEFAULT 0,  -- the fence: raised by every claim
    lease_until timestamptz,
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX jobs_open ON jobs (lease_until) WHERE state IN ('queued', 'running');
SELECT app.protect('jobs');
SELECT app.open_to_system('jobs', 'tenant_id, id, state, lease_until');

-- The sweeper's one question, and jobs with it: never started, or left behind by a worker whose lease ran out.
SET LOCAL ROLE pabal_system;  -- its functions are its own; pabal_owner may act as it
ALTER FUNCTION app.due_work(timestamptz) RENAME TO due_work_without_jobs;
RESET ROLE;
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT w.kind, w.tenant_id, w.id, w.send_id FROM app.due_work_without_jobs(at_rule_time) w
    UNION ALL
    SELECT 'job', j.tenant_id, j.id, NULL::uuid FROM public.jobs j
    WHERE j.state IN ('queued', 'running') AND (j.lease_until IS NULL OR j.lease_until <= clock_timestamp());
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;
