package docx

import (
	"math"
	"strconv"
)

// sheet is how a look's pages and styles are set. Lengths are in twentieths of a point.
type sheet struct {
	language    string // BCP 47
	top, bottom int
	left, right int
	footer      int // from the paper's lower edge to the page number's
	line        int // of the grid of lines; 0 is no grid
	fonts       []font
	base        font // of whatever says nothing else
	baseEast    font
	baseSize    float64 // points
	styles      []style
	levels      []level // of headings and numbered paragraphs
	bullet      indent
}

// A4, ISO 216.
const (
	paperWidth  = 210
	paperHeight = 297
)

func mm(v float64) int { return int(math.Round(v * 1440 / 25.4)) }
func pt(v float64) int { return int(math.Round(v * 20)) }

func (s sheet) textWidth() int { return mm(paperWidth) - s.left - s.right }

func (l Look) sheet() sheet {
	if l == English {
		return english()
	}
	return chinese()
}

// font is a typeface, and what stands in where it is missing.
type font struct {
	name, instead string
	east          bool // a Chinese one, GB 2312
}

// style is one style. Zero leaves what it is based on as it is.
type style struct {
	id, name   Style // the name by which Word knows it
	character  bool
	custom     bool
	hidden     bool // from the list of styles that people choose of
	next       Style
	west, east font
	size       float64 // points
	bold       bool
	colour     string
	spacing    float64 // added to each character, in points
	align      string
	outline    int // 1 is the highest; 0 is none
	level      int // of numbering, from 1; 0 is none
	bulleted   bool
	indent     indent
	before     float64 // points
	after      float64
	line       float64 // points, exact
	keepNext   bool
	rule       string // colour of a line below
	widowOff   bool
	contextual bool // no space between two of the same
}

// indent is a paragraph's, in characters and for programs that cannot count those in
// points. A negative first line hangs.
type indent struct {
	left, first, right                   float64 // characters
	leftPoints, firstPoints, rightPoints float64
}

// characters is an indent of so many characters of a size.
func characters(size, left, first, right float64) indent {
	return indent{left, first, right, left * size, first * size, right * size}
}

// points is an indent that is not counted in characters.
func points(left, first float64) indent { return indent{leftPoints: left, firstPoints: first} }

func (i indent) nodes() []node {
	if i == (indent{}) {
		return nil
	}
	n := el("w:ind")
	set := func(name string, characters, points float64) {
		if characters != 0 {
			n.attrs = append(n.attrs, name+"Chars", strconv.Itoa(int(math.Round(characters*100))))
		}
		n.attrs = append(n.attrs, name, strconv.Itoa(pt(points)))
	}
	set("w:left", i.left, i.leftPoints)
	if i.rightPoints != 0 {
		set("w:right", i.right, i.rightPoints)
	}
	switch {
	case i.firstPoints > 0:
		set("w:firstLine", i.first, i.firstPoints)
	case i.firstPoints < 0:
		set("w:hanging", -i.first, -i.firstPoints)
	default:
		n.attrs = append(n.attrs, "w:firstLineChars", "0", "w:firstLine", "0")
	}
	return []node{n}
}

// level is one level of numbering.
type level struct {
	format string // how it counts
	text   string // %1 is the number of the first level
	style  Style
	east   font
	indent indent
	suffix string // what parts number and text
}
