package uploads

import (
	"cmp"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
)

// signed is the first segment of a key that an app has given out: the id of the
// recording or the document.
var signed = regexp.MustCompile(`^[0-9a-f]{32}$`)

// identify names the recording, document or book that an object belongs to, and the
// upload that it is. Both are the same whenever the same version of the object is
// met.
func identify(k kind, o events.Object) (id, upload string) {
	stamp := cmp.Or(o.Version, o.ETag)
	upload = ce.ID("upload", o.Bucket, o.Key, stamp)
	if k == book {
		return inBooks(o.Key).id(), upload
	}
	if id, _, below := strings.Cut(o.Key, "/"); below && signed.MatchString(id) {
		return id, upload
	}
	return ce.ID(string(k), o.Bucket, o.Key, stamp), upload
}

// about is what an uploader says of an object, in its metadata.
type about struct{ Title, Language, Kind, Unit, AuthID string }

// maxName bounds names and titles, in characters.
const maxName = 255

// describe reads metadata, and names the entries that it ignored because they
// are ill-formed.
func describe(metadata map[string]string) (a about, ignored []string) {
	// S3 itself answers what is not ASCII as RFC 2047 has it.
	title := metadata["title"]
	if plain, err := new(mime.WordDecoder).DecodeHeader(title); err == nil {
		title = plain
	}
	a.Title = clean(title, maxName)
	take := func(name string, into *string, ok func(string) bool) {
		switch v := strings.TrimSpace(metadata[name]); {
		case v == "":
		case ok(v):
			*into = v
		default:
			ignored = append(ignored, name)
		}
	}
	take("language", &a.Language, events.IsLanguage)
	take("kind", &a.Kind, isKind)
	take("unit", &a.Unit, isName)
	take("authid", &a.AuthID, isName)
	return a, ignored
}

// isKind reports whether s is one of the kinds that a recording may be of.
func isKind(s string) bool { return slices.Contains(events.Kinds(), s) }

// isName reports whether s can stand in an attribute of an event.
func isName(s string) bool { return s == clean(s, maxName) }

func lastSegment(key string) string {
	name := clean(key[strings.LastIndexByte(key, '/')+1:], maxName)
	return cmp.Or(name, "unnamed")
}

// clean removes what does not show, or turns the direction of what does, and
// cuts to so many characters.
func clean(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}
