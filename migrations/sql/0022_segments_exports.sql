-- Segments that leave people out, know when they were last counted, and say nothing readable: a filter may name a person.
ALTER TABLE segments
    ALTER COLUMN filter DROP NOT NULL,               -- only of segments from before this column:
    ADD COLUMN definition bytea,                     -- ciphertext of {"filter", "excludeSegmentIds", "includeContactIds", ...}
    ADD COLUMN description text NOT NULL DEFAULT '',
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN counted integer,                      -- as it was last counted, ...
    ADD COLUMN counted_relation text NOT NULL DEFAULT 'eq' CHECK (counted_relation IN ('eq', 'gte')),
    ADD COLUMN counted_at timestamptz,               -- ... and when: shown with its age
    ADD CHECK (filter IS NOT NULL OR definition IS NOT NULL);

-- What somebody asked to take away, and what for. The file itself is never stored: it is made while it is read.
CREATE TABLE exports (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('contacts')),
    format     text NOT NULL CHECK (format IN ('csv', 'xlsx')),
    selection  bytea NOT NULL,                       -- ciphertext: what was searched for may be a name
    reason     text NOT NULL CHECK (char_length(reason) >= 10),
    unmasked   boolean NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
SELECT app.protect('exports');

-- The pages and counts of plain filters read this instead of everybody's ciphertext: 60 MB against 400 at a million people.
CREATE INDEX contacts_by_district ON contacts (tenant_id, district, id) WHERE merged_into IS NULL AND erased_at IS NULL;
CREATE INDEX contacts_by_update ON contacts (tenant_id, updated_at, id) WHERE merged_into IS NULL AND erased_at IS NULL;

-- Who carries one of these pairs of tokens: filters by attributes. As app.search_contacts, past the wall's planner.
CREATE FUNCTION app.contacts_carrying(firsts integer[], seconds integer[])
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2000
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    tenant CONSTANT uuid := app.tenant_id();
    pair   integer;
BEGIN
    FOR pair IN 1 .. cardinality(firsts) LOOP
        RETURN QUERY SELECT c.id FROM public.contacts c
                     WHERE c.tenant_id = tenant AND c.tokens @> ARRAY[firsts[pair], seconds[pair]];
    END LOOP;
END $$;
ALTER FUNCTION app.contacts_carrying(integer[], integer[]) OWNER TO pabal_search;
