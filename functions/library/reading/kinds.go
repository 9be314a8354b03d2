package reading

import (
	"mime"
	"path"
	"strings"

	"xietong.dev/events"
)

// kind says how a part is given out.
type kind int

const (
	refused kind = iota // scripts, and whatever is unknown
	chapter             // cleaned, as XHTML
	style               // cleaned, as CSS
	font                // as it is once it is readable
	media               // as it is: pictures, sound, film
)

const (
	typeXHTML = "application/xhtml+xml"
	typeCSS   = "text/css"
	typePDF   = "application/pdf"
)

// PDF is the name under which the file of a PDF is given out.
const PDF = "book.pdf"

// fonts are the names that fonts go by, and the one that they are given out by.
var fonts = map[string]string{
	"font/otf": "font/otf", "font/ttf": "font/ttf", "font/woff": "font/woff", "font/woff2": "font/woff2", "font/sfnt": "font/sfnt",
	"application/vnd.ms-opentype": "font/otf", "application/font-sfnt": "font/sfnt", "application/font-woff": "font/woff",
	"application/x-font-ttf": "font/ttf", "application/x-font-truetype": "font/ttf", "application/x-font-otf": "font/otf", "application/x-font-opentype": "font/otf",
}

// kindOf returns how a part is given out, and as what.
func kindOf(b *Book, p events.BookPart) (kind, string) {
	if made(b, p) {
		return chapter, typeXHTML
	}
	name, _, err := mime.ParseMediaType(p.MediaType)
	if err != nil {
		name = ""
	}
	switch {
	case name == typeXHTML, name == "text/html", name == "application/x-dtbook+xml":
		return chapter, typeXHTML
	case name == typeCSS:
		return style, typeCSS
	case fonts[name] != "":
		return font, fonts[name]
	case name == "application/octet-stream":
		return font, fonts["font/"+strings.TrimPrefix(path.Ext(strings.ToLower(p.Href)), ".")]
	case strings.HasPrefix(name, "image/"), strings.HasPrefix(name, "audio/"), strings.HasPrefix(name, "video/"):
		return media, name
	}
	return refused, ""
}

// isDrawing reports whether a part is given out as it is and yet is a document:
// browsers take any picture for one whose type ends so, not only image/svg+xml.
func isDrawing(b *Book, p events.BookPart) bool {
	how, name := kindOf(b, p)
	return how == media && strings.HasSuffix(name, "xml")
}
