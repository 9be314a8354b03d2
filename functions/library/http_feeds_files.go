package library

import (
	"bytes"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"mime"
	"net/http"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/library/feeds"
	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/web"
)

// mayHave finds what is read where somebody opens the edition, and wants that this
// reader may read it until some time; a zero time is without end.
func (a *app) mayHave() (events.BookCatalogued, time.Time, error) {
	id := a.r.PathValue("edition")
	if !idents.MatchString(id) {
		return events.BookCatalogued{}, time.Time{}, web.NotFound
	}
	c, err := a.Content.Shelf.Book(a.r.Context(), id)
	if errors.Is(err, reading.ErrNoBook) {
		return c, time.Time{}, web.NotFound
	}
	if err != nil {
		return c, time.Time{}, err
	}
	until, may, err := a.mayRead(a.r.Context(), a.who, id)
	if err == nil && !may {
		err = web.Refuse(http.StatusForbidden, "loan_needed")
	}
	return c, until, lendingError(err)
}

// file answers GET files/{edition}/book.…: the whole file, with ranges.
func (a *app) file() error {
	c, _, err := a.mayHave()
	if err != nil {
		return err
	}
	if a.r.PathValue("name") != "book."+c.Format {
		return web.NotFound
	}
	a.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(c.Metadata.Title) + "." + c.Format}))
	return a.Content.Server.Whole(a.w, a.r, c, feeds.FileType(c.Format))
}

// longestName is how long a file's name may be, in characters: 240 bytes of Chinese,
// where file systems take 255.
const longestName = 80

// fileName is a title as files may be called everywhere.
func fileName(title string) string {
	title = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(title, "_"))
	if runes := []rune(title); len(runes) > longestName {
		title = string(runes[:longestName])
	}
	return cmp.Or(strings.Trim(title, ". "), "book")
}

// manifest answers GET read/{edition}: to the book's parts, which have an address of
// their own for a shorter time.
func (a *app) manifest() error {
	c, until, err := a.mayHave()
	if err != nil {
		return err
	}
	expires := a.Now().Add(a.ContentExpiry)
	if !until.IsZero() && until.Before(expires) {
		expires = until
	}
	http.Redirect(a.w, a.r, a.Content.Base(c.Book, expires)+reading.ManifestName, http.StatusTemporaryRedirect)
	return nil
}

// cover answers GET covers/{edition}/cover and /thumbnail.
func (a *app) cover() error {
	if !idents.MatchString(a.r.PathValue("edition")) {
		return web.NotFound
	}
	return a.picture(a.w, a.r)
}

// blank answers GET blank.jpg: the cover of books that have none, for OPDS 2.0 wants
// one of every book.
func (a *app) blank() error {
	page := image.NewGray(image.Rect(0, 0, 120, 180))
	draw.Draw(page, page.Rect, image.NewUniform(color.Gray{0xdd}), image.Point{}, draw.Src)
	var text bytes.Buffer
	if err := jpeg.Encode(&text, page, nil); err != nil {
		return err
	}
	a.w.Header().Set("Cache-Control", "private, max-age=86400")
	return a.give("image/jpeg", text.Bytes())
}
