package book

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/events"
)

// openCBZ reads a comic: pictures in the order of their names, and what
// ComicInfo.xml says of them, where there is one.
func (b *Book) openCBZ(z *bundle, images []entry) error {
	if err := b.limits.checkParts(len(images), "pictures"); err != nil {
		return err
	}
	slices.SortStableFunc(images, func(a, b entry) int { return natural(a.href, b.href) })
	for _, e := range images {
		b.Contents.Reading = append(b.Contents.Reading, e.part(""))
	}
	b.Contents.Fixed = true
	front := 0
	for _, e := range z.entries {
		if !strings.EqualFold(path.Base(e.href), "ComicInfo.xml") {
			continue
		}
		held, err := z.read(e, int64(b.limits.Package))
		if harmless(err) {
			b.warn("%s: %s", e.href, err)
			break
		}
		if err != nil {
			return err
		}
		front = b.comicInfo(held)
		break
	}
	b.cover = z.open(images[min(front, len(images)-1)])
	return nil
}

// natural orders names as people do: page 2 before page 10.
func natural(a, b string) int {
	x, y := strings.ToLower(a), strings.ToLower(b)
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m == 0 || n == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		p, q := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
		if order := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); order != 0 {
			return order
		}
		x, y = x[m:], y[n:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits counts those that a name begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

var comicRoles = []struct{ element, role string }{
	{"writer", "aut"}, {"penciller", "art"}, {"inker", "ink"}, {"colorist", "clr"}, {"letterer", "ltr"},
	{"coverartist", "cov"}, {"editor", "edt"}, {"translator", "trl"},
}

// comicInfo takes what the ComicInfo schema (anansi-project) has, and returns which
// picture is the front cover.
func (b *Book) comicInfo(held []byte) (front int) {
	info := map[string]string{}
	open := ""
	for m := newMarkup(held); m.next(); {
		switch {
		case m.isText():
			if open != "" {
				info[open] += string(m.text)
			}
		case m.name == "page" && m.starts() && strings.EqualFold(m.attr("type"), "FrontCover"):
			if n, err := strconv.Atoi(m.attr("image")); err == nil && n >= 0 {
				front = n
			}
		default:
			open = ""
			if m.kind == startTag {
				open = m.name
			}
		}
	}
	b.fromComicInfo(info)
	return front
}

func (b *Book) fromComicInfo(info map[string]string) {
	get := func(name string) string { return strings.TrimSpace(info[name]) }
	b.Metadata = events.BookMetadata{
		Title: get("title"), Series: get("series"), Position: number(get("number")), Summary: get("summary"),
		Publisher: get("publisher"), Language: get("languageiso"), Published: get("year"), ISBN: isbnOf([]string{get("gtin")}),
		Subjects: strings.FieldsFunc(get("genre")+","+get("tags"), func(r rune) bool { return r == ',' || r == '，' }),
	}
	m := &b.Metadata
	if m.Title == "" && m.Series != "" {
		m.Title = strings.TrimSpace(m.Series + " " + get("number"))
	}
	if month := get("month"); month != "" {
		m.Published += "-" + month
		if day := get("day"); day != "" {
			m.Published += "-" + day
		}
	}
	for _, r := range comicRoles {
		for name := range strings.FieldsFuncSeq(get(r.element), func(c rune) bool { return c == ',' || c == '，' }) {
			m.Contributors = append(m.Contributors, events.Contributor{Name: name, Role: r.role})
		}
	}
	if strings.EqualFold(get("manga"), "YesAndRightToLeft") {
		b.Contents.Direction = "rtl"
	}
}
