package transcribe

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
)

// adopt takes a transcript that was made elsewhere.
func (t *Transcriber) adopt(ctx context.Context, d events.TranscriptUploaded, mark string) (fn.Outcome, error) {
	state, err := enter(ctx, t.DB, d.Recording, d.Upload)
	switch {
	case err != nil:
		return nil, err
	case state.deleted:
		return nil, t.sweep(ctx, d.Upload)
	}
	file, err := t.read(ctx, d.Object, int64(t.Limits.Transcript))
	if err != nil {
		return nil, err
	}
	tr, err := readTranscript(file, d.Format, t.Limits.Segments)
	if err != nil {
		return nil, err
	}
	tr.Recording, tr.Upload, tr.Revision = d.Recording, d.Upload, 1
	tr.Language = cmp.Or(d.Language, tr.Language, languageOf(tr.Segments))
	tr.Kind, tr.RecordedAt = cmp.Or(d.Kind, tr.Kind), cmp.Or(d.RecordedAt, tr.RecordedAt)
	tr.Speakers = withAccounts(tr.Speakers, d.Participants)
	return t.publish(ctx, tr, mark)
}

// invalidf refuses a transcript; the text says where it is wrong.
func invalidf(format string, args ...any) error {
	return fault.Refusef(events.RefusedTranscript, "the transcript cannot be read: "+format, args...)
}

// readTranscript reads a transcript in any of the formats.
func readTranscript(file []byte, format string, most int) (events.Transcript, error) {
	none := events.Transcript{}
	if len(bytes.TrimSpace(file)) == 0 {
		return none, fault.Refusef(events.RefusedEmpty, "the transcript is empty")
	}
	text, err := utf8Text(file)
	if err != nil {
		return none, err
	}
	var tr events.Transcript
	if format == "json" {
		tr, err = readJSON(text)
	} else {
		tr, err = readSubtitles(text, format == "vtt")
	}
	switch {
	case err != nil:
		return none, err
	case len(tr.Segments) > most:
		return none, fault.Refusef(events.RefusedTooLarge, "the transcript has %d segments, MAX_SEGMENTS allows %d", len(tr.Segments), most)
	case !slices.ContainsFunc(tr.Segments, func(s events.Segment) bool { return strings.TrimSpace(s.Text) != "" }):
		return none, invalidf("nothing is said in it")
	}
	number(&tr)
	tr.DocumentVersion = events.DocumentVersion
	tr.Engine.Name = cmp.Or(tr.Engine.Name, "uploaded")
	return tr, nil
}

// number puts segments in order and gives them their ids, which must differ.
func number(tr *events.Transcript) {
	slices.SortStableFunc(tr.Segments, func(a, b events.Segment) int {
		return cmp.Or(cmp.Compare(a.Track, b.Track), cmp.Compare(a.StartMS, b.StartMS))
	})
	for i := range tr.Segments {
		s := &tr.Segments[i]
		if i > 0 && tr.Segments[i-1].Track == s.Track {
			s.StartMS = max(s.StartMS, tr.Segments[i-1].StartMS+1)
		}
		s.EndMS = max(s.EndMS, s.StartMS+1)
		s.ID = segmentID(*s)
		tr.DurationMS = max(tr.DurationMS, s.EndMS)
	}
	slices.SortStableFunc(tr.Segments, bySegmentTime)
}

// utf8Text returns a file's text whichever way it is encoded: with or without a
// mark, UTF-8 or UTF-16, or GB18030 as Chinese programs still write.
func utf8Text(file []byte) (string, error) {
	var from encoding.Encoding
	switch even, odd := zeros(file); {
	case bytes.HasPrefix(file, []byte("\xef\xbb\xbf")):
		file = file[3:]
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")), odd > 0, even > 0:
		order := unicode.LittleEndian
		if even > odd {
			order = unicode.BigEndian
		}
		from = unicode.UTF16(order, unicode.UseBOM)
		if !bytes.HasPrefix(file, []byte("\xff\xfe")) && !bytes.HasPrefix(file, []byte("\xfe\xff")) {
			from = unicode.UTF16(order, unicode.IgnoreBOM)
		}
	case !utf8.Valid(file):
		from = simplifiedchinese.GB18030
	}
	if from != nil {
		decoded, err := from.NewDecoder().Bytes(file)
		if err != nil {
			return "", invalidf("it is neither UTF-8, UTF-16 nor GB18030")
		}
		file = decoded
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(file))
	if i := strings.IndexFunc(text, unprintable); i >= 0 || !utf8.ValidString(text) {
		return "", invalidf("line %d: there are characters that are no text; save it as UTF-8", lineAt(text, max(0, i)))
	}
	return text, nil
}

// unprintable finds what no transcript holds, and a wrong encoding makes.
func unprintable(r rune) bool {
	return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0x7f
}

// zeros counts the zero bytes at even and odd places at the start of a file:
// digits and line ends show the order of UTF-16 in any language.
func zeros(file []byte) (even, odd int) {
	for i, b := range file[:min(len(file), 1000)] {
		switch {
		case b == 0 && i%2 == 0:
			even++
		case b == 0:
			odd++
		}
	}
	return even, odd
}

func lineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(offset, len(text))], "\n")
}

// speakers gives segments their speakers by name, in the order in which they
// first speak.
func speakers(tr *events.Transcript, names []string) {
	ids := map[string]string{}
	tr.Speakers = []events.Speaker{}
	for i, name := range names {
		if name == "" {
			continue
		}
		if ids[name] == "" {
			ids[name] = fmt.Sprintf("s%d", len(ids)+1)
			tr.Speakers = append(tr.Speakers, events.Speaker{ID: ids[name], Label: name, Track: tr.Segments[i].Track})
		}
		tr.Segments[i].Speaker = ids[name]
	}
}
