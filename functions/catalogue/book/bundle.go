package book

import (
	"io"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"xietong.dev/events"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/letters"
)

// bundle is a zip file whose entries are found by the names that books use for
// them: however they are composed, escaped or, at last, capitalised.
type bundle struct {
	archive *archive.Archive
	entries []entry
	names   map[string]int
	lower   map[string]int
}

// entry is a file in a bundle. Its href is its name in composed Unicode.
type entry struct {
	archive.Entry
	href string
}

func openBundle(s source, limits archive.Limits) (*bundle, error) {
	a, err := archive.Open(s.file, s.size, limits)
	if err != nil {
		return nil, err
	}
	listed, err := a.Entries()
	if err != nil {
		return nil, err
	}
	z := &bundle{archive: a, names: map[string]int{}, lower: map[string]int{}}
	for _, e := range listed {
		if !strings.HasSuffix(e.Name, "/") {
			z.add(e)
		}
	}
	return z, nil
}

func (z *bundle) add(e archive.Entry) {
	href := e.Name
	if !utf8.ValidString(href) { // packed where names were GBK
		href, _ = letters.Decode([]byte(href))
	}
	href = norm.NFC.String(href)
	if _, taken := z.names[href]; taken {
		return // composed and decomposed: the first
	}
	z.names[href] = len(z.entries)
	if lower := strings.ToLower(href); z.lower[lower] == 0 {
		z.lower[lower] = len(z.entries) + 1
	}
	z.entries = append(z.entries, entry{e, href})
}

// find returns the entry of a name.
func (z *bundle) find(name string) (entry, bool) {
	name = norm.NFC.String(name)
	if i, ok := z.names[name]; ok {
		return z.entries[i], true
	}
	if i := z.lower[strings.ToLower(name)]; i > 0 {
		return z.entries[i-1], true
	}
	return entry{}, false
}

// resolve returns the entry that a link leads to from the file at base, and the
// fragment within it. Nothing leads out of the bundle.
func (z *bundle) resolve(base, href string) (e entry, fragment string, ok bool) {
	href, fragment, _ = strings.Cut(href, "#")
	if href == "" {
		e, ok = z.find(base)
		return e, fragment, ok
	}
	if remote(href) {
		return entry{}, "", false
	}
	unescaped, err := url.PathUnescape(href)
	if err != nil {
		unescaped = href
	}
	for _, name := range []string{unescaped, href} { // some names are escaped in the bundle too
		if e, ok = z.find(within(base, name)); ok {
			return e, fragment, true
		}
	}
	name, _, asked := strings.Cut(unescaped, "?")
	if asked {
		e, ok = z.find(within(base, name))
	}
	return e, fragment, ok
}

// within joins a link to where it stands; what climbs out of the bundle ends at its root.
func within(base, href string) string {
	href = strings.ReplaceAll(href, `\`, "/")
	if !strings.HasPrefix(href, "/") {
		href = path.Dir(base) + "/" + href
	}
	return strings.TrimPrefix(path.Clean("/"+href), "/")
}

// remote reports whether a link leads away, or is no link to a file.
func remote(href string) bool {
	if strings.HasPrefix(href, "//") {
		return true
	}
	scheme, _, ok := strings.Cut(href, ":")
	return ok && len(scheme) > 1 && !strings.ContainsAny(scheme, "/?#%") && !strings.ContainsFunc(scheme, func(r rune) bool { return r > 0x7f || r == ' ' })
}

func (z *bundle) read(e entry, limit int64) ([]byte, error) { return z.archive.Read(e.Name, limit) }

// open is for covers, which are handed out unread.
func (z *bundle) open(e entry) func() (io.Reader, error) {
	return func() (io.Reader, error) { return z.archive.Open(e.Name) }
}

// ending returns the entries with one of the extensions, in the archive's order.
func (z *bundle) ending(extensions ...string) (all []entry) {
	for _, e := range z.entries {
		if slices.Contains(extensions, strings.ToLower(path.Ext(e.href))) && !strings.HasPrefix(path.Base(e.href), ".") && !strings.HasPrefix(e.href, "__MACOSX/") {
			all = append(all, e)
		}
	}
	return all
}

// part describes an entry as a part of a book.
func (e entry) part(mediaType string) events.BookPart {
	return events.BookPart{Href: e.href, MediaType: mediaTypeOf(mediaType, e.href), Offset: e.Offset, Packed: e.Packed, Size: e.Size, Deflated: e.Deflated, CRC32: int64(e.CRC32)}
}

var mediaTypes = map[string]string{
	".xhtml": "application/xhtml+xml", ".html": "application/xhtml+xml", ".htm": "application/xhtml+xml", ".xml": "application/xhtml+xml",
	".css": "text/css", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
	".webp": "image/webp", ".bmp": "image/bmp", ".avif": "image/avif", ".ttf": "font/ttf", ".otf": "font/otf", ".woff": "font/woff", ".woff2": "font/woff2",
	".ncx": "application/x-dtbncx+xml", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".mp4": "video/mp4", ".js": "text/javascript", ".smil": "application/smil+xml",
}

// mediaTypeOf is what a book states, where it may be one, and else what the name tells.
func mediaTypeOf(stated, href string) string {
	kind, _, err := mime.ParseMediaType(stated)
	if err == nil && strings.Count(kind, "/") == 1 && len(kind) < 100 {
		return kind
	}
	if known := mediaTypes[strings.ToLower(path.Ext(href))]; known != "" {
		return known
	}
	return "application/octet-stream"
}

var pictures = []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".avif"}

// openZip tells which of the formats a zip file is, and opens it.
func (b *Book) openZip(s source) error {
	z, err := openBundle(s, b.limits.Archive)
	if err != nil {
		return err
	}
	_, container := z.find("META-INF/container.xml")
	_, office := z.find("[Content_Types].xml")
	fb2, images := z.ending(".fb2"), z.ending(pictures...)
	switch {
	case len(z.entries) == 0:
		return emptyf("the archive has nothing in it")
	case container || len(z.ending(".opf")) > 0:
		b.Format = events.BookEPUB
		return b.openEPUB(z)
	case len(fb2) > 0:
		b.Format = events.BookFB2
		held, err := z.read(fb2[0], int64(b.limits.Whole))
		if err != nil {
			return err
		}
		return b.openFB2(held)
	case len(images)*2 >= len(z.entries) && !office:
		b.Format = events.BookCBZ
		return b.openCBZ(z, images)
	}
	return unsupportedf("the file is a zip archive with no book in it: none of EPUB, FB2, CBZ")
}
