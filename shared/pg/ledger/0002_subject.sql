-- What an event, or all that it came to, is about, so that it can be found when that
-- is to be forgotten. Null where it came to events about several things, and in rows
-- that a version before this one wrote.
ALTER TABLE ledger ADD COLUMN subject text;
CREATE INDEX ledger_subject ON ledger (subject);
