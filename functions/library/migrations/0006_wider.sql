-- A filter of wider phrases besides, which tells apart books that have the same threes.
-- A book that was indexed before has none, so that every text passes: it is found as it
-- was, and as slowly, until it is indexed again.
ALTER TABLE book_grams ADD COLUMN wider bytea NOT NULL DEFAULT '';
ALTER TABLE book_grams ALTER COLUMN wider SET STORAGE EXTERNAL;
