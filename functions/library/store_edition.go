package library

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"xietong.dev/functions/library/text"
	"xietong.dev/shared/pg"
)

// PutEdition writes what a book is: all but its cover, its readers, when it came and
// whether it is withdrawn, which only a new row takes from e. The caller holds the
// book, so that no two do this at once.
func PutEdition(ctx context.Context, tx pg.Tx, e Edition) error {
	e.Metadata = clean(e.Metadata)
	m, n := e.Metadata, describe(e.Metadata, e.Format)
	args := []any{e.Book, asJSON(m), e.Format, e.Letters, asJSON(e.File), asJSON(e.Contents), asJSON(e.Text), asJSON(e.Licence),
		text.SortKey(m.Title), n.authors, m.Publisher, n.year, n.language, m.CLC, listed(m.Subjects), m.ISBN, m.Series, n.title, n.author, n.other, n.keys, n.subject}
	tag, err := tx.Exec(ctx, `UPDATE edition SET metadata = $2, format = $3, letters = $4, file = $5, contents = $6, text = $7, licence = $8,
		sort_title = $9, authors = $10, publisher = $11, year = $12, language = $13, clc = $14, subjects = $15, isbn = $16, series = $17,
		by_title = $18, by_author = $19, by_other = $20, k = $21, by_subject = $22 WHERE book = $1`, args...)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, `INSERT INTO edition (book, metadata, format, letters, file, contents, text, licence,
			sort_title, authors, publisher, year, language, clc, subjects, isbn, series, by_title, by_author, by_other, k, by_subject,
			cover, thumbnail, added_at, reads, popularity, withdrawn)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
			append(args, asJSON(e.Cover), asJSON(e.Thumbnail), e.AddedAt, e.Reads, e.Popularity, e.Withdrawn)...)
		return failed("add book", e.Book, err)
	}
	if err == nil {
		// What described the book before may stay: grams only say where to look.
		_, err = tx.Exec(ctx, `UPDATE book_grams SET grams = grams || $2 WHERE book = $1 AND NOT grams @> $2`, e.Book, n.keys)
	}
	return failed("write book", e.Book, err)
}

// Index makes a book's text searchable by the keys that [text.Index] makes of it,
// which is slow and needs no transaction. A book that is not there, or is withdrawn,
// is left out.
func Index(ctx context.Context, tx pg.Tx, book string, by text.Keys) error {
	var keys []int32
	var popularity int64
	err := tx.QueryRow(ctx, `SELECT k, popularity FROM edition WHERE book = $1 AND NOT withdrawn FOR UPDATE`, book).Scan(&keys, &popularity)
	if errors.Is(err, pg.ErrNoRows) {
		return nil
	}
	if err != nil {
		return failed("index book", book, err)
	}
	grams := slices.Concat(by.Grams, keys)
	slices.Sort(grams)
	if err := Remove(ctx, tx, book); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO book_grams (book, popularity, grams, phrases, fours) VALUES ($1, $2, $3, $4, $5)`,
		book, popularity, slices.Compact(grams), []byte(by.Phrases), []byte(by.Fours))
	return failed("index book", book, err)
}

// Remove takes a book's text out of the search. It is no error where it is not in.
func Remove(ctx context.Context, tx pg.Tx, book string) error {
	_, err := tx.Exec(ctx, `DELETE FROM book_grams WHERE book = $1`, book)
	return failed("remove from the index book", book, err)
}

// Withdraw takes a book out of every list and search at once. What is known of it
// stays for [Restore].
func Withdraw(ctx context.Context, tx pg.Tx, book string) error {
	if _, err := tx.Exec(ctx, `UPDATE edition SET withdrawn = true WHERE book = $1`, book); err != nil {
		return failed("withdraw book", book, err)
	}
	return Remove(ctx, tx, book)
}

// Restore puts a book back into the lists. Its text is to be indexed again.
func Restore(ctx context.Context, tx pg.Tx, book string) error {
	_, err := tx.Exec(ctx, `UPDATE edition SET withdrawn = false WHERE book = $1`, book)
	return failed("restore book", book, err)
}

// asJSON is v as jsonb; NULL for a nil pointer.
func asJSON(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types above always marshal
	}
	if string(b) == "null" {
		return nil
	}
	return string(b)
}

// listed is never NULL.
func listed(all []string) []string { return append([]string{}, all...) }
