-- What a recording is of, and who took part. The given ones are a person's words;
-- kind is what is shown. Participants are JSON: a list is read and written whole.
ALTER TABLE minutes ADD COLUMN given_kind         text NOT NULL DEFAULT '';
ALTER TABLE minutes ADD COLUMN given_participants text NOT NULL DEFAULT '';
ALTER TABLE minutes ADD COLUMN kind               text NOT NULL DEFAULT '';

-- Exports that another function finishes. The id is that of the content, so that the
-- same wish finds the same file; the document is what the other function knows it by,
-- another one at each attempt. Rows outlive their files, to count the attempts.
CREATE TABLE export (
  id        text        PRIMARY KEY,
  recording text        NOT NULL,
  attempt   integer     NOT NULL,
  document  text        NOT NULL,
  asked_at  timestamptz NOT NULL,
  title     text        NOT NULL,
  language  text        NOT NULL,
  source    text        NOT NULL, -- the docx as a stored object, in JSON; empty once it is gone
  result    text        NOT NULL DEFAULT '', -- the pdf
  code      text        NOT NULL DEFAULT '', -- why there is none
  reason    text        NOT NULL DEFAULT ''
);
CREATE INDEX export_document ON export (document);
CREATE INDEX export_recording ON export (recording);
