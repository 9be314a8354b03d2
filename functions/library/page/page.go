// Package page is the page on which books are looked for, and the one on which a book
// is read: HTML, style sheets and scripts, all of them ours and none of them built.
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
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"xietong.dev/shared/say"
)

//go:embed static
var static embed.FS

// security of the reading page, which shows parts of books from an origin.
const security = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline' %[1]s; img-src 'self' data: %[1]s; font-src %[1]s; media-src %[1]s; " +
	"connect-src 'self' %[1]s; frame-src 'self' %[1]s; base-uri 'self' %[1]s; form-action 'none'; frame-ancestors 'self'"

// shelfSecurity lets the browse page show and fetch what is the library's own.
const shelfSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// Write answers with the reading page. The origin is 'self' or that of books' parts.
func Write(w http.ResponseWriter, language, edition, origin string) error {
	return write(w, language, "read.html", fmt.Sprintf(security, origin), Words, map[string]any{"edition": edition})
}

// Shelf answers with the page on which books are looked for, with so many characters
// at most.
func Shelf(w http.ResponseWriter, language string, most int) error {
	return write(w, language, "shelf.html", shelfSecurity, ShelfWords, map[string]any{"most": most})
}

// write answers with a page: its file, its words, and what its script is told.
func write(w http.ResponseWriter, language, file, policy string, table say.Table, told map[string]any) error {
	text, err := static.ReadFile("static/" + file)
	if err != nil {
		return err
	}
	said := func(key string) string { return table.Say(language, key) }
	t, err := template.New(file).Funcs(template.FuncMap{"say": said}).Parse(string(text))
	if err != nil {
		return err
	}
	words := map[string]string{}
	for key := range table {
		words[key] = said(key)
	}
	told["words"] = words
	encoded, err := json.Marshal(told)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, map[string]string{"Language": tag(language), "Data": string(encoded), "Version": version()}); err != nil {
		return fmt.Errorf("write page %s: %w", file, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	w.Write(out.Bytes())
	return nil
}

func tag(language string) string {
	if language == say.English {
		return "en"
	}
	return "zh-CN"
}

// File answers with a file of the page, and reports whether there is such a one.
func File(w http.ResponseWriter, r *http.Request, name string) bool {
	text, err := static.ReadFile("static/" + name)
	kind := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}[path.Ext(name)]
	if err != nil || kind == "" || strings.Contains(name, "/") {
		return false
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Etag", `"`+version()+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	return true
}

// version changes with any of the files.
func version() string {
	sum := sha256.New()
	fs.WalkDir(static, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := static.ReadFile(name)
			sum.Write(text)
		}
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
