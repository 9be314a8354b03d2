-- When and where people met, and what an official record says of itself: a person's
-- words, in JSON, since they are read and written whole.
ALTER TABLE minutes ADD COLUMN given_particulars text NOT NULL DEFAULT '';
