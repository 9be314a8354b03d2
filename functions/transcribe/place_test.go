package transcribe

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
)

func TestPlace(t *testing.T) {
	sure, less, mid := 0.9, 0.7, 0.8
	c := chunk{track: 1, pieces: []piece{{10_000, 12_000}, {50_000, 53_000}}}
	heard := []events.Segment{
		{StartMS: 100, EndMS: 2600, Text: "we can open yes", Words: []events.Word{
			{Text: "we", StartMS: 100, EndMS: 300, Confidence: &sure}, {Text: "can", StartMS: 300, EndMS: 700, Confidence: &less},
			{Text: "open", StartMS: 700, EndMS: 1500}, {Text: "yes", StartMS: 2300, EndMS: 2600}}},
		{StartMS: 3000, EndMS: 4000, Text: "very good"},
		{StartMS: 3000, EndMS: 4000, Text: "again"},
	}
	want := []events.Segment{
		{ID: "1-10100", Track: 1, StartMS: 10_100, EndMS: 11_500, Text: "we can open", Confidence: &mid, Words: []events.Word{
			{Text: "we", StartMS: 10_100, EndMS: 10_300, Confidence: &sure}, {Text: "can", StartMS: 10_300, EndMS: 10_700, Confidence: &less},
			{Text: "open", StartMS: 10_700, EndMS: 11_500}}},
		{ID: "1-50300", Track: 1, StartMS: 50_300, EndMS: 50_600, Text: "yes", Words: []events.Word{{Text: "yes", StartMS: 50_300, EndMS: 50_600}}},
		{ID: "1-51000", Track: 1, StartMS: 51_000, EndMS: 52_000, Text: "very good"},
		{ID: "1-51001", Track: 1, StartMS: 51_001, EndMS: 52_000, Text: "again"},
	}
	if diff := cmp.Diff(want, place(heard, c)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Refusals of the engine are told by the codes of events.
func TestCodesOfEngines(t *testing.T) {
	if speech.CodeLanguage != events.RefusedLanguage || speech.CodeEngine != events.RefusedEngine {
		t.Errorf("speech refuses with %s and %s", speech.CodeLanguage, speech.CodeEngine)
	}
}
