-- A book is catalogued before its text is read, where that takes its time. Whoever
-- does not say so has read it.
ALTER TABLE file ADD COLUMN text_read boolean NOT NULL DEFAULT true;
