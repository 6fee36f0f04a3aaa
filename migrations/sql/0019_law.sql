-- The law: who the camp is, the eight broadcasts, what owners made of product rules, and every verdict that stopped something.
CREATE TABLE candidacies (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL,
    election          text NOT NULL CHECK (election IN ('president', 'general', 'local', 'by')),
    election_day      date NOT NULL,
    office            text NOT NULL CHECK (office IN ('president', 'assembly', 'governor', 'city', 'county', 'proportional')),
    district          text NOT NULL DEFAULT '',
    name              bytea NOT NULL,          -- ciphertext
    status            text NOT NULL CHECK (status IN ('preliminary', 'candidate', 'withdrawn', 'invalid')),
    registered_on     date NOT NULL,
    proof             text NOT NULL DEFAULT '',  -- number of the certificate of registration
    proof_file        bytea,                   -- ciphertext of its base64
    proof_name        text NOT NULL DEFAULT '',
    proof_kind        text NOT NULL DEFAULT '',
    reported_number   text NOT NULL DEFAULT '' CHECK (reported_number ~ '^[0-9]*$'),
    reported_at       timestamptz,
    receipt           text NOT NULL DEFAULT '',
    refusal           text NOT NULL DEFAULT '',  -- 080 number in digits, or an https address
    refusal_tested_at timestamptz,
    version           integer NOT NULL DEFAULT 1,
    created_by        uuid,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, election_day)           -- a second one for the same election would begin to count anew
);
SELECT app.protect('candidacies');
REVOKE DELETE ON candidacies FROM pabal_app;

-- One row per automatic broadcast. Nobody gives one back: the ninth can't commit, and none can be removed or changed.
CREATE TABLE broadcast_counts (
    tenant_id    uuid NOT NULL,
    candidacy_id uuid NOT NULL,
    no           smallint NOT NULL CHECK (no BETWEEN 1 AND 8),  -- 공직선거법 제59조 2호
    send_id      uuid NOT NULL,
    campaign_id  uuid,
    title        text NOT NULL DEFAULT '',
    people       integer NOT NULL,
    text_hash    text NOT NULL,
    list_hash    text NOT NULL,
    number       text NOT NULL,
    receipt      text NOT NULL,
    opted_out    integer NOT NULL,             -- people left out because they had refused
    operator_id  uuid,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, candidacy_id, no),
    UNIQUE (tenant_id, send_id),
    FOREIGN KEY (tenant_id, candidacy_id) REFERENCES candidacies (tenant_id, id)
);
SELECT app.protect('broadcast_counts');
REVOKE UPDATE, DELETE ON broadcast_counts FROM pabal_app;

-- What a tenant is in the eyes of the law, beside its kind.
CREATE TABLE law_profiles (
    tenant_id         uuid PRIMARY KEY REFERENCES tenants,
    sitting           boolean NOT NULL DEFAULT false,  -- a member of parliament or of a council
    party             boolean NOT NULL DEFAULT false,
    election_day      date,                    -- of the election around a camp without a candidacy
    office            text CHECK (office IN ('president', 'assembly', 'governor', 'city', 'county', 'proportional')),
    people            bytea,                   -- ciphertext of {"names", "rivals"}: candidates and parties to look for in texts
    advert_sender     text NOT NULL DEFAULT '',
    advert_contact    text NOT NULL DEFAULT '',
    advert_refusal    text NOT NULL DEFAULT '',
    certificate       text NOT NULL DEFAULT '',  -- 전송자격인증 of the provider
    certificate_until date,
    kakao_approval    text NOT NULL DEFAULT '',  -- the vendor's written approval of a camp's texts
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT app.protect('law_profiles');

-- Product rules (파발 기준) that an owner made milder, stricter or silent. Statutes have no row here.
CREATE TABLE rule_settings (
    tenant_id uuid NOT NULL REFERENCES tenants,
    rule      text NOT NULL,
    level     text NOT NULL CHECK (level IN ('block', 'hold', 'warn', 'label', 'ok')),
    reason    text NOT NULL CHECK (reason <> ''),
    set_by    uuid,
    set_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, rule)
);
SELECT app.protect('rule_settings');

-- Every verdict that stopped or held something, with the version of the rules that said so.
CREATE TABLE rule_verdicts (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    at          timestamptz NOT NULL,
    stage       text NOT NULL CHECK (stage IN ('launch', 'schedule', 'list')),
    rule        text NOT NULL,
    version     integer NOT NULL,
    level       text NOT NULL,
    message     text NOT NULL,
    campaign_id uuid,
    actor_id    uuid,
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('rule_verdicts');
REVOKE UPDATE, DELETE ON rule_verdicts FROM pabal_app;

-- Who has signed that they may campaign (공직선거법 제60조 1항).
CREATE TABLE attestations (
    tenant_id uuid NOT NULL REFERENCES tenants,
    user_id   uuid NOT NULL,
    version   integer NOT NULL,
    capacity  text NOT NULL CHECK (capacity IN ('voter', 'assembly_staff')),
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, user_id, version)
);
SELECT app.protect('attestations');
REVOKE UPDATE, DELETE ON attestations FROM pabal_app;
