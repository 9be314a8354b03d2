// Package page is the pages on which people find, hear, read and edit minutes.
//
//	in   the language, where the object store is, and limits
//	out  the page, and the files it is made of; its script asks the function's API
//
// What people said, and what they wrote, comes from hands that nobody vouches for: the
// scripts write text, never HTML, and the security policy lets nothing else run. The
// browser reaches two origins: the page's own, and the object store's, which plays
// recordings and takes uploads by signed addresses.
package page

import (
	"embed"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

//go:embed static
var static embed.FS

// site is both pages.
var site = web.Site{Files: web.Files(static)}

// security of both pages; what may be fetched and what may be heard are added.
const security = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'%s; media-src %s; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// policy lets a page send files to the store and play what lies there. A store whose
// address is not one is no origin, and nothing is let through for it.
func policy(store string) string {
	u, err := url.Parse(store)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Sprintf(security, "", "'none'")
	}
	origin := u.Scheme + "://" + u.Host
	return fmt.Sprintf(security, " "+origin, origin)
}

// List answers with the page on which minutes are found and recordings uploaded. The
// store is the address at which browsers reach it; limits are what fields may hold.
func List(w http.ResponseWriter, language, store string, limits map[string]any) error {
	return write(w, "list.html", language, store, joined(ListWords, RetentionWords), limits)
}

// Minutes answers with the page of one recording's minutes, whose id stands in told.
func Minutes(w http.ResponseWriter, language, store string, told map[string]any) error {
	return write(w, "minutes.html", language, store, joined(MinutesWords, RightsWords), told)
}

func write(w http.ResponseWriter, file, language, store string, words say.Table, told map[string]any) error {
	all := maps.Clone(CommonWords)
	maps.Copy(all, words)
	return site.Write(w, http.StatusOK, web.Page{File: file, Policy: policy(store), Language: language, Words: all, Told: told})
}

// File answers with a file of the pages, and reports whether there is such a one.
func File(w http.ResponseWriter, r *http.Request, name string) bool { return site.File(w, r, name) }

// Shared answers with the page that a link opens: to be read, and nothing else.
func Shared(w http.ResponseWriter, language, store string, told map[string]any) error {
	return write(w, "shared.html", language, store, SharedWords, told)
}
