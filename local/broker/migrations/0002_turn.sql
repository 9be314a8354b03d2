-- What the running broker knows of each of its lanes, for other processes that
-- work on the same rows. Whoever puts deliveries in turn holds these rows.
CREATE TABLE lane (
  trigger text    PRIMARY KEY,
  service text    NOT NULL,                           -- where it delivers
  ordered boolean NOT NULL                            -- events with the same partitionkey are delivered in turn
);

-- The turn of each delivery of an ordered Trigger that has not ended: among those
-- of one key only the first may be ready or running, and the others have the
-- delivery state 5, waiting for their turn. The broker makes this table anew when
-- it starts, so what a program that does not know it leaves behind does no harm.
CREATE TABLE turn (
  trigger text   NOT NULL,
  key     text   NOT NULL,                            -- the event's partitionkey
  place   bigint NOT NULL,                            -- the event's seq; 0 for what was running when an earlier one came back
  seq     bigint NOT NULL,
  PRIMARY KEY (trigger, key, place)
);
