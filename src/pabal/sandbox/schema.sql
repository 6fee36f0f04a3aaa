-- The sandbox's ledger. Sealed columns hold AES-GCM blobs (crypt.py); *_key columns hold keyed tokens of numbers.
-- Times are epoch seconds: *_at by the sandbox clock (it can be shifted), due_at and next_at by the real one.

CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS accounts (
    api_key TEXT PRIMARY KEY,
    carrier TEXT NOT NULL,
    account_id TEXT NOT NULL,
    balance REAL,                      -- NULL: never runs out
    sealed BLOB NOT NULL               -- secret, webhook and inbound addresses, senders, 080 numbers
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS templates (
    account TEXT NOT NULL,
    code TEXT NOT NULL,
    state TEXT NOT NULL,               -- PENDING INSPECTING APPROVED REJECTED STOPPED
    doc TEXT NOT NULL,                 -- JSON as the carrier shows it; template texts are not personal
    PRIMARY KEY (account, code)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY,
    group_id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    carrier TEXT NOT NULL,
    status TEXT NOT NULL,              -- PENDING SCHEDULED SENDING COMPLETE FAILED DELETED
    allow_duplicates INTEGER NOT NULL,
    group_key TEXT NOT NULL,
    custom TEXT NOT NULL,
    app_id TEXT,
    registered_ok INTEGER NOT NULL DEFAULT 0,
    registered_failed INTEGER NOT NULL DEFAULT 0,
    sent_ok INTEGER NOT NULL DEFAULT 0,
    sent_failed INTEGER NOT NULL DEFAULT 0,
    replaced INTEGER NOT NULL DEFAULT 0,
    price REAL NOT NULL DEFAULT 0,
    charge TEXT NOT NULL DEFAULT '{}', -- {type: {country: count}}
    log TEXT NOT NULL DEFAULT '[]',
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    scheduled_at REAL,
    sent_at REAL,
    completed_at REAL,
    deleted_at REAL,
    reveal_at REAL                     -- a DELETE raced a send: until then (real time) the send doesn't show
);
CREATE INDEX IF NOT EXISTS groups_account ON groups (account, id);
CREATE INDEX IF NOT EXISTS groups_scheduled ON groups (scheduled_at) WHERE status = 'SCHEDULED';

CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    gid INTEGER NOT NULL REFERENCES groups (id),
    seq INTEGER NOT NULL,
    account TEXT NOT NULL,
    type TEXT NOT NULL,
    to_key BLOB NOT NULL,
    from_key BLOB,
    dup_key BLOB,                      -- to_key where the group refuses duplicates: the index below is the proof
    recipient_key TEXT,
    template_code TEXT,
    sealed BLOB NOT NULL,              -- to, from, text, subject, kakaoOptions, customFields ...
    state TEXT NOT NULL,               -- registered accepted delivered failed
    status_code TEXT NOT NULL,
    price REAL NOT NULL,
    registered_at REAL NOT NULL,
    accepted_at REAL,
    planned_code TEXT,
    due_at REAL,
    final_at REAL,
    replaces TEXT                      -- message_id of the Kakao message that this text replaced
);
CREATE UNIQUE INDEX IF NOT EXISTS messages_seq ON messages (gid, seq);
CREATE UNIQUE INDEX IF NOT EXISTS messages_once ON messages (gid, dup_key) WHERE dup_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_phone ON messages (account, to_key, id);

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    event TEXT NOT NULL,               -- SINGLE-REPORT GROUP-REPORT INBOUND
    items INTEGER NOT NULL,
    sealed BLOB,                       -- the body; NULL once it is settled
    tries INTEGER NOT NULL DEFAULT 0,
    next_at REAL,                      -- NULL: settled
    outcome TEXT,                      -- delivered gave_up
    last_status INTEGER
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    account TEXT,
    method TEXT NOT NULL,
    path TEXT NOT NULL,                -- without the query string: it may hold numbers
    step TEXT NOT NULL,
    fate TEXT NOT NULL,                -- answered, or what the sandbox did instead (faults.py)
    status INTEGER,                    -- NULL: the client saw none
    error_code TEXT,
    group_id TEXT,
    accepted INTEGER NOT NULL DEFAULT 0,
    refused TEXT NOT NULL DEFAULT '{}' -- {statusCode: count}
);

CREATE TABLE IF NOT EXISTS signatures (
    signature TEXT PRIMARY KEY, at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS optouts (
    account TEXT NOT NULL,             -- '*': an 080 number that no account claims
    phone_key BLOB NOT NULL,
    at REAL NOT NULL,
    sealed BLOB NOT NULL,              -- unsubscribeNo, phone
    PRIMARY KEY (account, phone_key)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS replies (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    phone_key BLOB NOT NULL,
    at REAL NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS replies_phone ON replies (account, phone_key, id);

CREATE TABLE IF NOT EXISTS files (
    file_id TEXT PRIMARY KEY, account TEXT NOT NULL, doc TEXT NOT NULL
) WITHOUT ROWID;

-- Marks that run out: texts of a duplicate filter, idempotency keys (digests; until = sandbox clock).
CREATE TABLE IF NOT EXISTS marks (mark TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS groups_key ON groups (account, group_key);
CREATE INDEX IF NOT EXISTS messages_key ON messages (account, recipient_key);
