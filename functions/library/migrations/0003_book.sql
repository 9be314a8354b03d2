-- What is known of each book, and by which version. Its row is what whoever changes
-- anything of the book queues at.
CREATE TABLE book (
  book       text    PRIMARY KEY,
  content    bigint  NOT NULL DEFAULT -1,     -- version of what it is; -1 where nobody has said
  state      bigint  NOT NULL DEFAULT -1,     -- version of the last withdrawal or restore
  withdrawn  boolean NOT NULL DEFAULT false,
  catalogued bytea                            -- events.BookCatalogued in JSON, to the letter
);

-- The pictures of covers, by the SHA-256 of the file that has them: they may come
-- before their book.
CREATE TABLE cover (
  sha256    text  PRIMARY KEY,
  cover     jsonb NOT NULL,
  thumbnail jsonb NOT NULL
);
