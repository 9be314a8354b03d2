package uploads

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// What people record with, each made by ffmpeg: container, codec options, and
// what it is taken for.
var formats = []struct{ file, options, want string }{
	{"pcm.wav", "-vn -c:a pcm_s16le", "audio/wav"},
	{"alaw.wav", "-vn -ar 8000 -c:a pcm_alaw", "audio/wav"},
	{"long.wav", "-vn -c:a pcm_s16le -rf64 always", "audio/wav"},
	{"sony.w64", "-vn -c:a pcm_s16le", "audio/wav"},
	{"tagged.mp3", "-vn -c:a libmp3lame -metadata title=t", "audio/mpeg"},
	{"bare.mp3", "-vn -c:a libmp3lame -id3v2_version 0 -write_xing 0", "audio/mpeg"},
	{"iphone.m4a", "-vn -c:a aac", "audio/x-m4a"},
	{"stream.aac", "-vn -c:a aac", "audio/aac"},
	{"apple.caf", "-vn -c:a pcm_s16be", "audio/x-caf"},
	{"apple.aiff", "-vn", "audio/aiff"},
	{"lossless.flac", "-vn", "audio/flac"},
	{"voice.opus", "-vn -c:a libopus -ar 48000", "audio/ogg"},
	{"voice.ogg", "-vn -c:a libvorbis", "audio/ogg"},
	{"dolby.ac3", "-vn -c:a ac3", "audio/ac3"},
	{"windows.wma", "-vn -c:a wmav2", "video/x-ms-asf"},
	{"sun.au", "-vn", "audio/basic"},
	{"meeting.mp4", "-c:v mpeg4 -c:a aac", "video/mp4"},
	{"camera.mov", "-c:v mpeg4 -c:a aac", "video/quicktime"},
	{"phone.3gp", "-c:v mpeg4 -c:a aac", "video/3gpp"},
	{"browser.webm", "-c:v libvpx -c:a libvorbis", "video/webm"},
	{"screen.mkv", "-c:v mpeg4 -c:a aac", "video/matroska"},
	{"old.avi", "-c:v mpeg4 -c:a libmp3lame", "video/x-msvideo"},
	{"windows.wmv", "-c:v wmv2 -c:a wmav2", "video/x-ms-asf"},
	{"web.flv", "-c:v flv -c:a libmp3lame -ar 44100", "video/x-flv"},
	{"room.ts", "-c:v mpeg2video -c:a aac", "video/mp2t"},
	{"camcorder.m2ts", "-c:v mpeg2video -c:a ac3", "video/mp2t"},
	{"disc.mpg", "-c:v mpeg2video -c:a mp2", "video/mpeg"},
	{"studio.mxf", "-c:v mpeg2video -c:a pcm_s16le -ar 48000", "application/mxf"},
	{"real.rm", "-c:v rv10 -c:a ac3", "application/vnd.rn-realmedia"},
}

func TestSniffWhatPeopleRecordWith(t *testing.T) {
	dir := t.TempDir()
	args := strings.Fields("-v error -f lavfi -i sine=440:d=1 -f lavfi -i testsrc=s=352x288:r=25:d=1")
	for _, f := range formats {
		args = append(append(args, strings.Fields("-map 1:v -map 0:a "+f.options)...), filepath.Join(dir, f.file))
	}
	command := exec.CommandContext(t.Context(), "ffmpeg", args...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, f := range formats {
		file, err := os.ReadFile(filepath.Join(dir, f.file))
		if err != nil {
			t.Fatal(err)
		}
		head := file[:min(len(file), 64<<10)]
		if got := Sniff(head); got != (Content{MediaType: f.want}) || !got.isMedia() {
			t.Errorf("%s: got %+v, want %s", f.file, got, f.want)
		}
	}
}

func wide(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

func TestSniffTranscripts(t *testing.T) {
	const cue = "1\r\n00:00:01,000 --> 00:00:02,500\r\n"
	for name, c := range map[string]struct{ text, want string }{
		"srt":                         {cue + "大家好", "srt"},
		"srt with a mark":             {"\ufeff" + cue + "大家好", "srt"},
		"srt after empty lines":       {"\n\n" + cue, "srt"},
		"srt from 0":                  {"0\n00:00:00,000 --> 00:00:02,500\nhello", "srt"},
		"srt in GB18030":              {cue + "\xb4\xf3\xbc\xd2\xba\xc3", "srt"},
		"srt in UTF-16":               {wide(cue + "大家好"), "srt"},
		"vtt":                         {"WEBVTT\n\n00:01.000 --> 00:02.500\nhello", "vtt"},
		"vtt with a title":            {"\ufeffWEBVTT - weekly\n\n", "vtt"},
		"vtt, and nothing":            {"WEBVTT", "vtt"},
		"json of ours":                {`{"document_version":1,"recording":"x"`, "json"},
		"json with segments":          {` {"text":"hello","segments":[{"id":0`, "json"},
		"other json":                  {`{"text":"hello"}`, ""},
		"segments further in":         {`{"a":{"segments":[]}}`, ""},
		"a list":                      {`["segments"]`, ""},
		"a value that says segments":  {`{"a":"segments"}`, ""},
		"a line that looks like srt":  {"1\nhello\n", ""},
		"a word that begins like vtt": {"WEBVTTX\n", ""},
	} {
		if got := Sniff([]byte(c.text)); got.Transcript != c.want || (c.want != "" && got.isMedia()) {
			t.Errorf("%s: got %+v, want %q", name, got, c.want)
		}
	}
}

func TestSniffWhatIsNeither(t *testing.T) {
	got := map[string]string{}
	for name, text := range map[string]string{
		"a text":         "Dear all,\n",
		"a playlist":     "#EXTM3U\n#EXTINF:10,\nhttp://192.0.2.1/a.ts\n",
		"notes":          "MThd\x00\x00\x00\x06\x00\x01",
		"a picture":      "\x89PNG\r\n\x1a\n",
		"a document":     "%PDF-1.7\n",
		"an archive":     "PK\x03\x04",
		"a program":      "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 60),
		"a page":         "<!DOCTYPE html><html>",
		"a letter G":     strings.Repeat("G", 100),
		"zeroes":         strings.Repeat("\x00", 1000),
		"one byte":       "\x00",
		"a long nothing": strings.Repeat(" ", 64<<10),
	} {
		if c := Sniff([]byte(text)); c.isMedia() || c.Transcript != "" {
			got[name] = fmt.Sprint(c)
		}
	}
	if diff := cmp.Diff(map[string]string{}, got); diff != "" {
		t.Errorf("taken for something (-want +got)\n%s", diff)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("RIFF0000WAVE"))
	f.Add([]byte(`{"a":[{"b":`))
	f.Fuzz(func(t *testing.T, head []byte) {
		before := bytes.Clone(head)
		if c := Sniff(head); c.MediaType == "" {
			t.Error("no media type")
		}
		if !bytes.Equal(before, head) {
			t.Error("the bytes were changed")
		}
	})
}
