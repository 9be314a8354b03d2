package minutes

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"xietong.dev/events"
)

// Correction is one edit of a line of the transcript. It never changes. Number counts
// the edits of the line.
type Correction struct {
	Segment string
	Number  int
	Upload  string
	Track   int
	StartMS int64
	EndMS   int64
	Heard   string // what the engine had made of the line when it was edited
	Text    string
	Author  string
	At      time.Time
}

// Line is a segment as people left it.
type Line struct {
	events.Segment
	Edit *Edit `json:"edit,omitempty"`
}

// Edit says what a person made of a line. Where Other is not empty, the transcript has
// changed since: the line says one thing, Other is what it might say instead, and a
// person chooses by writing the line once more.
type Edit struct {
	Edits  int       `json:"edits"` // of this line; If-Match takes it in quotes
	Author string    `json:"author,omitempty"`
	At     time.Time `json:"at"`
	Heard  string    `json:"heard"` // what the engine makes of the line now
	Other  string    `json:"other,omitempty"`
}

// span is where a segment lies, without its text.
type span struct {
	id         string
	track      int
	start, end int64
}

func (s span) overlap(c Correction) int64 {
	return max(0, min(s.end, c.EndMS)-max(s.start, c.StartMS))
}

// place finds for each correction the segment of a transcript that it belongs to: the
// one of its id, else the one that it overlaps most, else the one nearest in time, on
// its track before any other. Lines that were cut otherwise lose no edit.
func place(spans []span, corrections []Correction) map[string][]Correction {
	placed, known := map[string][]Correction{}, map[string]bool{}
	for _, s := range spans {
		known[s.id] = true
	}
	for _, c := range corrections {
		id := c.Segment
		if !known[id] {
			if len(spans) == 0 {
				continue
			}
			id = slices.MinFunc(spans, func(a, b span) int { return c.nearer(a, b) }).id
		}
		placed[id] = append(placed[id], c)
	}
	return placed
}

// nearer orders segments by how likely they are the one that was corrected.
func (c Correction) nearer(a, b span) int {
	other := func(s span) int {
		if s.track == c.Track {
			return 0
		}
		return 1
	}
	away := func(s span) int64 { return max(s.start-c.EndMS, c.StartMS-s.end, 0) }
	return cmp.Or(cmp.Compare(other(a), other(b)), cmp.Compare(b.overlap(c), a.overlap(c)), cmp.Compare(away(a), away(b)))
}

// corrected is a line with the corrections that belong to it. A correction of this very
// stretch counts, whatever a machine says later; one of a line that was cut otherwise,
// or of another upload, is shown beside until somebody has written the line since.
func corrected(s events.Segment, upload string, all []Correction) Line {
	line := Line{Segment: s}
	own := slices.IndexFunc(all, func(c Correction) bool { return c.Segment == s.ID })
	var others []string
	var newest Correction
	for i, c := range all {
		if i == own || own >= 0 && c.At.Before(all[own].At) {
			continue
		}
		others, newest = append(others, c.Text), c
	}
	beside := strings.Join(others, " ")
	if beside == s.Text {
		beside = ""
	}
	if own >= 0 {
		return line.mine(upload, all[own], beside)
	}
	if beside == "" {
		return line
	}
	line.Edit = &Edit{Author: newest.Author, At: newest.At, Heard: s.Text, Other: beside}
	if len(others) == 1 && newest.covers(s, upload) {
		line.Text, line.Edit.Other = beside, s.Text
	}
	return line
}

// mine is a line with the correction of this very stretch. It counts, whatever a
// machine says later; but where a person put another recording in place of the one
// that was corrected, what that says counts.
func (line Line) mine(upload string, c Correction, beside string) Line {
	heard := line.Text
	line.Edit = &Edit{Edits: c.Number, Author: c.Author, At: c.At, Heard: heard, Other: beside}
	other := heard
	if c.Upload == upload || c.Heard == heard {
		line.Text = c.Text
	} else {
		other = c.Text
	}
	if c.Heard != heard && c.Text != heard {
		line.Edit.Other = other
	}
	return line
}

// covers reports whether a correction is of nearly the same stretch as a segment that
// has another id.
func (c Correction) covers(s events.Segment, upload string) bool {
	own := span{start: s.StartMS, end: s.EndMS}
	return c.Upload == upload && c.Track == s.Track && 5*own.overlap(c) >= 4*max(s.EndMS-s.StartMS, c.EndMS-c.StartMS)
}
