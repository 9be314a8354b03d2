package minutes

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/events"
)

// The kinds of notes.
const (
	Highlight = "highlight" // a stretch of the transcript; it may have a text
	Comment   = "comment"   // on a stretch, a sentence of the summary, or a moment
	Done      = "done"      // an action of the summary is done
)

// Note is what a person set beside the minutes.
type Note struct {
	ID         string
	Kind       string
	Parent     string // the comment that this one answers
	Author     string
	At         time.Time
	EditedAt   *time.Time
	DeletedAt  *time.Time // its text is gone, and its answers stay
	ResolvedAt *time.Time
	ResolvedBy string
	Request    string // fingerprint of the creating request
	Text       string
	Spot       Spot
}

// Spot is where a note stands: on a stretch of the transcript, which it quotes; on a
// sentence of the summary, which it repeats; or at a moment. By what it holds it is
// found again in another transcript or summary.
type Spot struct {
	Segment  string            `json:"segment,omitempty"` // the first of the stretch
	Last     string            `json:"last,omitempty"`    // the last of it
	From     int               `json:"from,omitempty"`    // characters of the first segment before it
	To       int               `json:"to,omitempty"`      // characters of the last segment up to its end
	Track    int               `json:"track,omitempty"`
	StartMS  int64             `json:"start_ms"`
	EndMS    int64             `json:"end_ms"`
	Quote    string            `json:"quote,omitempty"` // verbatim, a line for each segment
	List     string            `json:"list,omitempty"`  // of the summary
	Point    string            `json:"point,omitempty"` // the sentence's id
	Sentence string            `json:"sentence,omitempty"`
	Evidence []events.Evidence `json:"evidence,omitempty"`
	Moved    bool              `json:"moved,omitempty"` // the words are no longer there; this is where they were
}

// stretch is the words between two places of a transcript, and whether there is such a
// stretch: at least one character, from and to within their lines.
func stretch(lines []Line, first, last, from, to int) (string, bool) {
	if first < 0 || last < first || from < 0 {
		return "", false
	}
	var parts []string
	for i := first; i <= last; i++ {
		run := []rune(lines[i].Text)
		begin, end := 0, len(run)
		if i == first {
			begin = from
		}
		if i == last {
			end = to
		}
		if begin > end || end > len(run) {
			return "", false
		}
		parts = append(parts, string(run[begin:end]))
	}
	quote := strings.Join(parts, "\n")
	return quote, strings.TrimSpace(quote) != ""
}

func lineIndex(lines []Line, id string) int {
	return slices.IndexFunc(lines, func(l Line) bool { return l.ID == id })
}

// beside is how far from its old place a quote is looked for in another transcript.
const beside = 30_000 // milliseconds

// locate finds a stretch again. Where its words are no longer said, it is the line that
// is said at its time.
func locate(s Spot, lines []Line) Spot {
	first, last := lineIndex(lines, s.Segment), lineIndex(lines, s.Last)
	if quote, is := stretch(lines, first, last, s.From, s.To); is && quote == s.Quote {
		return s
	}
	near := slices.DeleteFunc(slices.Clone(lines), func(l Line) bool {
		return l.Track != s.Track || l.EndMS < s.StartMS-beside || l.StartMS > s.EndMS+beside
	})
	if found, is := quoted(s, near); is {
		return found
	}
	s.Moved = true
	at := -1
	for i, l := range lines {
		if at < 0 || l.StartMS <= s.StartMS && (l.Track == s.Track || lines[at].Track != s.Track) {
			at = i
		}
	}
	if at >= 0 {
		l := lines[at]
		s.Segment, s.Last, s.From, s.To = l.ID, l.ID, 0, utf8.RuneCountInString(l.Text)
	}
	return s
}

// quoted looks for a quote in lines as if they were one.
func quoted(s Spot, lines []Line) (Spot, bool) {
	var all strings.Builder
	begins := make([]int, len(lines))
	for i, l := range lines {
		begins[i] = all.Len()
		all.WriteString(l.Text)
	}
	quote := strings.ReplaceAll(s.Quote, "\n", "")
	at := strings.Index(all.String(), quote)
	if at < 0 || quote == "" {
		return s, false
	}
	where := func(offset int, end bool) (int, int) {
		for i := len(lines) - 1; i >= 0; i-- {
			if begins[i] < offset || begins[i] == offset && !end {
				return i, utf8.RuneCountInString(lines[i].Text[:offset-begins[i]])
			}
		}
		return 0, 0
	}
	first, from := where(at, false)
	last, to := where(at+len(quote), true)
	s.Segment, s.Last, s.From, s.To = lines[first].ID, lines[last].ID, from, to
	s.StartMS, s.EndMS = lines[first].StartMS, lines[last].EndMS
	return s, true
}

// refind finds the sentence again that a note stands on.
func refind(s Spot, items []SummaryItem) Spot {
	own := []SummaryItem{{List: s.List, ID: s.Point, Text: s.Sentence, Evidence: s.Evidence}}
	for n := range match(own, items) {
		s.Point = items[n].ID
		return s
	}
	s.Moved = true
	return s
}

// placed has every note where it stands now.
func placed(notes []Note, lines []Line, summary *Revision) []Note {
	var items []SummaryItem
	if summary != nil {
		items = itemsOf(summary.Document)
	}
	all := slices.Clone(notes)
	for i, n := range all {
		switch {
		case n.Spot.Point != "":
			all[i].Spot = refind(n.Spot, items)
		case n.Spot.Segment != "":
			all[i].Spot = locate(n.Spot, lines)
		}
	}
	return all
}
