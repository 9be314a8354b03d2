package uploads

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
)

// inbox is the source of what lies in nobody's folder.
const inbox = "inbox"

// batches is the folder whose lists may have any name that a table has, and whose
// other files wait for a list to name them.
const batches = "batches"

// sources are the names that a source's folder may have. A folder with another name
// is the inbox's.
var sources = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

var (
	listEndings = []string{".batch.jsonl", ".onix.xml", ".mrc", ".iso", ".marcxml"}
	bookEndings = []string{".epub", ".pdf", ".txt.zip", ".txt", ".fb2.zip", ".fb2", ".mobi", ".azw3", ".azw", ".prc", ".cbz"}
)

// place is where in the bucket for books a key lies.
type place struct {
	source, rest string // rest is what the source calls it
	batches      bool   // below a folder of that name
	list         bool   // of books, by its name
}

// inBooks reads a key of the bucket for books: <source>/<path>.
func inBooks(key string) place {
	p := place{source: inbox, rest: key}
	if first, rest, below := strings.Cut(key, "/"); below && sources.MatchString(first) {
		p.source, p.rest = first, rest
	}
	folders := strings.Split(path.Dir(p.rest), "/")
	p.batches = slices.Contains(folders, batches)
	p.list = ending(p.rest, listEndings) != "" || p.batches && ending(p.rest, []string{".csv"}) != ""
	return p
}

// sourceID is what a source calls a book: where it lies, whatever its format.
func (p place) sourceID() string { return p.rest[:len(p.rest)-len(ending(p.rest, bookEndings))] }

// id names the book, as whoever speaks of it does.
func (p place) id() string { return ce.ID("book", p.source, p.sourceID()) }

// ending is that of a name which is longer than it, and "" where it has none of them.
func ending(name string, endings []string) string {
	base := path.Base(name)
	for _, e := range endings {
		if len(base) > len(e) && strings.EqualFold(base[len(base)-len(e):], e) {
			return name[len(name)-len(e):]
		}
	}
	return ""
}

// waits reports whether a notice is of a file that only a list gives a meaning.
func (n *Namer) waits(notice Notice) bool {
	if n.kind(notice.Bucket) != book {
		return false
	}
	p := inBooks(notice.Keys[0])
	return p.batches && !p.list
}

// announceBook says that a book has arrived, or a list of books.
func (n *Namer) announceBook(cause fn.Event, a arrival) (fn.Outcome, error) {
	p := inBooks(a.object.Key)
	version := max(0, a.time.UnixMilli())
	if p.list {
		return n.send(cause, a, events.BatchUploaded{Batch: a.batch(), Upload: a.upload, Source: p.source, Object: a.object, Name: lastSegment(a.object.Key)})
	}
	if length := utf8.RuneCountInString(p.sourceID()); length > maxName {
		return nil, fault.Refusef(events.RefusedInvalid, "%q is %d characters below its source's folder, at most %d are taken; give it a shorter name", a.object.Key, length, maxName)
	}
	return n.send(cause, a, events.BookUploaded{Book: a.id, Upload: a.upload, Object: a.object, Name: lastSegment(a.object.Key),
		Origin: events.Origin{Source: p.source, ID: p.sourceID(), Version: version}})
}

// batch names a list. The same list put there again is another batch, and carried out
// again: what it names may be there by now.
func (a arrival) batch() string {
	return ce.ID("batch", a.upload, cmp.Or(a.object.Version, a.time.UTC().Format(time.RFC3339Nano)))
}

// time is when the object came, as its store says, so that what comes later has a
// higher version however notices overtake one another. A store that is asked says
// it in whole seconds.
func (n Notice) time(cause fn.Event) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, n.record.EventTime); err == nil {
		return at
	}
	return cause.Time()
}
