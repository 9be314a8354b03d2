package minutes

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"xietong.dev/events"
	"xietong.dev/shared/web"
)

// format is one that minutes are exported as.
type format struct{ name, media string }

// formats are those that are made at once. A PDF takes its time, see http_exports.go.
var formats = []format{
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"md", "text/markdown; charset=utf-8"},
	{"txt", "text/plain; charset=utf-8"},
	{"srt", "application/x-subrip; charset=utf-8"},
	{"vtt", "text/vtt; charset=utf-8"},
	{"json", "application/json"},
	{"zip", "application/zip"},
}

// exportWish is what an export is asked for. What is left out is as the kind of
// minutes and the format have it.
type exportWish struct {
	Format     string `json:"format"`
	Lang       string `json:"lang"`       // zh or en; two with a comma between them: sentences in both
	Kind       string `json:"kind"`       // one of events.Kinds
	Times      *bool  `json:"times"`      // marks of where each sentence can be heard
	Speakers   *bool  `json:"speakers"`   // who said what
	Transcript *bool  `json:"transcript"` // all that was said, below the summary
}

// exportChoice is an export with nothing left open.
type exportChoice struct {
	format
	lang                        string   // of headings and labels
	langs                       []string // of sentences
	kind                        string
	times, speakers, transcript bool
}

// exportParams are the parameters of an export's address.
var exportParams = []string{"format", "lang", "kind", "times", "speakers", "transcript"}

func wishOf(values url.Values) (w exportWish, err error) {
	w = exportWish{Format: values.Get("format"), Lang: values.Get("lang"), Kind: values.Get("kind")}
	for name, into := range map[string]**bool{"times": &w.Times, "speakers": &w.Speakers, "transcript": &w.Transcript} {
		switch v := values.Get(name); v {
		case "":
		case "0", "1":
			yes := v == "1"
			*into = &yes
		default:
			return w, web.Field("field_number", name, 0, 1)
		}
	}
	return w, nil
}

// check wants a format that is among those given.
func (w exportWish) check(among ...format) error {
	var names []string
	for _, f := range among {
		names = append(names, f.name)
	}
	switch {
	case !slices.Contains(names, w.Format):
		return web.Field("field_one_of", "format", strings.Join(names, ", "))
	case !slices.Contains([]string{"", "zh", "en", "zh,en", "en,zh"}, w.Lang):
		return web.Field("field_one_of", "lang", "zh, en, \"zh,en\", \"en,zh\"")
	case w.Kind != "" && !slices.Contains(events.Kinds(), w.Kind):
		return web.Field("field_one_of", "kind", strings.Join(events.Kinds(), ", "))
	}
	return nil
}

// choose settles what was left open. The language is the caller's.
func (w exportWish) choose(f format, lang string, d Detail) exportChoice {
	c := exportChoice{format: f, kind: cmp.Or(w.Kind, d.Kind, "meeting"), langs: strings.Split(cmp.Or(w.Lang, lang), ",")}
	c.lang = c.langs[0]
	t := templateOf(c.kind)
	c.times = given(w.Times, !t.plain)
	c.speakers = given(w.Speakers, true)
	c.transcript = given(w.Transcript, t.spoken || f.name != "docx")
	return c
}

func given(wish *bool, usual bool) bool {
	if wish == nil {
		return usual
	}
	return *wish
}

// fingerprint is the same for the same choice.
func (c exportChoice) fingerprint() string {
	return fmt.Sprint(c.name, c.langs, c.kind, c.times, c.speakers, c.transcript)
}

// fileName is a title as a file can be named, without an ending.
func fileName(title, lang string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, title)
	return cmp.Or(strings.Trim(cutBytes(name, maxNameBytes), ". "), exportWords.Say(lang, "untitled"))
}

// disposition names the file: in ASCII for old clients, and as RFC 5987 says
// for the rest. No byte of the title reaches the header as it is.
func disposition(title, lang, ending string) string {
	encoded := strings.ReplaceAll(url.QueryEscape(fileName(title, lang)), "+", "%20")
	return fmt.Sprintf(`attachment; filename="minutes.%s"; filename*=UTF-8''%s.%s`, ending, encoded, ending)
}
