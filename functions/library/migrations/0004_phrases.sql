-- What tells a text with a phrase from one that only has the phrase's grams: a
-- text.Filter; empty where a book was indexed before there were filters. It is read
-- byte by byte, which wants it unpacked.
ALTER TABLE book_grams ADD COLUMN phrases bytea NOT NULL DEFAULT '';
ALTER TABLE book_grams ALTER COLUMN phrases SET STORAGE EXTERNAL;
