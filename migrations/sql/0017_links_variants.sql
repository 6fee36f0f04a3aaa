-- Short links, their clicks, and texts that are sent side by side.
ALTER TABLE campaigns
    ADD COLUMN links jsonb NOT NULL DEFAULT '[]',     -- [{"key", "url"}]: what #{링크} and #{링크:key} lead to
    ADD COLUMN variants jsonb NOT NULL DEFAULT '[]';  -- [{"key", "name", "share", "steps": [{"body", "subject"} | null]}]
ALTER TABLE sends
    ADD COLUMN links jsonb,                           -- {"base", "numbers": {variable: number}}, frozen at launch
    ADD COLUMN variants jsonb NOT NULL DEFAULT '[]';  -- frozen texts in the order in which they came; only state and share change
ALTER TABLE messages ADD COLUMN variant smallint;     -- place in sends.variants; given by the claim that first sends to the person

-- Numbers are the whole installation's, because a code names no tenant. What people see is the number, the person's place
-- and 14 zero bits under a keyed permutation (domain/links.py): no row per person, nothing to guess from a code one knows.
CREATE SEQUENCE app.link_numbers AS bigint MAXVALUE 268435455;
GRANT USAGE ON SEQUENCE app.link_numbers TO pabal_app;

CREATE TABLE links (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    no         bigint NOT NULL DEFAULT nextval('app.link_numbers'),
    send_id    uuid NOT NULL,
    key        text NOT NULL,               -- '' for #{링크}
    url        text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, send_id, key),
    FOREIGN KEY (tenant_id, send_id) REFERENCES sends (tenant_id, id)
);
CREATE UNIQUE INDEX links_no ON links (no);
SELECT app.protect('links');
SELECT app.open_to_system('links', 'tenant_id, id, no, send_id, url, expires_at');

-- Somebody on the street asks for a code: whose link is it, where does it lead?
CREATE FUNCTION app.link_by_no(wanted bigint)
RETURNS TABLE (tenant_id uuid, id uuid, send_id uuid, url text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT l.tenant_id, l.id, l.send_id, l.url, l.expires_at FROM public.links l WHERE l.no = wanted;
END;
ALTER FUNCTION app.link_by_no(bigint) OWNER TO pabal_system;

CREATE TABLE clicks (
    tenant_id uuid NOT NULL,
    id        uuid NOT NULL,
    send_id   uuid NOT NULL,
    link_id   uuid NOT NULL,
    seq       integer,                       -- whose; NULL once the person is erased
    ghost     uuid,                          -- then: one per erased person and send, so that counts of people stay right
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    class     text NOT NULL CHECK (class IN ('human', 'bot', 'prefetch')),
    why       text NOT NULL DEFAULT '',      -- the rule that said so
    PRIMARY KEY (tenant_id, id),
    CHECK ((seq IS NULL) = (ghost IS NOT NULL)),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
);
CREATE INDEX clicks_by_send ON clicks (tenant_id, send_id, seq);
SELECT app.protect('clicks');

CREATE TABLE link_settings (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    hosts     text[] NOT NULL DEFAULT '{}',  -- where links may lead; empty: anywhere over https
    days      integer NOT NULL DEFAULT 90 CHECK (days BETWEEN 1 AND 730)
);
SELECT app.protect('link_settings');

-- Apart from contacts, so that a click doesn't rewrite search indexes.
CREATE TABLE contact_activity (
    tenant_id    uuid NOT NULL,
    contact_id   uuid NOT NULL,
    last_clicked timestamptz,
    PRIMARY KEY (tenant_id, contact_id)
) WITH (fillfactor = 70);
SELECT app.protect('contact_activity');

-- What somebody decided about the texts of a send under way, with the figures seen at that moment.
CREATE TABLE variant_decisions (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    campaign_id uuid NOT NULL,
    action      text NOT NULL CHECK (action IN ('add', 'retire', 'replace')),
    keys        text[] NOT NULL,             -- of the texts it was about
    reason      text NOT NULL DEFAULT '',
    figures     jsonb NOT NULL,              -- per text: people, delivered, clicked
    decided_by  uuid,
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id)
);
CREATE INDEX variant_decisions_by_campaign ON variant_decisions (tenant_id, campaign_id, id);
SELECT app.protect('variant_decisions');

-- Erasing a person also unties what they clicked.
CREATE OR REPLACE FUNCTION app.forget_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.messages SET snapshot = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND snapshot IS NOT NULL;
    UPDATE public.messages SET snapshot = NULL  -- tests that went out with their values
    WHERE tenant_id = NEW.tenant_id AND snapshot IS NOT NULL
      AND send_id = ANY(ARRAY(SELECT s.id FROM public.sends s WHERE s.tenant_id = NEW.tenant_id AND s.values_of = NEW.id));
    UPDATE public.import_rows SET cells = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND cells IS NOT NULL;
    UPDATE public.clicks c SET seq = NULL, ghost = m.ghost
    FROM (SELECT send_id, seq, gen_random_uuid() AS ghost FROM public.messages
          WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id) AS m
    WHERE c.tenant_id = NEW.tenant_id AND c.send_id = m.send_id AND c.seq = m.seq;
    DELETE FROM public.contact_activity WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id;
    RETURN NULL;
END $$;
