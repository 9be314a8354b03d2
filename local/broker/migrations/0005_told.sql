-- The events that the broker of a cluster delivers and told us of: what is told twice is
-- recorded once. Their deliveries have the states 7, on its way there, and 8, at work as
-- the function's ledger says. A program that does not know these leaves such a delivery
-- alone. On one machine this stays empty.
CREATE TABLE told (
  key    text   PRIMARY KEY,                          -- a hash of all that makes the event what it is
  seq    bigint NOT NULL,
  source text   NOT NULL,                             -- with the id, what ledgers know the event by
  id     text   NOT NULL
);
CREATE INDEX told_of ON told (seq);
