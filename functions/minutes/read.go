package minutes

import "context"

// readStory reads everything that is shown of minutes, whoever asks.
func readStory(ctx context.Context, db reader, id string) (story, error) {
	given, err := readGiven(ctx, db, selectGiven, id)
	if err != nil {
		return story{}, wrap("read minutes", id, err)
	}
	return story{id: id, given: given}.rest(ctx, db)
}

// rest reads what is shown besides what people said when they made the minutes.
func (s story) rest(ctx context.Context, db reader) (story, error) {
	uploads, err := readUploads(ctx, db, s.id)
	if err != nil {
		return s, err
	}
	s.own = owned(s.given, uploads)
	current, found, err := readCurrent(ctx, db, s.id, s.current())
	if err != nil {
		return s, err
	}
	if found {
		s.summary = &current
	}
	s.naming, err = readNaming(ctx, db, s.id)
	s.called()
	return s, err
}
