package web

// Pages: HTML, style sheets and scripts, all of them ours and none of them built.

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"xietong.dev/shared/say"
)

//go:embed static
var static embed.FS

// Common are the files that the pages of every function load besides their own:
// base.css, the look of what is on every page, and base.js, what every script does.
func Common() fs.FS { return Files(static) }

// Files are the files of a site, which its package embeds as the folder static.
func Files(embedded embed.FS) fs.FS {
	sub, err := fs.Sub(embedded, "static")
	if err != nil {
		panic(err) // the name is a good one
	}
	return sub
}

// Policy is the security policy of a page that shows and fetches its own origin's
// alone, and runs nothing but its own scripts. Forms go where the page came from.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// Site is the pages of one program.
type Site struct {
	Files fs.FS     // *.html are templates, which know each other by their names; *.css and *.js are what they load
	Words say.Table // what the pages say
	Funcs template.FuncMap

	once      sync.Once
	templates *template.Template
	version   string
	err       error
}

// Page is one page as it is written.
type Page struct {
	File     string // its template
	Policy   string // Content-Security-Policy; [Policy] where it is empty
	Language string
	Words    say.Table      // what the page says; the site's where it is nil
	Script   say.Table      // what its script says; the page's where it is nil
	Told     map[string]any // what its script is told, with the words; stands in the body's data-page
	View     any            // what its template shows
}

// shown is what a template is given.
type shown struct {
	File     string // the page's own template
	Language string // as HTML names it: zh-CN or en
	Data     string // for data-page
	Version  string // to load files by
	View     any
	words    say.Table
	language string
}

// Say is a message of the page. Only what is text comes of it.
func (s shown) Say(key string, args ...any) string { return s.words.Say(s.language, key, args...) }

// Write answers with a page.
func (s *Site) Write(w http.ResponseWriter, status int, p Page) error {
	if s.once.Do(s.read); s.err != nil {
		return s.err
	}
	if p.Words == nil {
		p.Words = s.Words
	}
	if p.Script == nil {
		p.Script = p.Words
	}
	said := shown{File: p.File, Language: tag(p.Language), Version: s.version, View: p.View, words: p.Words, language: p.Language}
	words := map[string]string{}
	for key := range p.Script {
		words[key] = p.Script.Say(p.Language, key)
	}
	told := maps.Clone(p.Told)
	if told == nil {
		told = map[string]any{}
	}
	told["words"] = words
	encoded, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("write page %s: %w", p.File, err)
	}
	said.Data = string(encoded)
	var out bytes.Buffer
	if err := s.templates.ExecuteTemplate(&out, p.File, said); err != nil {
		return fmt.Errorf("write page %s: %w", p.File, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(out.Bytes())
	return nil
}

func (p Page) policy() string {
	if p.Policy == "" {
		return Policy
	}
	return p.Policy
}

func tag(language string) string {
	if language == say.English {
		return "en"
	}
	return "zh-CN"
}

// kinds are the files that pages load.
var kinds = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

// File answers with a file that a page loads, the site's own or a common one, and
// reports whether there is such a one.
func (s *Site) File(w http.ResponseWriter, r *http.Request, name string) bool {
	kind := kinds[path.Ext(name)]
	if kind == "" || strings.Contains(name, "/") {
		return false
	}
	text, err := fs.ReadFile(s.Files, name)
	if err != nil {
		text, err = fs.ReadFile(Common(), name)
	}
	if s.once.Do(s.read); err != nil || s.err != nil {
		return false
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Etag", `"`+s.version+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	return true
}

// read parses the templates, once, and finds the version, which changes with any of
// the files.
func (s *Site) read() {
	s.templates, s.err = template.New("").Funcs(s.Funcs).ParseFS(s.Files, "*.html")
	sum := sha256.New()
	for _, files := range []fs.FS{Common(), s.Files} {
		fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				text, _ := fs.ReadFile(files, name)
				sum.Write(text)
			}
			return err
		})
	}
	s.version = hex.EncodeToString(sum.Sum(nil)[:8])
}
