-- The conditions by which people are chosen may hold a name or a number that somebody typed: ciphertext under the tenant's key, as
-- a segment's rule is. What stands beside them (a segment's id, ids of people, who of a shared number gets it) is no personal data.
ALTER TABLE campaigns ADD COLUMN filter bytea;
-- Of a send they are needed until its people are frozen, and not kept after that.
ALTER TABLE sends ADD COLUMN filter bytea;
