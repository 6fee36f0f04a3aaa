-- Hours in which a campaign goes out, in Korean time, on one day; NULL: whenever it was started. Frozen at launch on the send.
ALTER TABLE campaigns ADD COLUMN send_from time, ADD COLUMN send_until time,
    ADD CONSTRAINT campaigns_send_window CHECK ((send_from IS NULL) = (send_until IS NULL) AND send_from < send_until);
ALTER TABLE sends ADD COLUMN send_from time, ADD COLUMN send_until time,
    ADD CONSTRAINT sends_send_window CHECK ((send_from IS NULL) = (send_until IS NULL) AND send_from < send_until);
