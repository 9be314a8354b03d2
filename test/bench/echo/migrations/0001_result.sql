-- What each event came to.
CREATE TABLE result (
  id   text PRIMARY KEY,
  text text NOT NULL
);
