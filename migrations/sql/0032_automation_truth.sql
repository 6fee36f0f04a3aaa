-- What each message of a link's send is about (its record), by seq; NULL where nobody has to ask. A claim leaves out the messages
-- whose record has a change that nobody has looked at yet (record_outbox). An array beside the send, and not an index on the
-- log: it costs nothing per message, and a claim reads it once.
ALTER TABLE sends ADD COLUMN subjects uuid[];

-- Hours after which a message of this rule makes no sense any more; NULL: it goes whenever it can.
ALTER TABLE template_links ADD COLUMN not_after_hours double precision
    CHECK (not_after_hours > 0 AND not_after_hours <= 720);
