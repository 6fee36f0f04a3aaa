-- When a carrier first took a message that was meant: `updated_at` moves with every receipt, and a rehearsal reaches nobody.
-- Stands in the row, without an index: the statement that takes "accepted" down stays HOT.
ALTER TABLE messages ADD COLUMN contacted_at timestamptz;

-- What was searched for may be a name: it goes with the hour in which the file can be read.
ALTER TABLE exports ALTER COLUMN selection DROP NOT NULL;
