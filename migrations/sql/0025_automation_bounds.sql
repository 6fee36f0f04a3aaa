-- Rules that a person has to look at: advertising words in a message that repeats. The digest is of what was approved, so that
-- another text (edited here, or a template that changed at Kakao) asks again.
ALTER TABLE template_links
    ADD COLUMN written_by  uuid,                     -- of what it says now; NULL: who created it
    ADD COLUMN approved    text NOT NULL DEFAULT '',
    ADD COLUMN approved_by uuid,
    ADD COLUMN approved_at timestamptz;

-- What was stopped is one line a day for each link and record: `tries` counts how often. A form that saves a record a thousand
-- times a day leaves one line, not a thousand.
ALTER TABLE automation_logs ALTER COLUMN tries TYPE integer;
