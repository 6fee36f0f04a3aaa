-- Four eyes: above a number of people a campaign goes out only after a second member has approved exactly this digest.
CREATE TABLE approval_rules (
    tenant_id  uuid PRIMARY KEY REFERENCES tenants,
    threshold  integer CHECK (threshold > 0),  -- more people than this need it; NULL: off
    changed_by uuid,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT app.protect('approval_rules');

CREATE TABLE approvals (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL,
    campaign_id  uuid NOT NULL,
    digest       text NOT NULL,             -- content, people, prices as they were seen
    audience     integer NOT NULL,
    people       uuid[] NOT NULL DEFAULT '{}', -- who was chosen: leaving voids nothing, joining does, so both must be told apart
    rules        text[] NOT NULL DEFAULT '{}', -- ids of the rules that held it: a new one is nothing that anybody approved
    note         text NOT NULL DEFAULT '',
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected', 'voided')),
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by   uuid,                      -- NULL with `voided`: the hub itself found the change
    decided_at   timestamptz,
    reason       text NOT NULL DEFAULT '',  -- of a rejection: a person's words; of a void: content, prices, audience, cancelled
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT approvals_other_eyes CHECK (state <> 'approved' OR decided_by <> requested_by)
);
CREATE UNIQUE INDEX approvals_one_open ON approvals (tenant_id, campaign_id) WHERE state IN ('pending', 'approved');
CREATE INDEX approvals_by_campaign ON approvals (tenant_id, campaign_id, id);
SELECT app.protect('approvals');

ALTER TABLE campaigns DROP CONSTRAINT campaigns_state_check, ADD CONSTRAINT campaigns_state_check
    CHECK (state IN ('draft', 'awaiting_approval', 'approved', 'scheduled', 'held', 'launched', 'cancelled'));
