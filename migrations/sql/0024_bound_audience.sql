-- What somebody approved is what goes out: nobody more, and from the numbers that they saw.
ALTER TABLE sends
    ADD COLUMN people uuid[];  -- from launch to freeze: nobody else may be frozen; NULL: whoever the selection chooses then
ALTER TABLE approvals
    ADD COLUMN senders text[] NOT NULL DEFAULT '{}';  -- per step the number or channel that it goes out from; '': none yet
