-- Pace, fairness and pauses by themselves. A turn of a send asks each channel step for its oldest due chunk: with the step in
-- the index that is one row per step, however many chunks of the others wait.
DROP INDEX chunks_due;
CREATE INDEX chunks_due ON chunks (tenant_id, send_id, step, due_at, no) WHERE state = 'open';

-- Requests that nobody has settled: a handful of any send, asked for in every turn and every sweep.
CREATE INDEX requests_open ON requests (tenant_id, send_id, chunk_no) WHERE state IN ('planned', 'calling');

-- Sends that somebody waits for have a line of their own in the workers (dispatch/model.py, BULK_KINDS).
GRANT SELECT (kind) ON sends TO pabal_system;
SET LOCAL ROLE pabal_system;
ALTER FUNCTION app.due_work(timestamptz) RENAME TO due_work_without_lines;
RESET ROLE;
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN s.kind <> 'campaign' THEN CASE w.kind WHEN 'lane' THEN 'urgent' ELSE 'urgent_launch' END ELSE w.kind END,
           w.tenant_id, w.id, w.send_id
    FROM app.due_work_without_lines(at_rule_time) w
    LEFT JOIN public.sends s ON w.kind IN ('lane', 'launch') AND s.tenant_id = w.tenant_id AND s.id = w.id;
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;

-- A send's counters as they were some hundred results ago, or when a person let it go on: what came since says whether it
-- keeps failing for one reason (dispatch/burst.py). Apart from `sends`, whose row every claim locks FOR SHARE.
CREATE TABLE send_marks (
    tenant_id uuid NOT NULL,
    send_id   uuid NOT NULL,
    mark      jsonb NOT NULL,
    PRIMARY KEY (tenant_id, send_id),
    FOREIGN KEY (tenant_id, send_id) REFERENCES sends (tenant_id, id)
) WITH (fillfactor = 50);
SELECT app.protect('send_marks');
