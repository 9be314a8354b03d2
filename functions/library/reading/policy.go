package reading

import (
	"regexp"
	"slices"
	"strings"
)

// The policy is a list of what stays. Of what is not in it the tag goes and what it
// encloses stays, but for those in gone.

const (
	xhtml  = "http://www.w3.org/1999/xhtml"
	mathML = "http://www.w3.org/1998/Math/MathML"
	ops    = "http://www.idpf.org/2007/ops"
)

func words(lists ...string) map[string]bool {
	set := map[string]bool{}
	for _, list := range lists {
		for w := range strings.FieldsSeq(list) {
			set[w] = true
		}
	}
	return set
}

// policy says what may stay in a chapter.
type policy struct {
	html, math, void, gone map[string]bool
	global, tables, maths  map[string]bool
	own                    map[string]map[string]bool
}

func newPolicy() policy {
	return policy{
		html: words("article aside section nav header footer main address h1 h2 h3 h4 h5 h6 hgroup div p blockquote pre hr br wbr",
			"ol ul li dl dt dd figure figcaption a abbr acronym b bdi bdo big center cite code data del dfn em font i ins kbd mark q",
			"rp rt rtc rb ruby s samp small span strike strong sub sup time tt u var img audio video source track",
			"table caption colgroup col thead tbody tfoot tr td th details summary"),
		math: words("math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced menclose",
			"msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd mlabeledtr semantics"),
		void: words("br hr img wbr col source track"),
		gone: words("script style title iframe frame frameset embed applet param template base meta link input select option textarea button",
			"svg annotation annotation-xml noembed noframes noscript xmp plaintext portal map area head"),
		global: words("id class title lang xml:lang dir epub:type role hidden translate",
			"aria-label aria-labelledby aria-describedby aria-details aria-hidden aria-level aria-roledescription"),
		tables: words("align valign width height border cellpadding cellspacing bgcolor colspan rowspan headers scope span abbr"),
		maths: words("display mathvariant mathsize mathcolor mathbackground stretchy fence separator form lspace rspace accent accentunder",
			"columnalign rowalign columnspacing rowspacing columnlines rowlines frame framespacing equalrows equalcolumns displaystyle scriptlevel",
			"linethickness notation open close separators columnspan rowspan width height depth voffset alttext minsize maxsize movablelimits",
			"symmetric largeop bevelled numalign denomalign intent arg"),
		own: map[string]map[string]bool{
			"img": words("alt width height"), "audio": words("controls"), "video": words("controls width height"),
			"source": words("type"), "track": words("kind srclang label"), "ol": words("start type reversed"), "li": words("value"),
			"time": words("datetime"), "del": words("datetime"), "ins": words("datetime"), "font": words("color size face"),
			"hr": words("width align"), "p": words("align"), "div": words("align"), "details": words("open"), "data": words("value"),
			"bdo": words("dir"), "h1": words("align"), "h2": words("align"), "h3": words("align"),
		},
	}
}

var tabular = words("table caption colgroup col thead tbody tfoot tr td th")

// keeps reports whether an attribute stays as it is. Those that hold addresses or
// style are another matter.
func (p policy) keeps(element, name string) bool {
	switch {
	case p.global[name], p.own[element][name]:
		return true
	case tabular[element]:
		return p.tables[name]
	}
	return p.math[element] && p.maths[name]
}

// pictures are those that may stand in the text itself. SVG is none of them.
var pictures = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$`)

// viewport is the size of a page that is laid out already.
var viewport = regexp.MustCompile(`^[a-zA-Z0-9=,.\- ]{1,100}$`)

// prefixes are those that an element's name may have; the rest of it counts.
var prefixes = []string{"m", "mml", "math", "html", "h", "xhtml", "svg"}

// plain is an element's name without a known prefix.
func plain(name string) string {
	prefix, rest, has := strings.Cut(name, ":")
	if has && slices.Contains(prefixes, prefix) {
		return rest
	}
	return name
}
