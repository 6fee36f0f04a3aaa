-- Templates: folders, what to do where a value is missing, formats, emphasis, the reviewer's words, every version.
ALTER TABLE templates
    ADD COLUMN folder         text NOT NULL DEFAULT '',
    ADD COLUMN missing_policy text NOT NULL DEFAULT 'skip' CHECK (missing_policy IN ('skip', 'default', 'stop')),
    ADD COLUMN defaults       jsonb NOT NULL DEFAULT '{}',   -- variable → what stands there when a person has no value
    ADD COLUMN formats        jsonb NOT NULL DEFAULT '{}',   -- variable → name of a format (domain.template)
    ADD COLUMN emphasis       jsonb NOT NULL DEFAULT '{}',   -- {"type", "title", "subtitle"} as the carrier holds it
    ADD COLUMN message_type   text NOT NULL DEFAULT 'BA' CHECK (message_type IN ('BA', 'EX', 'AD', 'MI')),
    ADD COLUMN comment        text NOT NULL DEFAULT '',      -- the reviewer's last words
    ADD COLUMN archived_at    timestamptz,
    ADD COLUMN updated_by     uuid;

-- What a template said, version by version; written with the change that makes it, never changed.
CREATE TABLE template_versions (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    template_id    uuid NOT NULL,
    version        integer NOT NULL,
    subject        text NOT NULL,
    body           text NOT NULL,
    buttons        jsonb NOT NULL,
    emphasis       jsonb NOT NULL,
    missing_policy text NOT NULL,
    defaults       jsonb NOT NULL,
    formats        jsonb NOT NULL,
    source         text NOT NULL DEFAULT 'edit' CHECK (source IN ('edit', 'carrier')),
    created_by     uuid,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, template_id, version),
    FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id) ON DELETE CASCADE
);
SELECT app.protect('template_versions');

-- Who changed a draft last: whoever comes late is told.
ALTER TABLE campaigns ADD COLUMN updated_by uuid;

-- A test goes to a few handsets with the values of one contact, which its messages carry copies of.
ALTER TABLE sends ADD COLUMN values_of uuid;
CREATE INDEX sends_values_of ON sends (tenant_id, values_of) WHERE values_of IS NOT NULL;

CREATE OR REPLACE FUNCTION app.forget_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.messages SET snapshot = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND snapshot IS NOT NULL;
    UPDATE public.messages SET snapshot = NULL
    WHERE tenant_id = NEW.tenant_id AND snapshot IS NOT NULL
      AND send_id = ANY(ARRAY(SELECT s.id FROM public.sends s WHERE s.tenant_id = NEW.tenant_id AND s.values_of = NEW.id));
    UPDATE public.import_rows SET cells = NULL
    WHERE tenant_id = NEW.tenant_id AND contact_id = NEW.id AND cells IS NOT NULL;
    RETURN NULL;
END $$;
