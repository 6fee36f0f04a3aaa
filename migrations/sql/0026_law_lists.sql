-- The rest of the law: whom a report is for, replies that a person has to read, what adverts owe people, lists after an election.
ALTER TABLE law_profiles ADD COLUMN areas text[] NOT NULL DEFAULT '{}';  -- names of towns of the constituency (제111조 1항)

ALTER TABLE rule_verdicts DROP CONSTRAINT rule_verdicts_stage_check;
ALTER TABLE rule_verdicts ADD CONSTRAINT rule_verdicts_stage_check
    CHECK (stage IN ('launch', 'schedule', 'claim', 'list', 'purge'));

-- A reply that sounds like a refusal and isn't one of its words waits for a person.
ALTER TABLE inbound_messages
    ADD COLUMN unclear    boolean NOT NULL DEFAULT false,
    ADD COLUMN settled_as text CHECK (settled_as IN ('refusal', 'other')),
    ADD COLUMN settled_by uuid,
    ADD COLUMN settled_at timestamptz;
CREATE INDEX inbound_messages_unclear ON inbound_messages (tenant_id, id) WHERE unclear AND settled_at IS NULL;

-- 정보통신망법 제50조 7항: who agreed to adverts, took it back or refused is told so within 14 days. What is owed follows from
-- consents and suppressions; a row here says that it was done, and how.
CREATE TABLE consent_notices (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind      text NOT NULL CHECK (kind IN ('consent', 'refusal')),
    fact_id   uuid NOT NULL,                -- of the consent or the suppression
    how       text NOT NULL CHECK (how <> ''),
    told_by   uuid,
    told_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, kind, fact_id)
);
SELECT app.protect('consent_notices');
REVOKE UPDATE, DELETE ON consent_notices FROM pabal_app;

-- 개인정보 보호법 제21조: what was collected for an election goes when it is over. One row per election of a camp, written by the
-- scheduler on the day after; an owner approves, a worker erases batch by batch.
CREATE TABLE retention_plans (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    election_day date NOT NULL,
    state        text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'approved', 'done')),
    kept         text[] NOT NULL DEFAULT '{}',  -- bases whose people stay
    reason       text NOT NULL DEFAULT '',
    approved_by  uuid,
    approved_at  timestamptz,
    purged       integer NOT NULL DEFAULT 0,
    warned_at    timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (tenant_id, election_day),
    CHECK (state = 'due' OR (reason <> '' AND approved_at IS NOT NULL))
);
SELECT app.protect('retention_plans');
REVOKE DELETE ON retention_plans FROM pabal_app;

-- 공직선거법 제82조의5 6항: numbers that stand in rows of a list one after another are made up rather than given. Nobody of such a
-- list is texted through a real account until a person has said where it is from.
ALTER TABLE imports
    ADD COLUMN made_up        integer NOT NULL DEFAULT 0,  -- numbers of the list that stand in long rows
    ADD COLUMN made_up_reason text,
    ADD COLUMN made_up_by     uuid,
    ADD COLUMN made_up_at     timestamptz;
CREATE INDEX imports_made_up ON imports (tenant_id, id) WHERE made_up > 0 AND made_up_at IS NULL;

-- An address at which anybody may say no without paying for it (제82조의5 5항): the token says whose page it is.
CREATE TABLE opt_out_pages (
    tenant_id  uuid PRIMARY KEY REFERENCES tenants,
    token      text NOT NULL UNIQUE CHECK (length(token) >= 10),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
SELECT app.protect('opt_out_pages');
SELECT app.open_to_system('opt_out_pages', 'tenant_id, token');
REVOKE UPDATE, DELETE ON opt_out_pages FROM pabal_app;
CREATE FUNCTION app.camp_by_opt_out_page(wanted text) RETURNS TABLE (tenant_id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.tenant_id, t.name FROM public.opt_out_pages p JOIN public.tenants t ON t.tenant_id = p.tenant_id
    WHERE p.token = wanted;
END;
ALTER FUNCTION app.camp_by_opt_out_page(text) OWNER TO pabal_system;

-- What belongs to nobody of the book goes with a purge (P-09): cells of rows that were refused or whose person is gone, and messages
-- from numbers that nobody has. A reply that may be a refusal and came after the approval waits to be read.
CREATE FUNCTION app.forget_strays(until timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE public.import_rows r SET cells = NULL FROM public.imports m
    WHERE m.tenant_id = r.tenant_id AND m.id = r.import_id AND m.created_at < until AND r.cells IS NOT NULL
      AND NOT EXISTS (SELECT FROM public.contacts c
                      WHERE c.tenant_id = r.tenant_id AND c.id = r.contact_id AND c.erased_at IS NULL);
    UPDATE public.inbound_messages b SET pii = NULL, from_key = NULL
    WHERE b.received_at < until AND b.pii IS NOT NULL AND NOT (b.unclear AND b.settled_at IS NULL)
      AND NOT EXISTS (SELECT FROM public.identities i JOIN public.contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
                      WHERE i.tenant_id = b.tenant_id AND i.value_key = b.from_key AND c.erased_at IS NULL);
$$;
