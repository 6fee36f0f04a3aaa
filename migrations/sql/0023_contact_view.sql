-- The view of one person: what was done to many at once and its way back, notes, requests of the person, one line of time.

-- A bulk edit is a reversible change-set over a selection that was frozen when it began. Its request names people's values
-- (a filter by name, an attribute), so it is ciphertext.
CREATE TABLE bulk_edits (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    kinds       text[] NOT NULL,           -- tags, district, attributes, consent, optOut, erase
    request     bytea NOT NULL,            -- ciphertext of {"selection", "changes", "reason"}
    state       text NOT NULL DEFAULT 'queued'
                CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled', 'undoing', 'undone')),
    total       integer,                   -- NULL until the selection is frozen
    done        integer NOT NULL DEFAULT 0,
    changed     integer NOT NULL DEFAULT 0,
    position    uuid,                      -- the last contact that is done, of the edit or of its undo
    result      jsonb NOT NULL DEFAULT '{}',  -- figures only
    undo_result jsonb,
    problem     text,
    tries       integer NOT NULL DEFAULT 0,   -- the fence: raised by every claim
    lease_until timestamptz,
    starts_at   timestamptz NOT NULL DEFAULT clock_timestamp(),  -- an erasure waits a while: nothing brings people back
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    undone_by   uuid,
    undone_at   timestamptz,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX bulk_edits_open ON bulk_edits (starts_at) WHERE state IN ('queued', 'running', 'undoing');
SELECT app.protect('bulk_edits');
SELECT app.open_to_system('bulk_edits', 'tenant_id, id, state, starts_at, lease_until');

-- One row per selected person: what was really changed about them, and so what an undo gives back. No foreign keys, as
-- nothing that is filled by the hundred thousand has them.
CREATE TABLE bulk_edit_rows (
    tenant_id    uuid NOT NULL,
    edit_id      uuid NOT NULL,
    contact_id   uuid NOT NULL,
    tags_added   jsonb,                    -- [{"tag", "at"}]: another row of the same tag is somebody else's doing
    tags_removed jsonb,                    -- whole rows of contact_tags, as they were
    event_id     uuid,                     -- of merges: the image before district and attributes changed
    version      integer,                  -- of the contact after that: as long as it stands, nothing came later
    consents     uuid[],
    suppressions uuid[],
    PRIMARY KEY (tenant_id, edit_id, contact_id)
);
CREATE INDEX bulk_edit_rows_by_contact ON bulk_edit_rows (tenant_id, contact_id)
    WHERE tags_added IS NOT NULL OR tags_removed IS NOT NULL;
SELECT app.protect('bulk_edit_rows');

SET LOCAL ROLE pabal_system;
ALTER FUNCTION app.due_work(timestamptz) RENAME TO due_work_without_bulk_edits;
RESET ROLE;
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT w.kind, w.tenant_id, w.id, w.send_id FROM app.due_work_without_bulk_edits(at_rule_time) w
    UNION ALL
    SELECT 'bulk_edit', b.tenant_id, b.id, NULL::uuid FROM public.bulk_edits b
    WHERE b.state IN ('queued', 'running', 'undoing') AND b.starts_at <= clock_timestamp()
      AND (b.lease_until IS NULL OR b.lease_until <= clock_timestamp());
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;

-- What people write down about a person.
CREATE TABLE contact_notes (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    contact_id uuid NOT NULL,
    body       bytea NOT NULL,             -- ciphertext
    version    integer NOT NULL DEFAULT 1,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX contact_notes_by_contact ON contact_notes (tenant_id, contact_id, created_at);
SELECT app.protect('contact_notes');

-- Requests of the person (PIPA 35 to 37): to see, to correct, to erase, to stop. The row outlives the person's data: it is the
-- proof that the request was carried out; what was written about the requester goes with the person.
CREATE TABLE data_requests (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    contact_id  uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('access', 'correct', 'erase', 'stop')),
    requester   text NOT NULL CHECK (requester IN ('self', 'agent', 'guardian')),
    via         text NOT NULL CHECK (via IN ('phone', 'visit', 'letter', 'message', 'other')),
    note        bytea,                     -- ciphertext; NULL once erased
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused')),
    outcome     jsonb NOT NULL DEFAULT '{}',  -- figures and names of fields, never values
    received_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,      -- ten days by the decree to PIPA 35
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_by     uuid,
    done_at     timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX data_requests_by_contact ON data_requests (tenant_id, contact_id, created_at);
CREATE INDEX data_requests_open ON data_requests (tenant_id, due_at) WHERE state = 'open';
SELECT app.protect('data_requests');

-- One line of time per person, by keyset: a click names whose it is, and events of the card come in their order.
ALTER TABLE clicks ADD COLUMN contact_id uuid;
CREATE INDEX clicks_by_contact ON clicks (tenant_id, contact_id, at) WHERE contact_id IS NOT NULL;
DROP INDEX merges_by_survivor;
CREATE INDEX merges_by_survivor ON merges (tenant_id, survivor_id, created_at);

CREATE FUNCTION app.name_clicker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS NULL THEN
        NEW.contact_id := NULL;  -- untied by an erasure
    ELSIF NEW.contact_id IS NULL THEN
        SELECT m.contact_id INTO NEW.contact_id FROM public.messages m
        WHERE m.tenant_id = NEW.tenant_id AND m.send_id = NEW.send_id AND m.seq = NEW.seq;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER name_clicker BEFORE INSERT OR UPDATE OF seq ON clicks FOR EACH ROW EXECUTE FUNCTION app.name_clicker();

-- Erasing a person reaches notes, requests, what edits remember of them, and what they wrote to us. A number that another living
-- person of the book holds as well says nothing about who wrote: those texts stay with the other.
ALTER TABLE inbound_messages ALTER COLUMN pii DROP NOT NULL;
CREATE FUNCTION app.forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.contact_notes WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id;
    DELETE FROM public.bulk_edit_rows WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id
        AND (tags_added IS NOT NULL OR tags_removed IS NOT NULL);
    UPDATE public.data_requests SET note = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND note IS NOT NULL;
    UPDATE public.inbound_messages b SET pii = NULL, from_key = NULL
    FROM public.identities i
    WHERE i.tenant_id = NEW.tenant_id AND i.contact_id = NEW.id
      AND b.tenant_id = i.tenant_id AND b.from_key = i.value_key
      AND NOT EXISTS (SELECT FROM public.identities o JOIN public.contacts c ON c.tenant_id = o.tenant_id AND c.id = o.contact_id
                      WHERE o.tenant_id = i.tenant_id AND o.value_key = i.value_key AND o.contact_id <> NEW.id
                        AND c.erased_at IS NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_words AFTER UPDATE OF erased_at ON contacts
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL
                       AND current_setting('pabal.copies_forgotten', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION app.forget_words();
