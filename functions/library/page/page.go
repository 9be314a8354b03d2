// Package page is the page on which books are looked for, and the one on which a book
// is read.
//
//	in   the language; of a book that is read, the edition and its parts' origin
//	out  the page, and the files it is made of
//
// What the shelf shows comes from books that nobody vouches for: its scripts write
// text, never HTML, and its security policy lets nothing else run or load.
//
// A chapter is fetched as text, taken apart as XML, and put into a frame that may run
// nothing: its sandbox allows the page to reach into it (that is what turns pages and
// remembers places) and allows no script, form, window or navigation to whatever it
// holds. The frame's own security policy lets it fetch below the book's address and
// nowhere else. To reach into a frame and to let it run scripts would be no sandbox at
// all; only the first is allowed.
package page

import (
	"embed"
	"fmt"
	"net/http"

	"xietong.dev/shared/web"
)

//go:embed static
var static embed.FS

// site is both pages.
var site = web.Site{Files: web.Files(static)}

// security of the reading page, which shows parts of books from an origin.
const security = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline' %[1]s; img-src 'self' data: %[1]s; font-src %[1]s; media-src %[1]s; " +
	"connect-src 'self' %[1]s; frame-src 'self' %[1]s; base-uri 'self' %[1]s; form-action 'none'; frame-ancestors 'self'"

// shelfSecurity lets the browse page show and fetch what is the library's own.
const shelfSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// Write answers with the reading page. The origin is 'self' or that of books' parts.
func Write(w http.ResponseWriter, language, edition, origin string) error {
	return site.Write(w, http.StatusOK, web.Page{File: "read.html", Policy: fmt.Sprintf(security, origin), Language: language, Words: Words, Told: map[string]any{"edition": edition}})
}

// Shelf answers with the page on which books are looked for, with so many characters
// at most.
func Shelf(w http.ResponseWriter, language string, most int) error {
	return site.Write(w, http.StatusOK, web.Page{File: "shelf.html", Policy: shelfSecurity, Language: language, Words: ShelfWords, Told: map[string]any{"most": most}})
}

// File answers with a file of the pages, and reports whether there is such a one.
func File(w http.ResponseWriter, r *http.Request, name string) bool { return site.File(w, r, name) }
