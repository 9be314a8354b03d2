package transcribe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/speech"
	"xietong.dev/shared/speech/speechtest"
)

// Each bad recording ends in a code and a reason that a person can act on, and
// leaves no artifact.
func TestBadRecordingsAreRefused(t *testing.T) {
	talk := testdata(t, "talk.ogg")
	mp4 := ffmpeg(t, talk, "mp4", "-i", "in", "-c:a", "aac", "-b:a", "32k")
	silent := ffmpeg(t, nil, "mp4", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=2:duration=2", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	for name, c := range map[string]struct {
		body   []byte
		change func(*Transcriber)
		code   string
		want   string
	}{
		"empty":                     {[]byte{}, nil, events.RefusedEmpty, "the file is empty"},
		"text named .wav":           {[]byte("Dear Sir,\nplease find the minutes attached.\n"), nil, events.RefusedNotMedia, "neither audio nor video"},
		"a playlist of other files": {[]byte("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"), nil, events.RefusedNotMedia, "neither audio nor video"},
		"a script of other files":   {[]byte("ffconcat version 1.0\nfile '/etc/passwd'\n"), nil, events.RefusedNotMedia, "neither audio nor video"},
		"mp4 without its index":     {mp4[:len(mp4)/2], nil, events.RefusedUnreadable, "damaged or cut off before its contents begin; upload it again"},
		"mp4 of which a third came": {faststart(t, talk, 0.4), nil, events.RefusedUnreadable, "of the recording's 0:18 could be decoded: it is cut off or damaged"},
		"wav of which a third came": {bursts(6)[:200_000], nil, events.RefusedUnreadable, "only 0:06 of the recording's 0:18 could be decoded"},
		"header and no more":        {bursts(1)[:speech.WAVHeader], nil, events.RefusedUnreadable, ""},
		"video without sound":       {silent, nil, events.RefusedNoSound, "has no sound"},
		"silence":                   {speech.WAV(make([]int16, 5*speech.SampleRate)), nil, events.RefusedNoSpeech, "silent, or holds nothing but noise"},
		"noise":                     {speech.WAV(speechtest.Voiced(1, 0.05, speechtest.Pause(5))), nil, events.RefusedNoSpeech, "silent, or holds nothing but noise"},
		"too large": {bursts(1), func(t *Transcriber) { t.Limits.Upload = 1000 }, events.RefusedTooLarge,
			"the file has 96044 bytes, MAX_UPLOAD allows 1000"},
		"too long": {bursts(1), func(t *Transcriber) { t.Limits.Length = 2 * time.Second }, events.RefusedTooLong,
			"the recording is 0:03 long, MAX_DURATION allows 0:02"},
		"too long, and its header does not say so": {ffmpeg(t, talk, "aac", "-i", "in"), func(t *Transcriber) { t.Limits.Length = 10 * time.Second }, events.RefusedTooLong,
			"MAX_DURATION allows 0:10"},
		"too long on all tracks": {talk, func(t *Transcriber) { t.Limits.TrackTime = 20 * time.Second }, events.RefusedTooLong,
			"the recording is 0:18 long on each of 2 channels, MAX_TRACK_TIME allows 0:20 together"},
		"too many tracks": {talk, func(t *Transcriber) { t.Limits.Tracks = 1 }, events.RefusedTooLarge,
			"the recording has 2 channels, MAX_TRACKS allows 1"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if c.change != nil {
				c.change(o.Transcriber)
			}
			answer := o.harness.Twice(t, o.event(o.uploaded(c.body, "")))
			if answer.Status != 422 || len(answer.Sent) != 1 || len(o.keys()) != 0 {
				t.Fatalf("%d %s, sent %v, left %v", answer.Status, answer.Body, answer.Sent, o.keys())
			}
			d, err := events.Decode[events.RecordingRefused](answer.Sent[0])
			if err != nil || d.Code != c.code || !strings.Contains(d.Reason, c.want) || strings.Contains(d.Reason, "/") {
				t.Errorf("refused with %s: %s, %v\nwant %s: %s", d.Code, d.Reason, err, c.code, c.want)
			}
			if d.Recording != recording || d.Upload != upload || d.Stage != Word {
				t.Errorf("refused %+v", d)
			}
		})
	}
}

// faststart makes an mp4 with its index in front, and keeps a part of it.
func faststart(t *testing.T, body []byte, part float64) []byte {
	file := ffmpeg(t, body, "mp4", "-i", "in", "-c:a", "aac", "-b:a", "32k", "-movflags", "+faststart")
	return file[:int(part*float64(len(file)))]
}

// What is missing at the end is a gap, not a reason to lose the rest.
func TestCutOffRecordingIsTakenWithAGap(t *testing.T) {
	o := open(t, with(&reader{text: "hello"}))
	sent := o.story(o.event(o.uploaded(faststart(t, testdata(t, "talk.ogg"), 0.8), "")))
	if want := "1 gaps"; len(sent) == 0 || !strings.HasSuffix(sent[len(sent)-1], want) {
		t.Fatalf("sent %v, want %s at last", sent, want)
	}
	tr := o.transcript()
	if g := tr.Gaps[0]; g.EndMS != tr.DurationMS || g.StartMS < 10_000 || g.EndMS < 18_000 || !strings.Contains(g.Reason, "cut off") {
		t.Errorf("transcript of %d ms with gap %+v", tr.DurationMS, g)
	}
}

func TestUnusualRecordingsAreTaken(t *testing.T) {
	talk := testdata(t, "talk.ogg")
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"video with sound": {ffmpeg(t, talk, "mkv", "-i", "in", "-f", "lavfi", "-i", "color=size=64x48:rate=2:duration=5"), "recording.cut into 2 on 2 tracks"},
		"mono":             {ffmpeg(t, talk, "mp3", "-i", "in", "-ac", "1"), "recording.cut into 1 on 1 tracks"},
		"8 kHz":            {ffmpeg(t, talk, "wav", "-i", "in", "-ar", "8000"), "recording.cut into 2 on 2 tracks"},
		"the same twice":   {ffmpeg(t, talk, "flac", "-i", "in", "-af", "pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0+0.5*c1"), "recording.cut into 1 on 1 tracks"},
		"two streams": {ffmpeg(t, talk, "mka", "-i", "in", "-filter_complex", "channelsplit[a][b]", "-map", "[a]", "-map", "[b]", "-c:a", "flac"),
			"recording.cut into 2 on 2 tracks"},
		"six channels": {ffmpeg(t, talk, "flac", "-i", "in", "-ar", "16000", "-af", "pan=5.1|FL=c0|FR=c0|FC=c0+c1|LFE=0*c0|BL=c1|BR=c1"), "recording.cut into"},
	} {
		o := open(t, with(&reader{text: "hello"}), func(t *Transcriber) { t.Limits.Tracks = 6 })
		answer := o.harness.Twice(t, o.event(o.uploaded(c.body, "")))
		if len(answer.Sent) == 0 || !strings.HasPrefix(told(answer.Sent[0]), c.want) {
			t.Errorf("%s: %d %s, sent %v, want %s", name, answer.Status, answer.Body, answer.Sent, c.want)
		}
	}
}

func TestLanguageThatNobodyServes(t *testing.T) {
	o := open(t)
	answer := o.harness.Twice(t, o.event(o.uploaded([]byte("not even looked at"), "zh")))
	want := `recording.refused language_unserved: the built-in engine hears English only, the recording is in "zh": ` +
		`set TRANSCRIBE_URL to an engine that knows it, or upload a transcript instead`
	if answer.Status != 422 || len(answer.Sent) != 1 || told(answer.Sent[0]) != want {
		t.Errorf("%d %s, sent %v", answer.Status, answer.Body, answer.Sent)
	}
}

func TestObjectThatIsGone(t *testing.T) {
	o := open(t)
	d := o.uploaded([]byte("x"), "")
	if err := o.store.Delete(t.Context(), d.Object.Bucket, d.Object.Key); err != nil {
		t.Fatal(err)
	}
	answer := o.harness.Twice(t, o.event(d))
	if want := "recording.refused missing_object: object recordings/recordings/upload-0001/file is no longer there"; len(answer.Sent) != 1 || told(answer.Sent[0]) != want {
		t.Errorf("%d %s, sent %v", answer.Status, answer.Body, answer.Sent)
	}
}

// An event whose data breaks the schema is refused by name, as far as it can be
// told whose it is.
func TestWrongSchema(t *testing.T) {
	o := open(t)
	e := o.event(o.uploaded([]byte("x"), ""))
	for body, want := range map[string]string{
		fmt.Sprintf(`{"recording":%q,"upload":%q,"object":{"bucket":7}}`, recording, upload): "recording.refused invalid: ",
		fmt.Sprintf(`{"recording":%q,"upload":%q}`, recording, upload):                       "recording.refused invalid: ",
		`{"recording":"x"}`: "",
		`[]`:                "",
	} {
		if err := e.SetData("application/json", []byte(body)); err != nil {
			t.Fatal(err)
		}
		o.asked++
		e.SetID(fmt.Sprintf("wrong-%d", o.asked))
		answer := o.harness.Twice(t, e)
		got := ""
		if len(answer.Sent) == 1 {
			got = told(answer.Sent[0])
		}
		if answer.Status != 422 || (got == "") != (want == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d %s, sent %v", body, answer.Status, answer.Body, answer.Sent)
		}
	}
	e.SetType("dev.xietong.something.happened.v1")
	e.SetID("else")
	if answer := o.harness.Twice(t, e); answer.Status != 422 {
		t.Errorf("another type: %d %s", answer.Status, answer.Body)
	}
}

// Whatever an engine does, the recording ends with a reason.
func TestEngineThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		engine speech.Engine
		want   string
	}{
		"hangs":         {speech.Pocketsphinx{Path: script(t, "sleep 600"), Wall: 100 * time.Millisecond}, "engine_failed: no chunk could be transcribed; chunk 0: failed 2 times, at last: transcribe with pocketsphinx: "},
		"crashes":       {speech.Pocketsphinx{Path: script(t, "kill -SEGV $$"), Wall: time.Minute}, "engine_failed: no chunk could be transcribed; chunk 0: failed 2 times"},
		"nonsense":      {speech.Pocketsphinx{Path: script(t, "echo who is there"), Wall: time.Minute}, "engine_failed: no chunk could be transcribed; chunk 0: failed 2 times, at last: pocketsphinx answered nonsense"},
		"refuses":       {engineThat(t, 400, "Invalid request"), "engine_failed: no chunk could be transcribed; chunk 0: the engine does not take the chunk"},
		"hears nothing": {&reader{}, "no_speech: the engine heard no words in the recording"},
		"panics":        {&reader{fail: func(speech.Speech) error { panic("oh") }}, "engine_failed: no chunk could be transcribed; chunk 0: failed 2 times, at last: panic: oh"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, with(c.engine))
			cut := o.harness.Deliver(t, o.event(o.uploaded(bursts(1), "")))
			var sent []string
			for range 2 {
				for _, e := range o.harness.Deliver(t, cut.Sent[1]).Sent {
					sent = append(sent, told(e))
				}
			}
			if len(sent) < 2 || sent[0] != "chunk.transcribed 0, 1 of 1" || !strings.HasPrefix(sent[1], "recording.refused "+c.want) {
				t.Errorf("sent %q, want %q", sent, c.want)
			}
		})
	}
}

// A busy engine is asked again, and it does not count as a failure.
func TestBusyEngineIsWaitedFor(t *testing.T) {
	o := open(t, with(engineThat(t, 429, "later")))
	cut := o.harness.Deliver(t, o.event(o.uploaded(bursts(1), "")))
	for range 5 {
		if answer := o.harness.Deliver(t, cut.Sent[1]); answer.Status != 429 || answer.Header.Get("Retry-After") != "5" {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
	}
	o.Engine = &reader{text: "hello"}
	if sent := o.story(cut.Sent[1]); len(sent) != 3 {
		t.Errorf("sent %v", sent)
	}
}

func TestBadTranscriptsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"empty":     {"", "recording.refused empty_file: the transcript is empty"},
		"not one":   {"Dear Sir,", `recording.refused transcript_invalid: the transcript cannot be read: line 1: "Dear Sir," stands where times such as 00:01:02,500 --> 00:01:05,000 are wanted`},
		"too large": {strings.Repeat(srt, 8000), "recording.refused too_large: object recordings/transcripts/1/a.srt has more than 1048576 bytes"},
	} {
		o := open(t)
		d := events.TranscriptUploaded{Recording: recording, Upload: upload, Object: o.object("recordings", "transcripts/1/a.srt", []byte(c.body)), Name: "a.srt", Format: "srt"}
		answer := o.harness.Twice(t, o.event(d))
		if answer.Status != 422 || len(answer.Sent) != 1 || told(answer.Sent[0]) != c.want {
			t.Errorf("%s: %d %s, sent %v", name, answer.Status, answer.Body, answer.Sent)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	good := map[string]string{"S3_ENDPOINT": "http://127.0.0.1:1", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
	for variable, value := range map[string]string{
		"S3_ENDPOINT": "", "DATABASE_URL": "", "TRACKS": "some", "MAX_CHUNK": "1h", "MAX_PAUSE": "0s", "MAX_UPLOAD": "much", "MAX_TRACKS": "few",
		"TRANSCRIBE_DIALECT": "klingon", "TRANSCRIBE_NUMBERS": "some",
	} {
		getenv := func(name string) string {
			if name == variable {
				return value
			}
			return good[name]
		}
		if _, err := Open(t.Context(), getenv); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s=%s: got %v, want an error that names the variable", variable, value, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	var got Limits
	if err := conf.Read(func(string) string { return "" }, &got); err != nil {
		t.Fatal(err)
	}
	want := Limits{Upload: 4 << 30, Length: 8 * time.Hour, Tracks: 16, TrackTime: 16 * time.Hour, Readable: 0.5, Transcript: 16 << 20, Segments: 200_000}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A store that fails is no reason to give a recording up.
func TestStoreThatFailsIsTriedAgain(t *testing.T) {
	o := open(t)
	e := o.event(o.uploaded(bursts(1), ""))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.Handle(ctx, e); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
