package library

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pg"
)

// book is what is known of a book, and by which versions.
type book struct {
	id         string
	content    int64 // version of what it is; -1 where nobody has said
	state      int64 // version of the last withdrawal or restore; -1 for none
	withdrawn  bool
	catalogued *events.BookCatalogued
}

// outdoes reports whether what is known of a book is more than what is said of it: of a
// higher version, or of the same with its text, which was not read yet where none is said.
func (b book) outdoes(d events.BookCatalogued) bool {
	if d.Origin.Version != b.content || b.catalogued == nil {
		return d.Origin.Version < b.content
	}
	return d.Text == nil && b.catalogued.Text != nil && b.catalogued.SHA256 == d.SHA256
}

// again is how soon an event comes again that lost a race.
const again = time.Second

var errChanged = errors.New("the book has changed meanwhile")

const selectBook = `SELECT book, content, state, withdrawn, catalogued FROM book WHERE book = $1`

// findBook returns what is known of a book.
func findBook(ctx context.Context, db *pg.DB, id string) (book, error) {
	return scanBook(id, db.QueryRow(ctx, selectBook, id))
}

// lockBook is findBook, and lets nobody else change the book until the transaction
// ends. A book that is new to it gets its row.
func lockBook(ctx context.Context, tx pg.Tx, id string) (book, error) {
	_, err := tx.Exec(ctx, `INSERT INTO book (book) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM book WHERE book = $1)`, id)
	if pg.IsDuplicate(err) {
		return book{}, fault.Busy(again, errChanged)
	}
	if err != nil {
		return book{}, failed("note book", id, err)
	}
	return scanBook(id, tx.QueryRow(ctx, selectBook+` FOR UPDATE`, id))
}

func scanBook(id string, row pg.Row) (book, error) {
	b := book{id: id, content: -1, state: -1}
	var catalogued []byte
	err := row.Scan(&b.id, &b.content, &b.state, &b.withdrawn, &catalogued)
	if errors.Is(err, pg.ErrNoRows) {
		return b, nil
	}
	if err == nil && catalogued != nil {
		err = json.Unmarshal(catalogued, &b.catalogued)
	}
	return b, failed("look for book", id, err)
}

// saveBook writes what is known of a book. It is locked.
func saveBook(ctx context.Context, tx pg.Tx, b book) error {
	_, err := tx.Exec(ctx, `UPDATE book SET content = $2, state = $3, withdrawn = $4, catalogued = $5 WHERE book = $1`,
		b.id, b.content, b.state, b.withdrawn, asText(b.catalogued))
	return failed("write book", b.id, err)
}

// asText keeps what an event says to the letter: a database's JSON takes no U+0000.
func asText(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came as JSON
	}
	return text
}

// saveCover notes the pictures that belong to a file.
func saveCover(ctx context.Context, tx pg.Tx, d events.BookCovered) error {
	args := []any{d.SHA256, asJSON(d.Cover), asJSON(d.Thumbnail)}
	tag, err := tx.Exec(ctx, `UPDATE cover SET cover = $2, thumbnail = $3 WHERE sha256 = $1`, args...)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO cover (sha256, cover, thumbnail) VALUES ($1, $2, $3)`, args...)
	}
	if pg.IsDuplicate(err) { // another book with the same file
		return fault.Busy(again, errChanged)
	}
	return failed("write the cover of file", d.SHA256, err)
}

// showCover gives an edition the cover of its file, where that is known, and none
// where it is not.
func showCover(ctx context.Context, tx pg.Tx, edition, sha256 string) error {
	_, err := tx.Exec(ctx, `UPDATE edition SET cover = (SELECT cover FROM cover WHERE sha256 = $2), thumbnail = (SELECT thumbnail FROM cover WHERE sha256 = $2)
		WHERE book = $1`, edition, sha256)
	return failed("show the cover of book", edition, err)
}

// shown are the books that readers may open.
type shown struct{ db *pg.DB }

// Book is of [reading.Shelf].
func (s shown) Book(ctx context.Context, edition string) (events.BookCatalogued, error) {
	b, err := findBook(ctx, s.db, edition)
	if err == nil && (b.catalogued == nil || b.withdrawn) {
		err = reading.ErrNoBook
	}
	if err != nil {
		return events.BookCatalogued{}, err
	}
	return *b.catalogued, nil
}

// findEdition returns a book as lists show it, and whether it is there.
func findEdition(ctx context.Context, db *pg.DB, id string) (Edition, bool, error) {
	f, err := scanFound(db.QueryRow(ctx, selectFound+`NOT withdrawn AND book = $1`, id))
	if errors.Is(err, pg.ErrNoRows) {
		return Edition{}, false, nil
	}
	return f.Edition, err == nil, failed("look for edition", id, err)
}
