-- What somebody's data was collected for (P-07): of a list, and of everybody who came with it. Empty: nobody has told yet.
-- A constant default: no row is written anew.
ALTER TABLE contacts ADD COLUMN purposes text[] NOT NULL DEFAULT '{}';
ALTER TABLE imports ADD COLUMN purposes text[] NOT NULL DEFAULT '{}';
