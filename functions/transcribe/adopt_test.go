package transcribe

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

const srt = `1
00:00:01,200 --> 00:00:04,000
王主任：各位上午好，
我们开始开会。

2
00:00:04,500 --> 00:00:06,000
李敏：<i>好的</i>。

3
00:00:06,500 --> 00:00:08,000
王主任：时间定在 10:30。
`

var fromSRT = events.Transcript{
	DocumentVersion: 1, DurationMS: 8000, Engine: events.Engine{Name: "uploaded"},
	Speakers: []events.Speaker{{ID: "s1", Label: "王主任"}, {ID: "s2", Label: "李敏"}},
	Segments: []events.Segment{
		{ID: "0-1200", Speaker: "s1", StartMS: 1200, EndMS: 4000, Text: "各位上午好，我们开始开会。"},
		{ID: "0-4500", Speaker: "s2", StartMS: 4500, EndMS: 6000, Text: "好的。"},
		{ID: "0-6500", Speaker: "s1", StartMS: 6500, EndMS: 8000, Text: "时间定在 10:30。"},
	},
}

func TestTranscriptsAreRead(t *testing.T) {
	sure := 0.5
	for name, c := range map[string]struct {
		format, file string
		want         events.Transcript
	}{
		"srt":               {"srt", srt, fromSRT},
		"srt of Windows":    {"srt", "\ufeff" + strings.ReplaceAll(srt, "\n", "\r\n"), fromSRT},
		"srt in GB18030":    {"srt", gb18030(srt), fromSRT},
		"srt in UTF-16":     {"srt", utf16le("\ufeff" + srt), fromSRT},
		"srt in bare UTF16": {"srt", utf16le(srt), fromSRT},
		"vtt": {"vtt", "WEBVTT - minutes\nKind: captions\n\nNOTE\nmade by --> hand\n\nSTYLE\n::cue { color: red }\n\nopening\n00:01.000 --> 00:02.500 align:start\n<v.loud 田中 &amp; 佐藤>おはよう<00:01.500>ございます</v>\n\n01:00:00.000 --> 01:00:00.000\n- Hello\nagain\n",
			events.Transcript{DocumentVersion: 1, DurationMS: 3_600_001, Engine: events.Engine{Name: "uploaded"},
				Speakers: []events.Speaker{{ID: "s1", Label: "田中 & 佐藤"}},
				Segments: []events.Segment{
					{ID: "0-1000", Speaker: "s1", StartMS: 1000, EndMS: 2500, Text: "おはようございます"},
					{ID: "0-3600000", StartMS: 3_600_000, EndMS: 3_600_001, Text: "- Hello again"},
				}}},
		"json of a whisper tool": {"json", `{"text":"…","language":"english","segments":[
			{"id":0,"start":2.5,"end":3,"text":" Good morning. ","speaker":"SPEAKER_01","words":[{"word":" Good","start":2.5,"end":2.7,"probability":0.5},{"word":" morning.","start":2.7,"end":3}]},
			{"start":0.5,"end":2.5,"text":"Hello.","speaker":"SPEAKER_00"}]}`,
			events.Transcript{DocumentVersion: 1, DurationMS: 3000, Language: "en", Engine: events.Engine{Name: "uploaded"},
				Speakers: []events.Speaker{{ID: "s1", Label: "SPEAKER_01"}, {ID: "s2", Label: "SPEAKER_00"}},
				Segments: []events.Segment{
					{ID: "0-500", Speaker: "s2", StartMS: 500, EndMS: 2500, Text: "Hello."},
					{ID: "0-2500", Speaker: "s1", StartMS: 2500, EndMS: 3000, Text: "Good morning.", Words: []events.Word{
						{Text: "Good", StartMS: 2500, EndMS: 2700, Confidence: &sure}, {Text: "morning.", StartMS: 2700, EndMS: 3000}}},
				}}},
		"json of our own": {"json", `{"document_version":1,"recording":"another","language":"zh","engine":{"name":"funasr","model":"paraformer"},"duration_ms":9000,
			"speakers":[{"id":"s1","track":0,"label":"王主任"}],"segments":[{"id":"x","track":1,"start_ms":10,"end_ms":20,"text":"好","speaker":"s1"}]}`,
			events.Transcript{DocumentVersion: 1, Recording: "another", DurationMS: 9000, Language: "zh", Engine: events.Engine{Name: "funasr", Model: "paraformer"},
				Speakers: []events.Speaker{{ID: "s1", Label: "王主任"}},
				Segments: []events.Segment{{ID: "1-10", Track: 1, Speaker: "s1", StartMS: 10, EndMS: 20, Text: "好"}}}},
	} {
		got, err := readTranscript([]byte(c.file), c.format, 100)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

func gb18030(text string) string {
	out, _ := simplifiedchinese.GB18030.NewEncoder().String(text)
	return out
}

func utf16le(text string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

func TestTranscriptsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		format, file string
		code, want   string
	}{
		"empty":              {"srt", " \n", events.RefusedEmpty, "is empty"},
		"a letter":           {"srt", "Dear Sir,\n\nplease find", events.RefusedTranscript, `line 1: "Dear Sir," stands where times`},
		"a wrong arrow":      {"srt", "1\n00:00:01 -> 00:00:02\nyes\n", events.RefusedTranscript, `line 1: "1" stands where`},
		"times without ms":   {"srt", "1\n00:00:01 --> 00:00:02\nyes\n", events.RefusedTranscript, `line 2: "00:00:01 --> 00:00:02" are not times`},
		"backwards":          {"srt", "1\n00:00:03,000 --> 00:00:02,000\nyes\n", events.RefusedTranscript, "line 2: the end comes before the start"},
		"text after a cue":   {"srt", srt + "\nand more\n", events.RefusedTranscript, "line 14:"},
		"vtt without header": {"vtt", srt, events.RefusedTranscript, "line 1: a VTT file begins with WEBVTT"},
		"cues without text":  {"srt", "1\n00:00:01,000 --> 00:00:02,000\n\n", events.RefusedTranscript, "nothing is said"},
		"a picture":          {"srt", "\x89PNG\r\n\x1a\n\xff\xff\xff", events.RefusedTranscript, "line 2: there are characters that are no text"},
		"broken json":        {"json", "{\n\"segments\":[\n{]}", events.RefusedTranscript, "line 3: invalid character"},
		"json of else":       {"json", "{\"a\":1}", events.RefusedTranscript, "nothing is said"},
		"json, wrong kind":   {"json", "{\n\"segments\":{}}", events.RefusedTranscript, "line 2: segments is a JSON object"},
		"json without times": {"json", `{"segments":[{"start":0,"end":1,"text":"a"},{"text":"b"}]}`, events.RefusedTranscript, "segments[1] wants start and end"},
		"json, backwards":    {"json", `{"document_version":1,"segments":[{"start_ms":5,"end_ms":1,"text":"a"}]}`, events.RefusedTranscript, "segments[0] wants start_ms"},
		"json of the future": {"json", `{"document_version":9,"segments":[]}`, events.RefusedTranscript, "document_version is 9, want 1"},
		"too many segments":  {"srt", strings.Repeat("00:00:01,000 --> 00:00:02,000\nyes\n\n", 101), events.RefusedTooLarge, "101 segments, MAX_SEGMENTS allows 100"},
	} {
		_, err := readTranscript([]byte(c.file), c.format, 100)
		if fault.Code(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %s: %v\nwant %s: %s", name, fault.Code(err), err, c.code, c.want)
		}
	}
}

func TestSpeakersAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ texts, names []string }{
		"a name that comes again": {[]string{"张三：好", "李四：不", "张三：行", "好的"}, []string{"张三", "李四", "张三", ""}},
		"one of few colons":       {[]string{"时间：三点", "张三", "好", "行", "散会"}, []string{"", "", "", "", ""}},
		"every cue has a name":    {[]string{"Anna Lee: yes", "Bo: no"}, []string{"Anna Lee", "Bo"}},
		"a note is not a person":  {[]string{"Note: bring water", "yes"}, []string{"", ""}},
		"nor is a time or a link": {[]string{"10:30 starts", "https://example.org", "12:30 ends"}, []string{"", "", ""}},
	} {
		var cues []cue
		for _, text := range c.texts {
			cues = append(cues, cue{text: text})
		}
		if diff := cmp.Diff(c.names, nameSpeakers(cues)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
