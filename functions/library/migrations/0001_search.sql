-- Books as they are listed and searched: one row a book, worked out anew at every
-- event of it. What stands below "found by" follows from what stands above.
CREATE TABLE edition (
  book       text        COLLATE "C" PRIMARY KEY,
  metadata   jsonb       NOT NULL,                     -- events.BookMetadata, without U+0000
  format     text        NOT NULL,
  letters    bigint      NOT NULL DEFAULT 0,           -- of its text
  file       jsonb       NOT NULL,                     -- events.Object, as the four below
  contents   jsonb       NOT NULL,
  text       jsonb,                                    -- null where the book has none
  cover      jsonb,                                    -- null until it is made
  thumbnail  jsonb,
  licence    jsonb,
  added_at   timestamptz NOT NULL,
  reads      bigint      NOT NULL DEFAULT 0,           -- counted as they happen: in no index, so that counting is cheap
  popularity bigint      NOT NULL DEFAULT 0,           -- reads as lists are ordered by them, taken over from time to time
  withdrawn  boolean     NOT NULL DEFAULT false,
  -- found by
  sort_title text        COLLATE "C" NOT NULL,         -- pinyin, then the title
  authors    text[]      NOT NULL,                     -- names of contributors
  publisher  text        NOT NULL,
  year       integer     NOT NULL,                     -- 0 where not known
  language   text        NOT NULL,                     -- the first subtag
  clc        text        NOT NULL,
  subjects   text[]      NOT NULL,
  isbn       text        NOT NULL,
  series     text        NOT NULL,
  by_title   text        NOT NULL,                     -- folded lines that words are looked for in
  by_author  text        NOT NULL,
  by_subject text        NOT NULL,
  by_other   text        NOT NULL,                     -- publisher, ISBN
  k          integer[]   NOT NULL                      -- grams of those lines, and of what lists are narrowed by
);

-- Every list is a walk along one of three orders, or what k finds, sorted. The
-- planner knows from k's common elements which is less.
CREATE INDEX edition_k          ON edition USING gin (k) WITH (fastupdate = off) WHERE NOT withdrawn;
CREATE INDEX edition_popularity ON edition (popularity, book) WHERE NOT withdrawn;
CREATE INDEX edition_added      ON edition (added_at, book) WHERE NOT withdrawn;
CREATE INDEX edition_title      ON edition (sort_title, book) WHERE NOT withdrawn;
CREATE INDEX edition_isbn       ON edition (isbn) WHERE isbn <> '';

-- What the text of a book holds. Popularity stands here too, so that the best of
-- many books are chosen without a look at their editions.
CREATE TABLE book_grams (
  book       text      COLLATE "C" NOT NULL,
  popularity bigint    NOT NULL,
  grams      integer[] NOT NULL,
  PRIMARY KEY (book)
) PARTITION BY HASH (book);

-- One part, for each has keys of its own: 400 books of 300 KB take 0.60 times their
-- text in one, 1.14 in 4 and 2.26 in 16 (measured). From 20,000 books a part on that
-- is over, and the table may be split: its parts are detached, and their rows put
-- into parts of MODULUS 16.
CREATE TABLE book_grams_0 PARTITION OF book_grams FOR VALUES WITH (MODULUS 1, REMAINDER 0);

-- Statistics of arrays this long take minutes and say nothing of rare elements;
-- PostgreSQL's compression does not make them smaller (measured).
ALTER TABLE book_grams ALTER COLUMN grams SET STATISTICS 0;
ALTER TABLE book_grams ALTER COLUMN grams SET STORAGE EXTERNAL;

-- Without a list of pending entries, which every search would read from end to end.
-- Filling it is no slower (measured).
CREATE INDEX book_grams_grams ON book_grams USING gin (grams) WITH (fastupdate = off);
