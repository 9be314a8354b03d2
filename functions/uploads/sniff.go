package uploads

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Content is what the beginning of an object looks like.
type Content struct {
	MediaType  string
	Transcript string // srt, vtt or json where it is a transcript
}

// Sniff tells what an object is by its beginning.
func Sniff(head []byte) Content {
	switch text := plain(head); {
	case vtt.Match(text):
		return Content{"text/vtt", "vtt"}
	case srt.Match(text):
		return Content{"application/x-subrip", "srt"}
	case isTranscript(text):
		return Content{"application/json", "json"}
	}
	for _, kind := range unlisted {
		if !slices.ContainsFunc(kind.marks, func(m mark) bool { return !m.in(head) }) {
			return Content{MediaType: kind.mediaType}
		}
	}
	media, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return Content{MediaType: media}
}

// isMedia reports whether there may be sound in it that can be decoded. MIDI
// has notes and no sound, and a playlist only names what lies elsewhere.
func (c Content) isMedia() bool {
	kind, _, _ := strings.Cut(c.MediaType, "/")
	switch c.MediaType {
	case "audio/midi", "audio/mpegurl", "audio/x-mpegurl":
		return false
	case "application/ogg", "application/vnd.rn-realmedia", "application/mxf":
		return true
	}
	return kind == "audio" || kind == "video"
}

// unlisted are the recordings that the library does not know: the long forms of
// WAV, and what cameras, meeting rooms and broadcasters write.
var unlisted = []struct {
	mediaType string
	marks     []mark
}{
	{"audio/wav", []mark{{0, "RF64"}, {8, "WAVE"}}},
	{"audio/wav", []mark{{0, "BW64"}, {8, "WAVE"}}},
	{"audio/wav", []mark{{0, "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"}}}, // Wave64
	{"audio/x-caf", []mark{{0, "caff\x00\x01"}}},
	{"audio/ac3", []mark{{0, "\x0b\x77"}}},
	{"video/mp2t", []mark{{0, "G"}, {188, "G"}, {376, "G"}}},
	{"video/mp2t", []mark{{4, "G"}, {196, "G"}, {388, "G"}}}, // with a time before each packet
	{"application/mxf", []mark{{0, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"}}},
	{"application/vnd.rn-realmedia", []mark{{0, ".RMF\x00\x00\x00"}}},
}

// mark is a text that stands at a place.
type mark struct {
	at   int
	text string
}

func (m mark) in(head []byte) bool {
	return len(head) > m.at && bytes.HasPrefix(head[m.at:], []byte(m.text))
}

var (
	vtt = regexp.MustCompile(`\AWEBVTT(\s|\z)`)
	srt = regexp.MustCompile(`\A\s*\d+[ \t]*\r?\n\d{1,3}:\d\d:\d\d[,.]\d{1,3}[ \t]*-->[ \t]*\d{1,3}:\d\d:\d\d[,.]\d{1,3}`)
)

// plain returns the text of head as far as its ASCII letters go, which is what
// the marks of a transcript are made of, in whatever encoding it is: without a
// byte order mark, and without the zero bytes of UTF-16.
func plain(head []byte) []byte {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return bytes.ReplaceAll(head[2:], []byte{0}, nil)
	}
	return bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
}

// isTranscript reports whether text begins a JSON object that says, at its top,
// that it is a transcript.
func isTranscript(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	for {
		switch key, err := d.Token(); {
		case err != nil:
			return false
		case key == "document_version" || key == "segments":
			return true
		}
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return false
		}
	}
}
