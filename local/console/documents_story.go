package console

// What the events of one story say of its document. Nothing here asks anybody.

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/local/broker"
)

// How a document stands: words of the message table under doc_.
const (
	docWaits    = "waits"
	docGood     = "good"
	docDegraded = "degraded"
	docMade     = "made" // nothing could be compared
	docRefused  = "refused"
)

// document is a document as it is shown. Everything in it but State and times was said
// by others.
type document struct {
	Story     string
	Name      string // of the file
	Title     string // as whoever uploaded it calls it; the file's name where that was not said
	At        time.Time
	Size      int64 // bytes
	State     string
	Format    string // what it is, whatever its name says
	Pages     int
	Report    *events.Report
	Engine    events.Engine
	Repeated  bool
	Refused   *events.DocumentRefused
	Thumbnail *picture
	Pictures  []picture // by their page
	Files     []madeFile
}

// picture is one page, or the first one small.
type picture struct {
	events.Rendition
	URL string
}

// madeFile is something to take away.
type madeFile struct {
	Format string // original, or what was made
	Name   string
	Object events.Object
}

// storyOf names the story that an event belongs to.
func storyOf(r broker.Record) string {
	story, _ := r.Event.Extensions()[events.CorrelationID].(string)
	return cmp.Or(story, r.Event.ID())
}

// documentOf puts a story's events together, in their order. Its Story is empty where
// no document is told of.
func documentOf(told []broker.Record) (d document) {
	for _, r := range told {
		d.hear(r)
	}
	slices.SortStableFunc(d.Pictures, func(a, b picture) int { return cmp.Compare(a.Page, b.Page) })
	d.Pictures = slices.CompactFunc(d.Pictures, func(a, b picture) bool { return a.Page == b.Page })
	return d
}

// hear takes in one event; those that cannot be read, or of other things, say nothing.
func (d *document) hear(r broker.Record) {
	switch r.Event.Type() {
	case events.DocumentUploaded{}.EventType():
		if u, err := events.Decode[events.DocumentUploaded](r.Event); err == nil && d.Story == "" {
			*d = document{Story: storyOf(r), Name: u.Name, Title: cmp.Or(u.Title, u.Name), At: r.ReceivedAt, Size: u.Object.Size, State: docWaits, Files: []madeFile{{"original", u.Name, u.Object}}}
		}
	case events.DocumentConverted{}.EventType():
		if c, err := events.Decode[events.DocumentConverted](r.Event); err == nil {
			d.converted(c)
		}
	case events.DocumentPreviewed{}.EventType():
		if p, err := events.Decode[events.DocumentPreviewed](r.Event); err == nil {
			d.take(p.Renditions)
		}
	case events.DocumentRefused{}.EventType():
		if refused, err := events.Decode[events.DocumentRefused](r.Event); err == nil {
			d.State, d.Refused = docRefused, &refused
		}
	}
}

func (d *document) converted(c events.DocumentConverted) {
	d.State = map[string]string{events.QualityGood: docGood, events.QualityDegraded: docDegraded}[c.Report.Quality]
	d.State = cmp.Or(d.State, docMade)
	d.Refused, d.Format, d.Report, d.Engine, d.Repeated = nil, c.Format, &c.Report, c.Engine, c.Repeated
	d.Pages = max(d.Pages, c.Pages)
	d.take(c.Renditions)
}

// take sorts what was made into pictures and files.
func (d *document) take(all []events.Rendition) {
	for _, r := range all {
		switch {
		case r.Format == events.FormatThumbnail:
			d.Thumbnail = &picture{Rendition: r}
		case r.Page > 0:
			d.Pictures = append(d.Pictures, picture{Rendition: r})
		default:
			ending := path.Ext(d.Name)
			d.Files = append(d.Files, madeFile{r.Format, strings.TrimSuffix(d.Name, ending) + "." + cmp.Or(map[string]string{events.FormatPDFA: "pdf"}[r.Format], r.Format), r.Object})
		}
	}
}
