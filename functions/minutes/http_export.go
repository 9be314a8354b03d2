package minutes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"xietong.dev/events"
	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// formats are what minutes are exported as, and their media types.
var formats = []struct{ name, media string }{
	{"md", "text/markdown; charset=utf-8"},
	{"txt", "text/plain; charset=utf-8"},
	{"srt", "application/x-subrip; charset=utf-8"},
	{"vtt", "text/vtt; charset=utf-8"},
	{"json", "application/json"},
}

// exportChoice is what an export is asked for.
type exportChoice struct{ format, media, lang string }

// export answers GET /minutes/{id}/export?format=&lang=.
func (c *call) export() error {
	choice, err := c.exportChoice()
	if err != nil {
		return err
	}
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	d := detail(s, choice.lang)
	var segments []events.Segment
	switch {
	case d.Transcript != nil:
		segments, err = c.said(s)
	case choice.format == "srt" || choice.format == "vtt":
		err = web.Refuse(http.StatusConflict, "no_transcript")
	}
	if err != nil {
		return err
	}
	text, err := c.render(choice, d, segments)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", choice.media)
	c.w.Header().Set("Content-Disposition", disposition(d.Title, choice))
	c.w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	c.w.Write(text)
	return nil
}

func (c *call) exportChoice() (exportChoice, error) {
	if err := web.Params(c.r, "format", "lang"); err != nil {
		return exportChoice{}, err
	}
	values := c.r.URL.Query()
	choice := exportChoice{lang: c.lang}
	switch lang := values.Get("lang"); lang {
	case "":
	case say.Chinese, say.English:
		choice.lang = lang
	default:
		return choice, web.Field("field_one_of", "lang", "zh, en")
	}
	var names []string
	for _, f := range formats {
		if f.name == values.Get("format") {
			choice.format, choice.media = f.name, f.media
		}
		names = append(names, f.name)
	}
	if choice.format == "" {
		return choice, web.Field("field_one_of", "format", strings.Join(names, ", "))
	}
	return choice, nil
}

func (c *call) render(choice exportChoice, d Detail, segments []events.Segment) ([]byte, error) {
	switch choice.format {
	case "md":
		return []byte(markdown(report(d, segments, choice.lang, c.Zone))), nil
	case "txt":
		return []byte(plainText(report(d, segments, choice.lang, c.Zone))), nil
	case "srt":
		return []byte(srt(cues(d, segments, choice.lang))), nil
	case "vtt":
		return []byte(vtt(cues(d, segments, choice.lang))), nil
	}
	text, err := json.MarshalIndent(struct {
		Detail
		Segments []events.Segment `json:"segments"`
	}{d, orEmpty(segments)}, "", "  ")
	return append(text, '\n'), err
}

// disposition names the file: in ASCII for old clients, and as RFC 5987 says
// for the rest. No byte of the title reaches the header as it is.
func disposition(title string, choice exportChoice) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, title)
	name = strings.Trim(cutBytes(name, maxNameBytes), ". ")
	if name == "" {
		name = messages.Say(choice.lang, "export.untitled")
	}
	encoded := strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	return fmt.Sprintf(`attachment; filename="minutes.%s"; filename*=UTF-8''%s.%s`, choice.format, encoded, choice.format)
}
