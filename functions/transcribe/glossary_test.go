package transcribe

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/speech"
)

const unit = "binhai-district"

func (o *office) ofUnit(data events.Data) events.Event {
	e := o.event(data)
	e.SetExtension(events.Unit, unit)
	return e
}

// A unit's terms go to the engine with each chunk and correct what it heard; what
// it wrote is kept.
func TestGlossaryOfTheUnit(t *testing.T) {
	var asked []speech.Speech
	engine := &reader{text: "宾海新区在三月五号讨论", language: "zh", fail: func(s speech.Speech) error { asked = append(asked, s); return nil }}
	o := open(t, with(engine), func(t *Transcriber) { t.Numbers = true })
	terms := []events.Term{{Text: "滨海新区", Heard: []string{"宾海新区"}}, {Text: "一网通办"}}
	for _, d := range []events.GlossaryChanged{
		{Unit: unit, Version: 3, Terms: terms},
		{Unit: unit, Version: 2, Terms: []events.Term{{Text: "旧词"}}}, // late
		{Unit: "another-district", Version: 9, Terms: []events.Term{{Text: "别的区", Heard: []string{"讨论"}}}},
	} {
		if answer := o.harness.Twice(t, o.event(d)); answer.Status != 204 {
			t.Fatalf("glossary %d: %d %s", d.Version, answer.Status, answer.Body)
		}
	}
	o.story(o.ofUnit(o.uploaded(bursts(1), "zh")))
	if len(asked) != 1 || !cmp.Equal(asked[0].Terms, []string{"滨海新区", "一网通办"}) {
		t.Errorf("the engine was asked %+v", asked)
	}
	s := o.transcript().Segments[0]
	if s.Text != "滨海新区在3月5日讨论。" || s.Said != "宾海新区在三月五号讨论" {
		t.Errorf("segment %s", asJSON(s))
	}
}

// A glossary that is emptied corrects nothing any more.
func TestGlossaryIsReplaced(t *testing.T) {
	o := open(t, with(&reader{text: "Hello there."}))
	o.harness.Twice(t, o.event(events.GlossaryChanged{Unit: unit, Version: 1, Terms: []events.Term{{Text: "Xietong", Heard: []string{"hello"}}}}))
	o.harness.Twice(t, o.event(events.GlossaryChanged{Unit: unit, Version: 2, Terms: []events.Term{}}))
	o.story(o.ofUnit(o.uploaded(bursts(1), "en")))
	if s := o.transcript().Segments[0]; s.Text != "Hello there." || s.Said != "" {
		t.Errorf("segment %s", asJSON(s))
	}
}

func TestSegmentsAreWritten(t *testing.T) {
	sure := 0.5
	for name, c := range map[string]struct {
		given    []events.Segment
		language string
		want     []events.Segment
	}{
		"nothing to correct": {[]events.Segment{{Text: "好的。"}}, "zh", []events.Segment{{Text: "好的。"}}},
		"words keep their times": {
			[]events.Segment{{Text: "thirty percent", Words: []events.Word{{Text: "thirty", StartMS: 10, EndMS: 20}, {Text: "percent", StartMS: 20, EndMS: 40, Confidence: &sure}}}}, "en",
			[]events.Segment{{Text: "30%.", Said: "thirty percent", Words: []events.Word{{Text: "30%.", StartMS: 10, EndMS: 40, Confidence: &sure}}}},
		},
		"an engine that writes points": {
			[]events.Segment{{Text: "Ask not what", EndMS: 100}, {Text: "your country", StartMS: 100, EndMS: 200}}, "en",
			[]events.Segment{{Text: "Ask not what", EndMS: 100}, {Text: "your country", StartMS: 100, EndMS: 200}},
		},
		"an engine that writes none": {
			[]events.Segment{{Text: "ask not what", EndMS: 100}, {Text: "your country", StartMS: 100, EndMS: 200}, {Text: "can", StartMS: 800, EndMS: 900}}, "en",
			[]events.Segment{{Text: "Ask not what", Said: "ask not what", EndMS: 100}, {Text: "your country.", Said: "your country", StartMS: 100, EndMS: 200},
				{Text: "Can.", Said: "can", StartMS: 800, EndMS: 900}},
		},
		"a language by its script": {[]events.Segment{{Text: "百分之三十。"}}, "", []events.Segment{{Text: "30%。", Said: "百分之三十。"}}},
		"a language without rules": {[]events.Segment{{Text: "三十パーセント"}}, "ja", []events.Segment{{Text: "三十パーセント"}}},
		"no text":                  {[]events.Segment{{Suspect: "empty"}}, "zh", []events.Segment{{Suspect: "empty"}}},
	} {
		if diff := cmp.Diff(c.want, newWriter(true, nil).write(c.given, c.language)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	off := newWriter(false, nil).write([]events.Segment{{Text: "百分之三十。"}}, "zh")
	if off[0].Text != "百分之三十。" {
		t.Errorf("switched off: %s", off[0].Text)
	}
}

func TestNumbersAreSwitched(t *testing.T) {
	for _, c := range []struct {
		setting string
		digits  bool // by the engine
		want    bool
	}{{"auto", false, true}, {"auto", true, false}, {"on", true, true}, {"off", false, false}} {
		if got := (Config{Numbers: c.setting}).digits(speech.Dialect{Digits: c.digits}); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
