-- What a recording is of, and who took part. The given ones are a person's words;
-- kind is what is shown. Participants are JSON: a list is read and written whole.
ALTER TABLE minutes ADD COLUMN given_kind         text NOT NULL DEFAULT '';
ALTER TABLE minutes ADD COLUMN given_participants text NOT NULL DEFAULT '';
ALTER TABLE minutes ADD COLUMN kind               text NOT NULL DEFAULT '';
