-- Doubtful pairs and what people decided about them; what a merge or an import moved, so that it can be taken back.

-- A pair of contacts that the rules would ask a person about. The decision is a row: it outlives re-imports, which insert
-- ON CONFLICT DO NOTHING and join nobody whose pair is 'separate' or 'shared'.
CREATE TABLE duplicate_pairs (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    contact_a  uuid NOT NULL,
    contact_b  uuid NOT NULL CHECK (contact_a < contact_b),
    reason     text NOT NULL,
    facts      jsonb NOT NULL DEFAULT '{}',  -- names of what both share ("phone"), never values
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'separate', 'shared', 'gone')),
    import_id  uuid,                       -- the import that raised it
    merge_id   uuid,                       -- of 'merged': the merge that answered it
    from_merge uuid,                       -- a copy on the survivor of a merge, gone again with its undo
    decided_by uuid,
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, contact_a, contact_b)
);
CREATE INDEX duplicate_pairs_open ON duplicate_pairs (tenant_id, reason, id) WHERE state = 'open';
CREATE INDEX duplicate_pairs_decided ON duplicate_pairs (tenant_id, decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX duplicate_pairs_by_b ON duplicate_pairs (tenant_id, contact_b);
SELECT app.protect('duplicate_pairs');

-- A row that a survivor has from a merge names it. Those without are the contact's own.
ALTER TABLE contact_tags ADD COLUMN merge_id uuid;
ALTER TABLE consents ADD COLUMN merge_id uuid;
CREATE INDEX contact_tags_by_merge ON contact_tags (tenant_id, merge_id) WHERE merge_id IS NOT NULL;
CREATE INDEX consents_by_merge ON consents (tenant_id, merge_id) WHERE merge_id IS NOT NULL;

CREATE INDEX merges_by_import ON merges (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE INDEX contacts_by_survivor ON contacts (tenant_id, merged_into) WHERE merged_into IS NOT NULL;

-- The undo of an import: asked, then done by a worker in one transaction. `undo_result` holds figures only.
ALTER TABLE imports ADD COLUMN undo_asked_at timestamptz, ADD COLUMN undo_asked_by uuid,
    ADD COLUMN undone_at timestamptz, ADD COLUMN undo_result jsonb;
CREATE INDEX imports_to_undo ON imports (undo_asked_at) WHERE undo_asked_at IS NOT NULL AND state <> 'undone';
GRANT SELECT (undo_asked_at) ON imports TO pabal_system;

SET LOCAL ROLE pabal_system;
ALTER FUNCTION app.due_work(timestamptz) RENAME TO due_work_without_undo;
RESET ROLE;
CREATE FUNCTION app.due_work(at_rule_time timestamptz)
RETURNS TABLE (kind text, tenant_id uuid, id uuid, send_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT w.kind, w.tenant_id, w.id, w.send_id FROM app.due_work_without_undo(at_rule_time) w
    UNION ALL
    SELECT 'import_undo', i.tenant_id, i.id, NULL::uuid FROM public.imports i
    WHERE i.undo_asked_at IS NOT NULL AND i.state <> 'undone';
END;
ALTER FUNCTION app.due_work(timestamptz) OWNER TO pabal_system;

-- Erasing reaches copies row by row, whoever erases. Only the undo of an import, which takes back a hundred thousand
-- people that nobody wrote to, does the same in a statement of its own and says so.
DROP TRIGGER forget_copies ON contacts;
CREATE TRIGGER forget_copies AFTER UPDATE OF erased_at ON contacts
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL AND current_setting('pabal.copies_forgotten', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION app.forget_copies();
