package transcribe

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
	"xietong.dev/shared/speech/speechtest"
)

func on(track int, name string) events.Participant {
	return events.Participant{Name: name, Account: "u-" + name, Track: &track}
}

func TestTracksGetTheirPeople(t *testing.T) {
	loose := func(names ...string) (all []events.Participant) {
		for _, name := range names {
			all = append(all, events.Participant{Name: name})
		}
		return all
	}
	one := func(c ...int) track { return track{channels: c} }
	for name, c := range map[string]struct {
		participants []events.Participant
		tracks       []track
		streams      []int
		want         []string // the name on each track
	}{
		"nobody is told":            {nil, []track{one(0), one(1)}, []int{2}, []string{"", ""}},
		"a channel each":            {[]events.Participant{on(1, "李敏"), on(0, "张伟")}, []track{one(0), one(1)}, []int{2}, []string{"张伟", "李敏"}},
		"a stereo stream each":      {[]events.Participant{on(0, "张伟"), on(1, "李敏")}, []track{one(0, 1), one(2, 3)}, []int{2, 2}, []string{"张伟", "李敏"}},
		"the first is silent":       {[]events.Participant{on(0, "张伟"), on(1, "李敏")}, []track{one(1)}, []int{1, 1}, []string{"李敏"}},
		"two in one room":           {[]events.Participant{on(0, "张伟"), on(0, "李敏"), on(1, "王芳")}, []track{one(0), one(1)}, []int{1, 1}, []string{"", "王芳"}},
		"two channels are one":      {[]events.Participant{on(0, "张伟"), on(1, "李敏")}, []track{one(0, 1)}, []int{2}, []string{""}},
		"one is on no track":        {append(loose("客人"), on(0, "张伟")), []track{one(0), one(1)}, []int{2}, []string{"张伟", ""}},
		"a track that is not there": {[]events.Participant{on(7, "张伟")}, []track{one(0)}, []int{1}, []string{""}},
		"left and right of a call":  {loose("张伟", "李敏"), []track{one(0), one(1)}, []int{2}, []string{"张伟", "李敏"}},
		"only the right is heard":   {loose("张伟", "李敏"), []track{one(1)}, []int{2}, []string{"李敏"}},
		"a call that was mixed":     {loose("张伟", "李敏"), []track{one(0, 1)}, []int{2}, []string{""}},
		"three on two channels":     {loose("张伟", "李敏", "王芳"), []track{one(0), one(1)}, []int{2}, []string{"", ""}},
		"the only one":              {loose("张伟"), []track{one(0)}, []int{1}, []string{"张伟"}},
	} {
		var got []string
		for i, s := range people(c.participants, c.tracks, c.streams) {
			if s.Track != i || s.ID != speakerID(i) || s.Label == "" && s.Account != "" {
				t.Errorf("%s: speaker %+v", name, s)
			}
			got = append(got, s.Label)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// The roster tells channels apart that sound alike, and joins those of one person.
func TestRosterDecidesTracks(t *testing.T) {
	anna := speechtest.Voiced(1, 0.0003, speechtest.Voice(4, 1), speechtest.Pause(6))
	bo := speechtest.Voiced(2, 0.0003, speechtest.Pause(6), speechtest.Voice(4, 1))
	for name, c := range map[string]struct {
		channels [][]int16
		owned    []int
		want     [][]int
	}{
		"two people in one room": {[][]int16{sum(anna, times(bo, 0.6, 0)), sum(bo, times(anna, 0.6, 0))}, []int{0, 1}, [][]int{{0}, {1}}},
		"one person, two sides":  {[][]int16{anna, bo}, []int{0, 0}, [][]int{{0, 1}}},
		"one is not told of":     {[][]int16{anna, bo}, []int{0, nobody}, [][]int{{0}, {1}}},
	} {
		var got [][]int
		for _, track := range separate(channels(c.channels...), tracksAuto, c.owned) {
			got = append(got, track.channels)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// What the upload tells of a recording stands in its transcript.
func TestTranscriptTellsWhoAndWhen(t *testing.T) {
	o := open(t, with(&reader{text: "Hello."}))
	d := o.uploaded(testdata(t, "talk.ogg"), "en")
	d.Kind, d.Participants, d.RecordedAt = "interview", []events.Participant{on(0, "张伟"), on(1, "李敏")}, "2026-11-27T01:30:00.000Z"
	o.story(o.event(d))
	tr := o.transcript()
	want := []events.Speaker{{ID: "s1", Label: "张伟", Track: 0, Account: "u-张伟"}, {ID: "s2", Label: "李敏", Track: 1, Account: "u-李敏"}}
	if diff := cmp.Diff(want, tr.Speakers); diff != "" || tr.Kind != "interview" || tr.RecordedAt != d.RecordedAt {
		t.Errorf("%s at %s (-want +got)\n%s", tr.Kind, tr.RecordedAt, diff)
	}
	for _, s := range tr.Segments {
		if s.Speaker != speakerID(s.Track) {
			t.Errorf("segment %s", asJSON(s))
		}
	}
}

func TestAdoptedTranscriptTellsWhoAndWhen(t *testing.T) {
	o := open(t)
	e := o.event(events.TranscriptUploaded{Recording: recording, Upload: upload, Object: o.object("recordings", "transcripts/1/a.srt", []byte(srt)), Name: "a.srt", Format: "srt",
		Kind: "party", Participants: []events.Participant{{Name: "李敏", Account: "u-2"}, {Name: "客人"}}})
	e.SetTime(time.Date(2026, 11, 27, 9, 30, 0, 0, time.FixedZone("", 8*3600)))
	o.story(e)
	tr := o.transcript()
	want := []events.Speaker{{ID: "s1", Label: "王主任"}, {ID: "s2", Label: "李敏", Account: "u-2"}}
	if diff := cmp.Diff(want, tr.Speakers); diff != "" || tr.Kind != "party" || tr.RecordedAt != "2026-11-27T01:30:00.000Z" {
		t.Errorf("%s at %s (-want +got)\n%s", tr.Kind, tr.RecordedAt, diff)
	}
}

// Whom an engine tells apart are speakers where it heard all in one chunk.
func TestSpeakersOfTheEngine(t *testing.T) {
	segments := func() []events.Segment {
		return []events.Segment{{Speaker: "SPK1", Text: "a"}, {Speaker: "SPK0", Text: "b"}, {Text: "c"}, {Speaker: "SPK1", Text: "d"}}
	}
	for name, c := range map[string]struct {
		job      job
		speakers int
		marks    []string
	}{
		"one chunk":   {job{tracks: 1, chunks: 1}, 2, []string{"s1", "s2", "", "s1"}},
		"more chunks": {job{tracks: 1, chunks: 2}, 0, []string{"", "", "", ""}},
		"the only one is known": {job{tracks: 1, chunks: 1, about: about{Speakers: []events.Speaker{{ID: "s1", Label: "张伟"}}}},
			1, []string{"s1", "s1", "s1", "s1"}},
		"a job of an older version": {job{tracks: 2, chunks: 1}, 2, []string{"s1", "s1", "s1", "s1"}},
	} {
		all := segments()
		speakers := c.job.speakers(all)
		var marks []string
		for _, s := range all {
			marks = append(marks, s.Speaker)
		}
		if diff := cmp.Diff(c.marks, marks); diff != "" || len(speakers) != c.speakers {
			t.Errorf("%s: %v (-want +got)\n%s", name, speakers, diff)
		}
	}
}

// The language is the one told, else the one that is spoken the most; chunks in
// another are marked.
func TestLanguagesOfChunks(t *testing.T) {
	part := func(language string, ms int64) listened {
		return listened{Language: language, Segments: []events.Segment{{EndMS: ms, Text: "…"}}}
	}
	for name, c := range map[string]struct {
		told  string
		parts []listened
		want  string
		marks []string
	}{
		"told":                  {"zh", []listened{part("en", 9000), part("zh", 10)}, "zh", []string{"en", ""}},
		"the most spoken":       {"", []listened{part("en", 10), part("zh", 50), part("en", 30)}, "zh", []string{"en", "", "en"}},
		"a chunk without one":   {"", []listened{part("", 90), part("ja", 10)}, "ja", []string{"", ""}},
		"a region of the same":  {"zh-Hant", []listened{part("zh", 10)}, "zh-Hant", []string{""}},
		"a chunk without words": {"", []listened{{Language: "en"}, part("zh", 10)}, "zh", []string{""}},
	} {
		chunks := make([]chunk, len(c.parts))
		for i := range chunks {
			chunks[i].state = heard
		}
		tr := compose(job{language: c.told, tracks: 1, chunks: len(chunks)}, chunks, c.parts, 1)
		var marks []string
		for _, s := range tr.Segments {
			marks = append(marks, s.Language)
		}
		if diff := cmp.Diff(c.marks, marks); diff != "" || tr.Language != c.want {
			t.Errorf("%s: %s (-want +got)\n%s", name, tr.Language, diff)
		}
	}
}

func TestChunksAreWhatTheEngineTakes(t *testing.T) {
	ours := Chunks{Length: time.Minute, Pause: time.Minute}
	for kind, want := range map[*speech.Dialect]Chunks{
		{Longest: 5 * time.Minute, MaxBytes: 25 << 20}:                  ours,
		{Longest: 30 * time.Second, MaxBytes: 25 << 20, Timeless: true}: {Length: 30 * time.Second, Pause: time.Second},
		{Longest: 5 * time.Minute, MaxBytes: 1 << 20}:                   {Length: 32 * time.Second, Pause: time.Minute},
	} {
		if got := ours.within(*kind); got != want {
			t.Errorf("%+v: %+v, want %+v", *kind, got, want)
		}
	}
}
