-- What the mapping screen shows again after a reload, and the forecast of an import that hasn't started.
ALTER TABLE imports
    ADD COLUMN sample bytea,               -- ciphertext: some rows of the file; gone when the import starts or is given up
    ADD COLUMN forecast jsonb,             -- figures, no cell values
    ADD COLUMN forecast_key text,          -- digest of the question: shape, mapping, policy; the fence of whoever counts
    ADD COLUMN forecast_percent smallint,
    ADD COLUMN forecast_until timestamptz, -- lease of whoever counts
    ADD COLUMN forecast_problem text;      -- Korean sentence when it could not be counted

-- Whose uploads were given up, failed and were not tried again, or lie at the columns for a week: their files are to go.
SET LOCAL ROLE pabal_system;
CREATE OR REPLACE FUNCTION app.old_uploads(before timestamptz) RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT i.tenant_id FROM public.imports i
    WHERE (i.state = 'uploading' AND i.created_at < before)
       OR (i.state = 'uploaded' AND i.created_at < before - interval '6 days')
       OR (i.state IN ('failed', 'cancelled') AND i.finished_at < before
           AND EXISTS (SELECT FROM public.import_files f WHERE f.tenant_id = i.tenant_id AND f.import_id = i.id));
END;
RESET ROLE;
