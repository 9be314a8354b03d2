package minutes

import (
	"bytes"
	"encoding/json"
	"net/http"

	"xietong.dev/events"
	"xietong.dev/shared/web"
)

// export answers GET /minutes/{id}/export?format=&lang=&kind=&times=&speakers=&transcript=.
func (c *call) export() error {
	if err := web.Params(c.r, exportParams...); err != nil {
		return err
	}
	wish, err := wishOf(c.r.URL.Query())
	if err != nil {
		return err
	}
	if err := wish.check(formats...); err != nil {
		return err
	}
	s, segments, err := c.whole()
	if err != nil {
		return err
	}
	d := detail(s, c.lang)
	choice := wish.choose(formatNamed(wish.Format), c.lang, d)
	if c.lang != choice.lang {
		d = detail(s, choice.lang)
	}
	switch {
	case choice.name == "zip":
		return c.bundle(s, d, wish, segments)
	case d.Transcript == nil && (choice.name == "srt" || choice.name == "vtt"):
		return web.Refuse(http.StatusConflict, "no_transcript")
	}
	file, err := reporter{choice, d, c.Zone}.render(segments)
	if err != nil {
		return err
	}
	c.attach(choice.media, disposition(d.Title, choice.lang, choice.name))
	c.w.Write(file)
	return nil
}

// whole returns the caller's minutes with all that was said.
func (c *call) whole() (story, []events.Segment, error) {
	s, err := c.load(c.DB)
	if err != nil || s.current().Transcript == nil {
		return s, nil, err
	}
	segments, err := c.said(s)
	return s, segments, err
}

// attach has the browser keep what follows as a file, and run nothing of it.
func (c *call) attach(media, disposition string) {
	c.w.Header().Set("Content-Type", media)
	c.w.Header().Set("Content-Disposition", disposition)
	c.w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
}

func formatNamed(name string) format {
	for _, f := range formats {
		if f.name == name {
			return f
		}
	}
	return format{}
}

// render makes the file of any format but zip.
func (r reporter) render(segments []events.Segment) ([]byte, error) {
	switch r.name {
	case "docx":
		var b bytes.Buffer
		err := r.report(segments).word(r.d).Write(&b)
		return b.Bytes(), err
	case "md":
		return []byte(markdown(r.report(segments))), nil
	case "txt":
		return []byte(plainText(r.report(segments))), nil
	case "srt":
		return []byte(srt(r.cues(segments))), nil
	case "vtt":
		return []byte(vtt(r.cues(segments))), nil
	}
	text, err := json.MarshalIndent(struct {
		Detail
		Segments []events.Segment `json:"segments"`
	}{r.d, orEmpty(segments)}, "", "  ")
	return append(text, '\n'), err
}
