-- Pace, fairness and pauses by themselves. A turn of a send asks each channel step for its oldest due chunk: with the step in
-- the index that is one row per step, however many chunks of the others wait.
DROP INDEX chunks_due;
CREATE INDEX chunks_due ON chunks (tenant_id, send_id, step, due_at, no) WHERE state = 'open';

-- Requests that nobody has settled: a handful of any send, asked for in every turn and every sweep.
CREATE INDEX requests_open ON requests (tenant_id, send_id, chunk_no) WHERE state IN ('planned', 'calling');
