-- What was asked about a request and what it came to: shown to whoever decides about people whose fate nobody knows.
ALTER TABLE requests ADD COLUMN questions jsonb NOT NULL DEFAULT '[]';  -- [{"at", "note"}]: the first, then the newest

-- Sends with such people, without a look at every counter of every send. `state` is part of the key, so counting stays HOT.
CREATE INDEX send_counters_uncertain ON send_counters (tenant_id, send_id) WHERE state = 'uncertain';

-- An account's messages of a month, asked by every claim of an account with a cap. None of these columns ever changes: HOT.
CREATE INDEX requests_by_account ON requests (tenant_id, account_id, created_at);
