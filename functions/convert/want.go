package convert

import (
	"encoding/json"
	"slices"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/shared/ce"
)

// want is what somebody wants of a document.
type want struct {
	document, upload string
	object           events.Object
	name             string
	usual            bool // what a format does not become is left out, rather than refused
	wishes
}

// wishes are all that decides what comes out, besides the content.
type wishes struct {
	To        []string          `json:"to"`      // formats of whole documents
	Picture   string            `json:"picture"` // format of page pictures; empty for none
	Width     int               `json:"width"`   // of page pictures, in pixels
	Pages     string            `json:"pages"`   // empty for all
	Password  string            `json:"password"`
	Watermark *events.Watermark `json:"watermark"`
}

// usual is what is made of every document that arrives.
func (c *Converter) usual(d events.DocumentUploaded) want {
	return want{d.Document, d.Upload, d.Object, d.Name, true,
		wishes{To: []string{events.FormatPDF, events.FormatText, events.FormatThumbnail}, Picture: c.Preview, Width: c.Width}}
}

// asked is what an upstream app asks for.
func (c *Converter) asked(d events.DocumentConversionRequested) want {
	w := want{d.Document, d.Upload, d.Object, d.Name, false, wishes{Pages: d.Pages, Password: d.Password, Watermark: d.Watermark}}
	if !isPicture(d.To) {
		w.To = []string{d.To}
		return w
	}
	w.To, w.Picture, w.Width = []string{events.FormatPDF}, d.To, d.Width
	if w.Width == 0 {
		w.Width = c.Width
	}
	return w
}

// possible leaves out what a document of this format does not become.
func (w want) possible(from formats.Format) want {
	if w.usual {
		w.To = slices.DeleteFunc(slices.Clone(w.To), func(to string) bool {
			_, err := formats.Find(from, formats.Format(to))
			return err != nil
		})
	}
	return w
}

func isPicture(format string) bool {
	return slices.Contains([]string{events.FormatPNG, events.FormatJPEG, events.FormatWebP}, format)
}

// wants reports whether a format is among the wishes.
func (w wishes) wants(format string) bool { return slices.Contains(w.To, format) }

// pdf reports whether a PDF is needed on the way.
func (w wishes) pdf() bool {
	return w.wants(events.FormatPDF) || w.wants(events.FormatPDFA) || w.wants(events.FormatThumbnail) || w.Picture != ""
}

// fingerprint stands for what comes out: the same content with the same wishes,
// by the same engine and fonts, is the same result.
func (w wishes) fingerprint(content, kind, engine string) (string, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return "", err
	}
	return ce.ID("conversion", content, kind, string(text), engine), nil
}

// stretches cuts pages into parts of at most so many, each for one event.
func stretches(pages, most int) (all [][2]int) {
	for first := 1; first <= pages; first += most {
		all = append(all, [2]int{first, min(first+most-1, pages)})
	}
	return all
}
