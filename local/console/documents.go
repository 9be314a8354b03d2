package console

// Documents that arrived, newest first, and what became of each: its pages as pictures,
// and what was made of it to take away.

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

const (
	documentsShown = 20
	picturesShown  = 12
	storyRead      = 1_000 // events of one document: 20,000 pages with their pictures
	pictureHolds   = 15 * time.Minute
)

func (d *desk) documents() {
	d.mux.Handle("GET /console/documents", d.page((*visit).listDocuments))
	d.mux.Handle("GET /console/documents/{story}", d.page((*visit).showDocument))
	d.mux.Handle("GET /console/documents/{story}/{file}", d.page((*visit).giveFile))
}

// documentList is the page of a list.
type documentList struct {
	Documents []document
	Next      int64 // the seq before which the next page begins; 0 where there is none
	First     bool
	Looked    int       // events that were looked at, where the page would hold more; else 0
	Reached   time.Time // when the oldest of those arrived
}

// listDocuments answers GET /console/documents?before=.
func (v *visit) listDocuments() error {
	before, err := web.Number(v.r, "before", 1, 1<<62, 0)
	if err != nil {
		return err
	}
	found, err := v.Broker().Find(v.r.Context(), broker.Search{Type: events.DocumentUploaded{}.EventType(), Before: int64(before), Limit: documentsShown})
	if err != nil {
		return err
	}
	list := pageOf(found, before == 0)
	for _, e := range found.Entries {
		d, err := v.document(cmp.Or(e.Correlation, e.ID))
		if err != nil {
			return err
		}
		if d.Thumbnail != nil {
			d.Thumbnail.URL, err = v.sign(d.Thumbnail.Object)
		}
		if err != nil {
			return err
		}
		list.Documents = append(list.Documents, d)
	}
	return v.tellDocuments(list, list.Documents)
}

// pageOf is a page before its documents are read.
func pageOf(found broker.Found, first bool) documentList {
	list := documentList{Next: found.Next, First: first}
	if !found.Full && found.Next != 0 {
		list.Looked, list.Reached = found.Looked, found.Reached
	}
	return list
}

// document reads a story, and what of it tells of the document.
func (v *visit) document(story string) (document, error) {
	told, err := v.Broker().Events(v.r.Context(), broker.Query{Correlation: story, Limit: storyRead})
	if err != nil {
		return document{}, err
	}
	return documentOf(told), nil
}

// documentPage is one document with some of its pages.
type documentPage struct {
	document
	Shown    []picture
	Earlier  int // the page that the pictures before begin with; 0 where there are none
	Later    int
	Finished bool
}

// showDocument answers GET /console/documents/{story}?page=, with pictures from a page on.
func (v *visit) showDocument() error {
	first, err := web.Number(v.r, "page", 1, 1<<31-1, 1)
	if err != nil {
		return err
	}
	d, err := v.document(v.r.PathValue("story"))
	if err != nil {
		return err
	}
	if d.Story == "" {
		return web.NotFound
	}
	p := documentPage{document: d}
	for _, shown := range d.Pictures {
		switch {
		case shown.Page < first:
			p.Earlier = max(1, first-picturesShown)
			continue
		case len(p.Shown) == picturesShown:
			p.Later = shown.Page
		}
		if p.Later != 0 {
			break
		}
		if shown.URL, err = v.sign(shown.Object); err != nil {
			return err
		}
		p.Shown = append(p.Shown, shown)
	}
	return v.tellDocuments(p, []document{d})
}

// tellDocuments writes the page. A script that asks learns only how things stand.
func (v *visit) tellDocuments(view any, all []document) error {
	stand := []string{}
	for _, d := range all {
		stand = append(stand, fmt.Sprint(d.Story, d.State, len(d.Pictures)))
	}
	now := strings.Join(stand, " ")
	if strings.Contains(v.r.Header.Get("Accept"), "application/json") {
		return web.Reply(v.w, http.StatusOK, map[string]string{"stand": now})
	}
	one, _ := view.(documentPage)
	list, _ := view.(documentList)
	return v.tell("documents.html", map[string]any{"List": list, "One": one}, map[string]any{"stand": now}, documentScript)
}

// sign is an address of an object that ends soon. The page may show pictures from
// where it leads.
func (v *visit) sign(o events.Object) (string, error) {
	address, err := v.Store.SignGet(v.r.Context(), o.Bucket, o.Key, o.Version, pictureHolds)
	v.policy = policyWith(address)
	return address, err
}

// giveFile answers GET /console/documents/{story}/{file}: something that was made of the
// document, or itself, always to be kept as a file. No browser is to show it as a page
// of the console.
func (v *visit) giveFile() error {
	d, err := v.document(v.r.PathValue("story"))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.r.PathValue("file"))
	if err != nil || n < 0 || n >= len(d.Files) {
		return web.NotFound
	}
	return v.send(d.Files[n].Object, d.Files[n].Name)
}
