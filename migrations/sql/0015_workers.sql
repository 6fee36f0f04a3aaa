-- Workers say that they live: one row for each process, written every ten seconds. Leases only show those that hold a chunk,
-- and connections are dropped when idle; whether anybody is there to send at all was seen by neither.
CREATE TABLE app.workers (
    owner      text PRIMARY KEY,           -- as in leases: machine-boot:pidns:pid:start
    host       text NOT NULL,              -- the machine's own name: people know it by that
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    busy       integer NOT NULL DEFAULT 0, -- turns under way
    turns      jsonb NOT NULL DEFAULT '{}' -- turns taken since the start, by line
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE, DELETE ON app.workers TO pabal_app;
