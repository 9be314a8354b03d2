// Package page is the page on which people see what was decided on devices, and act.
//
//	in   the language, and who acts
//	out  the page, and the files it is made of
//
// It shows what the function's own API answers; its address says what is shown. What
// probes report is written by whoever holds the phone: the scripts write text, never
// HTML, and the security policy lets nothing else run or load.
package page

import (
	"embed"
	"net/http"

	"xietong.dev/shared/web"
)

//go:embed static
var static embed.FS

var site = web.Site{Files: web.Files(static), Words: words()}

// Write answers with the page for whoever acts, empty where nobody is named: then
// nothing can be changed on it.
func Write(w http.ResponseWriter, language, who string) error {
	return site.Write(w, http.StatusOK, web.Page{File: "score.html", Language: language, View: who, Told: map[string]any{"who": who}})
}

// File answers with a file of the page, and reports whether there is such a one.
func File(w http.ResponseWriter, r *http.Request, name string) bool { return site.File(w, r, name) }
