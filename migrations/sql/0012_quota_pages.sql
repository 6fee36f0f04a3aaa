-- The pages that show where every unit went. A month's movements newest first; and grouped by send, whose ids are in order of
-- time, so that a page of sends reads its own entries and stops.
CREATE INDEX quota_entries_by_month ON quota_entries (tenant_id, month, id);
CREATE INDEX quota_entries_by_month_and_send ON quota_entries (tenant_id, month, send_id);

-- Who has been told about which threshold. The limit is part of the key: 90 % of a raised limit is news again.
CREATE TABLE quota_notices_seen (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    month         text NOT NULL,
    monthly_limit bigint NOT NULL,
    percent       smallint NOT NULL CHECK (percent IN (70, 90, 100)),
    user_id       uuid NOT NULL REFERENCES users,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, month, monthly_limit, percent, user_id)
);
SELECT app.protect('quota_notices_seen');

-- What the last connection test of an account found: {"at", "ok", "code", "message", "balance"}. NULL: not since its key changed.
ALTER TABLE carrier_accounts ADD COLUMN last_check jsonb;

-- What a carrier charges this tenant, as the tenant typed it: from a day (KST) on, until the next line. NULL: the example again.
CREATE TABLE prices (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    channel      text NOT NULL CHECK (channel IN ('sms', 'lms', 'mms', 'alimtalk', 'brand')),
    effective_on date NOT NULL,
    won          integer CHECK (won >= 0),
    set_by       uuid,
    set_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, channel, effective_on)
);
SELECT app.protect('prices');
