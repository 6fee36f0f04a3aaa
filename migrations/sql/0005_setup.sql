-- First-run set-up, and what people write back.

-- The tenant's own: its carriers call this address. One tenant's owner must not move the webhooks of another.
ALTER TABLE tenants ADD COLUMN public_url text;  -- NULL: polling only

CREATE TABLE setup_steps (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    step       text NOT NULL CHECK (step IN ('recovery_key', 'address', 'carrier', 'sender', 'candidacy')),
    state      text NOT NULL CHECK (state IN ('todo', 'done', 'skipped')),
    changed_by uuid,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, step)
);
SELECT app.protect('setup_steps');

-- Everything that people send us, opt-outs too: the row is what keeps a repeated webhook from being believed twice, also
-- after somebody lifted the opt-out.
CREATE TABLE inbound_messages (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    account_id  uuid NOT NULL,
    channel     text NOT NULL CHECK (channel IN ('sms', 'lms', 'mms', 'kakao')),
    provider_id text NOT NULL,             -- the carrier's own id of the message
    from_key    bigint,                    -- value key of the sender as in identities; NULL: not to be read as an address
    pii         bytea NOT NULL,            -- ciphertext of {"from", "to", "text"}
    said_at     timestamptz NOT NULL,      -- the carrier's clock
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    opt_out     boolean NOT NULL,          -- the whole text was a word of refusal
    rehearsal   boolean NOT NULL,          -- came through the simulator
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, account_id, provider_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES carrier_accounts (tenant_id, id)
);
CREATE INDEX inbound_messages_by_sender ON inbound_messages (tenant_id, from_key, id);
SELECT app.protect('inbound_messages');
