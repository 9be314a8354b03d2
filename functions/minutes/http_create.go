package minutes

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

type creation struct {
	Title    string `json:"title"`
	Language string `json:"language"`
	Name     string `json:"name"` // of the file that will be uploaded
	occasion
}

type granted struct {
	ID     string      `json:"id"`
	Upload blob.Upload `json:"upload"`
}

// create answers POST /minutes: an id, and a signed request to upload with. The
// same Idempotency-Key gets the same id.
func (c *call) create() error {
	var want creation
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if err := c.check(want); err != nil {
		return err
	}
	id, err := c.newMinutes()
	if err != nil {
		return err
	}
	given := Given{Unit: c.unit, Author: c.author, Title: want.Title, Language: want.Language, Grants: 1,
		Request: want.fingerprint()}
	want.into(&given)
	if err := c.DB.InTx(c.r.Context(), func(tx pg.Tx) error { return c.begin(tx, id, given) }); err != nil {
		return err
	}
	return c.grant(id, given, want.Name, 1)
}

func (c *call) check(want creation) error {
	switch {
	case utf8.RuneCountInString(want.Title) > c.MaxTitle:
		return web.Field("field_length", "title", 0, c.MaxTitle)
	case strings.ContainsFunc(want.Title, unicode.IsControl):
		return web.Field("field_control", "title")
	case want.Language != "" && !events.IsLanguage(want.Language):
		return web.Field("field_language", "language")
	}
	return want.occasion.check(c.MaxParticipants)
}

// fingerprint tells one creating request from another. What a version before could not
// say leaves it as that version made it.
func (w creation) fingerprint() string {
	parts := []string{w.Title, w.Language, w.Name}
	if !w.isEmpty() {
		said, _ := json.Marshal(w.occasion) // strings and numbers: never fails
		parts = append(parts, string(said))
	}
	return ce.ID(parts...)
}

func (c *call) newMinutes() (string, error) {
	keys := c.r.Header.Values("Idempotency-Key")
	switch {
	case len(keys) == 0:
		return c.NewID(), nil
	case !web.Visible(keys[0]):
		return "", web.Field("field_ascii", "Idempotency-Key", 128)
	}
	return ce.ID("create", c.unit, c.author, keys[0]), nil
}

func (c *call) begin(tx pg.Tx, id string, given Given) error {
	ctx := c.r.Context()
	old, err := lock(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case old.DeletedAt != nil:
		return web.Refuse(http.StatusGone, "deleted")
	case old.PostedAt != nil && old.Request != given.Request:
		return web.Refuse(http.StatusConflict, "key_reused")
	case old.PostedAt != nil:
		return nil
	}
	var now time.Time
	if err := tx.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return err
	}
	now = now.UTC()
	given.PostedAt = &now
	uploads, err := readUploads(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := writeGiven(ctx, tx, id, given, uploads); err != nil {
		return err
	}
	return c.index(ctx, tx, id)
}

// upload answers POST /minutes/{id}/uploads: another signed request, for a new
// recording or for a transcript in its place.
func (c *call) upload() error {
	var want struct {
		Name     string `json:"name"`
		Language string `json:"language"`
	}
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	if err := c.check(creation{Language: want.Language}); err != nil {
		return err
	}
	id := c.r.PathValue("id")
	var s story
	err := c.change(id, func(ctx context.Context, tx pg.Tx, locked story) error {
		s = locked
		if s.given.Grants >= c.MaxUploads {
			return web.Refuse(http.StatusConflict, "too_many_uploads", c.MaxUploads)
		}
		s.given.Grants++
		return writeGiven(ctx, tx, id, s.given, s.own)
	})
	if err != nil {
		return err
	}
	shown := show(s.given, s.own)
	given := Given{Title: shown.Title, Language: want.Language, Kind: shown.Kind}
	if given.Language == "" {
		given.Language = shown.Language
	}
	return c.grant(id, given, want.Name, s.given.Grants)
}

// change does work on the caller's minutes while nobody else can.
func (c *call) change(id string, work func(context.Context, pg.Tx, story) error) error {
	if !events.IsID(id) {
		return web.NotFound
	}
	ctx := c.r.Context()
	return c.DB.InTx(ctx, func(tx pg.Tx) error {
		given, err := readGiven(ctx, tx, selectGiven+` FOR UPDATE`, id)
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return web.NotFound
		case err != nil:
			return wrap("lock minutes", id, err)
		}
		s, err := c.fill(tx, story{id: id, given: given})
		if err != nil {
			return err
		}
		return work(ctx, tx, s)
	})
}

// grant answers with a signed request for the number-th upload of a recording.
func (c *call) grant(id string, given Given, name string, number int) error {
	// All metadata together may have 2 KB, and a Chinese character takes nine
	// bytes there; the whole title stands in our own row.
	metadata := map[string]string{"title": cutRunes(given.Title, 100), "language": given.Language, "unit": c.unit, "authid": c.author, "kind": given.Kind}
	for key, value := range metadata {
		if value == "" {
			delete(metadata, key)
		}
	}
	key := id + "/" + numbered(cleanName(name), number)
	upload, err := c.Store.SignPut(c.r.Context(), c.RecordingsBucket, key, metadata, c.UploadExpiry)
	if err != nil {
		return wrap("sign an upload to", key, err)
	}
	return c.reply(http.StatusCreated, granted{id, upload})
}

const maxNameBytes = 200 // a segment of a key may have 255, and the number needs some

// cleanName makes the last segment of a key of a file's name as its owner wrote
// it, and keeps its extension.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' || r == utf8.RuneError:
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name[strings.LastIndex(name, "/")+1:], ". ")
	extension := path.Ext(name)
	if len(extension) > 16 {
		extension = ""
	}
	stem := cutBytes(strings.TrimSuffix(name, extension), maxNameBytes-len(extension))
	if stem == "" {
		stem = "recording"
	}
	return stem + extension
}

// numbered keeps a later upload from replacing an earlier one of the same name.
func numbered(name string, number int) string {
	if number == 1 {
		return name
	}
	extension := path.Ext(name)
	return strings.TrimSuffix(name, extension) + " (" + strconv.Itoa(number) + ")" + extension
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func cutBytes(s string, most int) string {
	for i, r := range s {
		if i+utf8.RuneLen(r) > most {
			return s[:i]
		}
	}
	return s
}
