// Package page is the pages on which captions are begun, spoken and read.
//
//	in   the language, the session, and limits
//	out  the page, and the files it is made of; its script asks the function's API, and
//	     speaks and watches over WebSocket
//
// What people say, and how they are called, comes from hands that nobody vouches for: the
// scripts write text, never HTML, and the security policy lets nothing else run. It names
// no address of a WebSocket: 'self' lets those of the page's own origin through
// (Content Security Policy Level 3, 6.7.2.8; Chromium, Firefox and Safari from 15.4).
// What hears the microphone is a script of ours like any other.
package page

import (
	"embed"
	"maps"
	"net/http"

	"xietong.dev/shared/web"
)

//go:embed static
var static embed.FS

// site is both pages.
var site = web.Site{Files: web.Files(static)}

// Begin answers with the page on which a session is begun. Told are the limits of its
// fields, and the id of the minutes that it is for, where there are such.
func Begin(w http.ResponseWriter, language string, told map[string]any) error {
	return write(w, "begin.html", language, told)
}

// Captions answers with the page of one session, whose id stands in told.
func Captions(w http.ResponseWriter, language string, told map[string]any) error {
	return write(w, "captions.html", language, told)
}

func write(w http.ResponseWriter, file, language string, told map[string]any) error {
	words := maps.Clone(CommonWords)
	maps.Copy(words, tables[file])
	return site.Write(w, http.StatusOK, web.Page{File: file, Language: language, Words: words, Told: told})
}

// File answers with a file of the pages, and reports whether there is such a one.
func File(w http.ResponseWriter, r *http.Request, name string) bool { return site.File(w, r, name) }
