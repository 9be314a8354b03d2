package book

import (
	"cmp"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/isbn"
)

// clean returns a line of metadata as it may be shown: valid, composed, without
// control characters, spaces in a row one, and so many letters at most.
func clean(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unseen(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return cutLetters(strings.Join(strings.Fields(norm.NFC.String(text)), " "), limit)
}

func cutLetters(text string, limit int) string {
	if len(text) <= limit || utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:limit-1])) + "…"
}

// summary returns a description, which may be a page of HTML, as paragraphs.
func (b *Book) summary(text string) string {
	if strings.ContainsAny(text, "<&") {
		if shown, _, err := textOf([]byte(text)); err == nil {
			text = shown
		}
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = clean(line, b.limits.Summary); line != "" {
			lines = append(lines, line)
		}
	}
	return cutLetters(strings.Join(lines, "\n"), b.limits.Summary)
}

// finish cleans what a book says about itself, and gives a title to one without.
func (b *Book) finish(name string) {
	m := &b.Metadata
	m.Title, m.Subtitle = b.field(m.Title), b.field(m.Subtitle)
	m.Publisher, m.Series, m.CLC = b.field(m.Publisher), b.field(m.Series), b.field(m.CLC)
	m.Published, m.Language, m.Summary = dateOf(m.Published), languageOf(m.Language), b.summary(m.Summary)
	m.Contributors = b.contributors(m.Contributors)
	m.Subjects = b.list(m.Subjects, "subjects")
	m.Accessibility = b.list(m.Accessibility, "accessibility features")
	if m.Title == "" {
		title, author := fromName(name)
		m.Title = cmp.Or(b.field(title), "无题")
		if len(m.Contributors) == 0 && author != "" {
			m.Contributors = b.contributors([]events.Contributor{{Name: author, Role: "aut"}})
		}
	}
	b.headings()
}

func (b *Book) field(text string) string { return clean(text, b.limits.Field) }

// list cleans a list, and keeps each line once.
func (b *Book) list(all []string, what string) (kept []string) {
	seen := map[string]bool{}
	for _, one := range all {
		if one = b.field(one); one == "" || seen[one] {
			continue
		}
		if len(kept) == b.limits.Fields {
			b.warn("the book names more than %d %s, MAX_BOOK_FIELDS allows no more", b.limits.Fields, what)
			return kept
		}
		seen[one] = true
		kept = append(kept, one)
	}
	return kept
}

// contributors splits names that stand in one field, takes the part a person has in
// the book from behind the name, as Chinese books put it, and keeps each once.
func (b *Book) contributors(all []events.Contributor) (kept []events.Contributor) {
	seen := map[events.Contributor]bool{}
	for _, c := range all {
		for _, name := range splitNames(c.Name) {
			one := roleOf(events.Contributor{Name: b.field(name), Role: c.Role})
			if one.Name == "" || seen[one] {
				continue
			}
			if len(kept) == b.limits.Fields {
				b.warn("the book names more than %d people, MAX_BOOK_FIELDS allows no more", b.limits.Fields)
				return kept
			}
			seen[one] = true
			kept = append(kept, one)
		}
	}
	return kept
}

var betweenNames = regexp.MustCompile(`[;；、]| & `)

func splitNames(names string) []string { return betweenNames.Split(names, -1) }

var parts = regexp.MustCompile(`^(.+?)[\s]+(编著|主编|编译|校注|译注|点校|整理|插图|绘图|著|译|譯|编|編|绘|繪|注|作|口述)$`)

var partRoles = map[string]string{"译": "trl", "譯": "trl", "编译": "trl", "译注": "trl", "编": "edt", "編": "edt", "主编": "edt", "点校": "edt", "校注": "edt",
	"整理": "edt", "编著": "aut", "著": "aut", "作": "aut", "注": "ann", "插图": "ill", "绘图": "ill", "绘": "ill", "繪": "ill", "口述": "nrt"}

func roleOf(c events.Contributor) events.Contributor {
	if found := parts.FindStringSubmatch(c.Name); found != nil {
		return events.Contributor{Name: strings.TrimSpace(found[1]), Role: partRoles[found[2]]}
	}
	return c
}

// relator is a code of the MARC relators, three letters.
var relator = regexp.MustCompile(`^[a-z]{3}$`)

var roleNames = map[string]string{"author": "aut", "translator": "trl", "editor": "edt", "illustrator": "ill", "narrator": "nrt", "contributor": "ctb", "publisher": "pbl"}

func roleCode(role, otherwise string) string {
	role = strings.ToLower(strings.TrimSpace(role))
	if relator.MatchString(role) {
		return role
	}
	return cmp.Or(roleNames[role], otherwise)
}

var dates = regexp.MustCompile(`^\D{0,3}(\d{4})(?:\s*[-./年]?\s*(\d{1,2})(?:\s*[-./月]?\s*(\d{1,2}))?)?`)

// dateOf returns the day, the month or the year of a date as books write it: an
// ISO date with or without a time, 2024年5月, 20240517, 2024/5/17.
func dateOf(text string) string {
	found := dates.FindStringSubmatch(strings.TrimSpace(text))
	if found == nil || found[1] < "0868" { // the Diamond Sutra is the oldest print with a date; calibre's "unknown" is 0101
		return ""
	}
	if found[2] == "" {
		return found[1]
	}
	month, err := time.Parse("2006-1", found[1]+"-"+found[2])
	if err != nil {
		return found[1]
	}
	day, err := time.Parse("2006-1-2", found[1]+"-"+found[2]+"-"+found[3])
	if err != nil {
		return month.Format("2006-01")
	}
	return day.Format(time.DateOnly)
}

var languages = map[string]string{"chi": "zh", "zho": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh", "简体中文": "zh-Hans", "繁體中文": "zh-Hant", "英文": "en", "english": "en", "cn": "zh"}

// languageOf returns a language as BCP 47 writes it, and "" for none that is known.
func languageOf(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if named, ok := languages[text]; ok {
		return named
	}
	tag, err := language.Raw.Parse(text)
	if err != nil || tag == language.Und {
		return ""
	}
	if base, _ := tag.Base(); len(base.String()) == 3 {
		if canonical, err := language.All.Canonicalize(tag); err == nil {
			tag = canonical
		}
	}
	return tag.String()
}

// isbnOf returns the first of the identifiers that is an ISBN, with the right check digit.
func isbnOf(identifiers []string) string {
	for _, one := range identifiers {
		for _, prefix := range []string{"urn:isbn:", "isbn:", "isbn"} {
			if len(one) > len(prefix) && strings.EqualFold(one[:len(prefix)], prefix) {
				one = one[len(prefix):]
				break
			}
		}
		if number, ok := isbn.Normalise(strings.TrimSpace(one)); ok {
			return number
		}
	}
	return ""
}

// classMark is one of the 中图法: TP312, I247.5, K892.25/.3.
var classMark = regexp.MustCompile(`^[A-KN-VXZ][A-Z]?\d[\d.\-/=()+"]*$`)

var classNames = regexp.MustCompile(`(?i)^(?:中图法?(?:分类)?[号法]?|中国图书馆分类法|CLC)[:：\s]*`)

// classOf returns the class mark of a subject that says it is one.
func classOf(subject string) string {
	subject = strings.TrimSpace(subject)
	mark := classNames.ReplaceAllString(subject, "")
	if mark != subject && classMark.MatchString(mark) {
		return mark
	}
	return ""
}

var named = regexp.MustCompile(`^《(.+?)》\s*(?:作者[:：]|by\s+)?\s*(.*)$|^(.+?)\s*作者[:：]\s*(.+)$`)

// fromName takes a title and an author from how people name files:
// 《书名》作者：某某.txt.
func fromName(name string) (title, author string) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	for _, ext := range []string{".zip", ".fb2", path.Ext(name)} {
		if len(ext) <= 6 && !strings.Contains(ext, " ") && strings.EqualFold(path.Ext(name), ext) {
			name = name[:len(name)-len(ext)]
		}
	}
	if name == "." || name == "/" {
		return "", ""
	}
	name = strings.TrimSpace(name)
	if found := named.FindStringSubmatch(name); found != nil {
		return found[1] + found[3], strings.TrimSpace(found[2] + found[4])
	}
	return strings.ReplaceAll(name, "_", " "), ""
}

// headings cleans the table of contents, bounds it, and names the parts by it.
func (b *Book) headings() {
	left := b.limits.Headings
	b.Contents.TOC = b.cleanHeadings(b.Contents.TOC, &left)
	if left < 0 {
		b.warn("the table of contents has more than %d lines, MAX_BOOK_HEADINGS allows no more", b.limits.Headings)
	}
	titles := map[string]string{}
	name(titles, b.Contents.TOC)
	for i := range b.Contents.Reading {
		part := &b.Contents.Reading[i]
		part.Title = cmp.Or(b.field(part.Title), titles[part.Href])
	}
}

func (b *Book) cleanHeadings(all []events.BookHeading, left *int) (kept []events.BookHeading) {
	for _, h := range all {
		if *left--; *left < 0 {
			return kept
		}
		h.Title = cmp.Or(b.field(h.Title), "…")
		h.Children = b.cleanHeadings(h.Children, left)
		kept = append(kept, h)
	}
	return kept
}

// name notes the first heading that leads to each part.
func name(titles map[string]string, all []events.BookHeading) {
	for _, h := range all {
		part := h.Href
		if hash := strings.LastIndexByte(part, '#'); hash > 0 {
			part = part[:hash]
		}
		if titles[part] == "" {
			titles[part] = h.Title
		}
		name(titles, h.Children)
	}
}
