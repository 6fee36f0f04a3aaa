-- What the mapping screen shows again after a reload, and the forecast of an import that hasn't started.
ALTER TABLE imports
    ADD COLUMN sample bytea,               -- ciphertext: some rows of the file; gone when the import starts or is given up
    ADD COLUMN forecast jsonb,             -- figures, no cell values
    ADD COLUMN forecast_key text,          -- digest of the question: shape, mapping, policy; the fence of whoever counts
    ADD COLUMN forecast_percent smallint,
    ADD COLUMN forecast_until timestamptz, -- lease of whoever counts
    ADD COLUMN forecast_problem text;      -- Korean sentence when it could not be counted
