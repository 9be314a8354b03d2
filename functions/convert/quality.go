package convert

import (
	"math"
	"strings"
	"unicode"

	"xietong.dev/events"
	"xietong.dev/functions/convert/plain"
)

// minRecall is the share of the source's characters that must be in the result.
// LibreOffice 7.4 keeps 0.998 of those in documents that Microsoft Office itself
// has printed, and 0.99995 with metric-compatible fonts (30 documents).
const minRecall = 0.98

// maxSide is the longest side of a page that PDF readers must take: 14,400 units
// (ISO 32000-1, annex C).
const maxSide = 14400

// printed is what was found in a PDF.
type printed struct {
	text  string
	pages int
	blank []int // pages with nothing on them
	odd   []int // pages whose size no reader must take
}

// assess says how faithful a PDF is. What the source says is known where told is
// true.
func assess(source string, told bool, p printed, replaced []events.Font) events.Report {
	r := events.Report{Quality: events.QualityUnchecked, Blank: p.blank, Fonts: replaced}
	if told {
		share, missing := plain.Recall(source, p.text)
		share = math.Floor(share*10000) / 10000
		r.Quality, r.Recall, r.Missing = events.QualityGood, &share, events.Brief(missing, 255)
	}
	switch {
	case r.Recall != nil && *r.Recall < minRecall,
		len(p.odd) > 0,
		len(p.blank) == p.pages && strings.ContainsFunc(source, unicode.IsLetter):
		r.Quality = events.QualityDegraded
	}
	return r
}
