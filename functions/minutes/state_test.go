package minutes

import (
	"testing"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/say"
)

func second(n int) time.Time { return time.Date(2026, 3, 4, 2, 0, n, 0, time.UTC) }

func TestState(t *testing.T) {
	arrived := &Arrival{At: second(1)}
	for name, c := range map[string]struct {
		upload Upload
		want   State
	}{
		"nothing yet":                     {Upload{}, AwaitingUpload},
		"uploaded":                        {Upload{ID: up1, Arrival: arrived}, Uploaded},
		"cut":                             {Upload{ID: up1, Arrival: arrived, Cut: &Cut{Chunks: 2}}, Transcribing},
		"a chunk before the cut":          {Upload{ID: up1, Ended: 1, Chunks: 2}, Transcribing},
		"transcribed":                     {Upload{ID: up1, Transcript: &Transcript{}}, Transcribed},
		"summarised":                      {Upload{ID: up1, Transcript: &Transcript{}, Summary: &Automatic{}}, Summarised},
		"refused at the door":             {Upload{ID: up1, Refusals: map[string]Refusal{"uploads": {Code: events.RefusedEmpty}}}, Failed},
		"refused at the door, then taken": {Upload{ID: up1, Arrival: arrived, Refusals: map[string]Refusal{"uploads": {Code: events.RefusedFailed}}}, Uploaded},
		"no engine":                       {Upload{ID: up1, Refusals: map[string]Refusal{"transcribe": {Code: events.RefusedLanguage}}}, Waiting},
		"no engine, then one": {Upload{ID: up1, Cut: &Cut{At: second(9), Chunks: 2}, Refusals: map[string]Refusal{"transcribe": {At: second(5), Code: events.RefusedLanguage}}},
			Transcribing},
		"all chunks failed": {Upload{ID: up1, Cut: &Cut{At: second(2), Chunks: 2}, Ended: 2, Chunks: 2, Refusals: map[string]Refusal{"transcribe": {At: second(5), Code: events.RefusedEngine}}},
			Failed},
		"mended by a redrive":  {Upload{ID: up1, Transcript: &Transcript{}, Refusals: map[string]Refusal{"transcribe": {At: second(5), Code: events.RefusedEngine}}}, Transcribed},
		"no summary":           {Upload{ID: up1, Transcript: &Transcript{}, Refusals: map[string]Refusal{"summarise": {Code: events.RefusedFailed}}}, Failed},
		"summary after all":    {Upload{ID: up1, Transcript: &Transcript{}, Summary: &Automatic{}, Refusals: map[string]Refusal{"summarise": {Code: events.RefusedFailed}}}, Summarised},
		"transcript not taken": {Upload{ID: up1, Summary: &Automatic{}, Refusals: map[string]Refusal{"minutes": {Code: events.RefusedTooLarge}}}, Failed},
	} {
		if got, _, _ := c.upload.state(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestChoose: the newest upload counts, by its arrival and not by its coming,
// unless it came to nothing.
func TestChoose(t *testing.T) {
	old := Upload{ID: up1, Arrival: &Arrival{At: second(1)}, Transcript: &Transcript{}}
	newer := Upload{ID: up2, Arrival: &Arrival{At: second(2)}}
	refused := Upload{ID: up2, FirstAt: second(2), Refusals: map[string]Refusal{"uploads": {Code: events.RefusedNotMedia}}}
	unsummarised := Upload{ID: up2, FirstAt: second(2), Transcript: &Transcript{}, Refusals: map[string]Refusal{"summarise": {Code: events.RefusedFailed}}}
	for name, c := range map[string]struct {
		uploads         []Upload
		current, newest string
	}{
		"none":                  {nil, "", ""},
		"newer last":            {[]Upload{old, newer}, up2, up2},
		"newer first":           {[]Upload{newer, old}, up2, up2},
		"newer refused":         {[]Upload{refused, old}, up1, up2},
		"only a refused one":    {[]Upload{refused}, up2, up2},
		"newer lacks a summary": {[]Upload{unsummarised, old}, up2, up2},
	} {
		current, newest := choose(owned(Given{}, c.uploads))
		if current.ID != c.current || newest.ID != c.newest {
			t.Errorf("%s: current %q, newest %q", name, current.ID, newest.ID)
		}
	}
}

func TestTitle(t *testing.T) {
	file := Upload{Arrival: &Arrival{Name: "周会.m4a"}}
	titled := Upload{Arrival: &Arrival{Name: "a.m4a", Title: "季度会"}}
	for _, c := range []struct {
		given  string
		upload Upload
		want   string
	}{{"", Upload{}, ""}, {"", file, "周会"}, {"", titled, "季度会"}, {"我起的名", titled, "我起的名"}} {
		if got := title(Given{Title: c.given}, c.upload); got != c.want {
			t.Errorf("title %q, want %q", got, c.want)
		}
	}
}

// TestMessages: every state and every code has its words in both languages.
func TestMessages(t *testing.T) {
	for key, text := range messages {
		if text.Zh == "" || text.En == "" {
			t.Errorf("message %s lacks a language", key)
		}
	}
	for _, code := range []string{events.RefusedEmpty, events.RefusedNotMedia, events.RefusedTooLarge, events.RefusedTooLong, events.RefusedUnreadable,
		events.RefusedNoSound, events.RefusedNoSpeech, events.RefusedMissing, events.RefusedLanguage, events.RefusedEngine, events.RefusedTranscript,
		events.RefusedInvalid, events.RefusedFailed} {
		if _, has := messages["refused."+code]; !has {
			t.Errorf("code %s has no words", code)
		}
	}
	for _, s := range states {
		if text := stateText(Shown{State: s, Code: events.RefusedEmpty}, say.Chinese); text == "state."+string(s) {
			t.Errorf("state %s has no words", s)
		}
	}
	if got := refusalText("transcribe", "newer_than_this_table", say.English); got != messages["refused.failed"].En {
		t.Errorf("an unknown code reads %q", got)
	}
}
