package records

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/events"
)

// onixBook maps an ONIX product.
func onixBook(n *node) *events.BookMetadata {
	detail, publishing := n.all("descriptivedetail"), n.all("publishingdetail")
	b := &events.BookMetadata{ISBN: onixISBN(n), Summary: onixSummary(n)}
	for _, d := range detail {
		b.Title, b.Subtitle = onixTitle(d)
		b.Series, b.Position = onixSeries(d)
		b.Contributors = onixContributors(d)
		b.Language = onixLanguage(d)
		b.Subjects, b.CLC = onixSubjects(d)
		b.Accessibility = onixFeatures(d)
	}
	for _, p := range publishing {
		b.Publisher = cmp.Or(where(p.all("publisher"), "publishingrole", "01").get("publishername"), p.get("publisher", "publishername"), p.get("imprint", "imprintname"))
		b.Published = where(p.all("publishingdate"), "publishingdaterole", "01", "11", "19").get("date")
	}
	return b
}

// onixISBN is an identifier of list 5: ISBN-13, the same as a GTIN-13, or ISBN-10.
func onixISBN(n *node) string {
	return leadingISBN(where(n.all("productidentifier"), "productidtype", "15", "03", "02").get("idvalue"))
}

// onixTitle is the distinctive title (list 15): of the product itself, or of what it
// is a volume of, with the volume's number.
func onixTitle(detail *node) (title, subtitle string) {
	elements := where(detail.all("titledetail"), "titletype", "01", "00").all("titleelement")
	own := where(elements, "titleelementlevel", "01")
	if title = elementTitle(own); title != "" {
		return title, own.get("subtitle")
	}
	above := where(elements, "titleelementlevel", "02")
	return strings.TrimSpace(elementTitle(above) + " " + own.get("partnumber")), above.get("subtitle")
}

func elementTitle(n *node) string {
	return cmp.Or(n.get("titletext"), strings.TrimSpace(n.get("titleprefix")+" "+n.get("titlewithoutprefix")))
}

func onixSeries(detail *node) (string, float64) {
	for _, c := range detail.all("collection") {
		for _, t := range c.all("titledetail", "titleelement") {
			if series := elementTitle(t); series != "" && t.get("titleelementlevel") != "01" {
				place := cmp.Or(t.get("partnumber"), where(c.all("titledetail", "titleelement"), "titleelementlevel", "01").get("partnumber"),
					c.get("collectionsequence", "collectionsequencenumber"))
				return series, position(place)
			}
		}
	}
	return "", 0
}

func onixContributors(detail *node) []events.Contributor {
	all := detail.all("contributor")
	slices.SortStableFunc(all, func(a, b *node) int {
		return cmp.Compare(sequence(a), sequence(b))
	})
	var found []events.Contributor
	for _, c := range all {
		var codes []string
		for _, r := range c.all("contributorrole") {
			codes = append(codes, r.string())
		}
		found = append(found, inRoles(onixName(c), codes, "ctb")...)
	}
	return found
}

func sequence(n *node) int {
	place, err := strconv.Atoi(n.get("sequencenumber"))
	if err != nil {
		return 1 << 30
	}
	return place
}

func onixName(c *node) string {
	if name := cmp.Or(c.get("personname"), c.get("corporatename")); name != "" {
		return name
	}
	if inverted := c.get("personnameinverted"); inverted != "" {
		return direct(inverted, '1')
	}
	key := strings.TrimSpace(c.get("prefixtokey") + " " + c.get("keynames"))
	return direct(strings.TrimSuffix(key+", "+c.get("namesbeforekey"), ", "), '1')
}

// onixLanguage is the language of the text (list 22), with its script where that is
// said.
func onixLanguage(detail *node) string {
	l := where(detail.all("language"), "languagerole", "01")
	tag := language(l.get("languagecode"))
	if script := l.get("scriptcode"); script != "" && tag != "" {
		return cmp.Or(language(tag+"-"+script), tag)
	}
	return cmp.Or(tag, l.get("languagecode"))
}

// onixSubjects are headings and keywords, and the class of the 中图法: scheme 88 of
// list 27, or a supplier's own of that name.
func onixSubjects(detail *node) (subjects []string, class string) {
	for _, s := range detail.all("subject") {
		scheme, text := s.get("subjectschemeidentifier"), s.get("subjectheadingtext")
		named := strings.ToLower(s.get("subjectschemename"))
		switch {
		case scheme == "88" || strings.Contains(named, "clc") || strings.Contains(named, "中图"):
			class = cmp.Or(class, s.get("subjectcode"))
		case scheme == "20":
			subjects = append(subjects, listOf(text)...)
		case text != "":
			subjects = append(subjects, text)
		}
	}
	return subjects, class
}

// onixSummary is the long description of list 153, or the short one.
func onixSummary(n *node) string {
	return where(n.all("collateraldetail", "textcontent"), "texttype", "03", "02").get("text")
}

// onixAccessible are features of list 196 as schema.org names them.
var onixAccessible = map[string]string{"11": "tableOfContents", "12": "index", "13": "readingOrder", "14": "alternativeText", "15": "longDescription",
	"17": "MathML", "19": "pageNavigation", "20": "synchronizedAudioText", "21": "ttsMarkup", "26": "highContrastDisplay", "29": "structuralNavigation", "30": "ARIA"}

func onixFeatures(detail *node) []string {
	var features []string
	for _, f := range detail.all("productformfeature") {
		if name := onixAccessible[f.get("productformfeaturevalue")]; name != "" && f.get("productformfeaturetype") == "09" {
			features = append(features, name)
		}
	}
	return features
}
