package judge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/test/faults/evidence"
	"xietong.dev/test/faults/judge"
)

const (
	asked    = "dev.xietong.transcript.uploaded.v1"
	answered = "dev.xietong.recording.transcribed.v1"
	told     = "minutes-recording-told"
	hears    = "transcribe-transcript-uploaded"
	sums     = "summarise-recording-transcribed"
	key      = "transcripts/u1/a.json"
)

// good is the evidence of one transcript that became minutes, and of one upload
// that is poison.
func good() evidence.Evidence {
	object := evidence.Object{Bucket: "artifacts", Key: key, ETag: "e", Size: 9}
	about := evidence.About{Recording: "r1", Upload: "u1", Revision: 1}
	about.Transcript.Key = key
	return evidence.Evidence{
		Promises: evidence.Promises{
			Receipts: []evidence.Receipt{{Source: "/app", ID: "1", Type: asked}},
			Puts:     []evidence.Put{{Key: "r2/a.wav", ETag: "w", Size: 3}},
			Tried:    map[string]bool{"r2/a.wav": true},
			Endings:  []evidence.Ending{{Recording: "r1", State: "summarised"}},
			Poison:   []evidence.Poison{{Key: "r2/a.wav", Trigger: "uploads-object-created", Code: "not_media"}},
			Given:    "given/",
		},
		Events: []evidence.Event{
			{Seq: 1, Source: "/app", ID: "1", Type: asked, Subject: "r1", Content: "c1", Size: 2, Trace: "t"},
			{Seq: 2, Source: "/functions/transcribe", ID: "2", Type: answered, Subject: "r1", Cause: "1", Content: "c2", Size: 2, Trace: "t", About: about},
			{Seq: 3, Source: "aws:s3", ID: "3", Type: "com.amazonaws.s3.ObjectCreated:Put", Subject: "r2/a.wav", Content: "c3", Size: 2, Trace: "t"},
		},
		Deliveries: []evidence.Delivery{
			{Seq: 1, Trigger: told, State: evidence.Done}, {Seq: 1, Trigger: hears, State: evidence.Done},
			{Seq: 2, Trigger: told, State: evidence.Done}, {Seq: 2, Trigger: sums, State: evidence.Done},
			{Seq: 3, Trigger: "uploads-object-created", State: evidence.Dead, Code: 422, Reason: "not_media: it holds text", Failures: 1},
		},
		Ledgers: map[string][]evidence.Entry{
			"transcribe": {{Source: "/app", ID: "1", State: evidence.EntryDone, Sent: []evidence.Sent{{Source: "/functions/transcribe", ID: "2", Type: answered, About: about}}}},
			"minutes":    {{Source: "/app", ID: "1", State: evidence.EntryDone}, {Source: "/functions/transcribe", ID: "2", State: evidence.EntryDone}},
			"summarise":  {{Source: "/functions/transcribe", ID: "2", State: evidence.EntryDone}},
			"uploads":    {{Source: "aws:s3", ID: "3", State: evidence.EntryRefused, Refusals: 1}},
		},
		Minutes:   []evidence.Minutes{{ID: "r1", State: "summarised"}},
		Stories:   []evidence.Story{{Recording: "r1", Upload: "u1", Transcript: &object}},
		Summaries: []evidence.Summary{{Recording: "r1", Upload: "u1", ID: "auto-1", Revision: 1}},
		Uploads:   map[string]string{"u1": "r1", "u9": "r9"},
		Deleted:   map[string]bool{"r9": true},
		Jobs:      []evidence.Job{{Upload: "u1", Chunks: 1, Ended: 1}},
		Chunks:    []evidence.Chunk{{Upload: "u1", State: "heard", Audio: evidence.Object{Bucket: "artifacts", Key: "chunks/u1/0-0.wav"}}},
		Objects: map[string]map[string]evidence.Object{
			"artifacts":  {key: object, "heard/u1/0.json": {}, "given/zh.srt": {}},
			"recordings": {"r2/a.wav": {Bucket: "recordings", Key: "r2/a.wav", ETag: "w", Size: 3}},
		},
	}
}

func TestWhatIsAsItShouldBe(t *testing.T) {
	if diff := cmp.Diff(judge.Verdict{Poison: 1}, judge.Judge(good())); diff != "" {
		t.Error(diff)
	}
	if dead := judge.Innocent(good()); len(dead) > 0 {
		t.Errorf("condemned: %v", dead)
	}
}

// Every rule turns red on a piece of evidence that breaks it.
func TestEveryRuleIsStrict(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  func(judge.Verdict) []string
		words string
		harm  func(*evidence.Evidence)
	}{
		{"an accepted event is gone", lost, "was accepted and is not on record", func(e *evidence.Evidence) { e.Receipts[0].ID = "0" }},
		{"an upload without a notice", lost, "nobody was told of it", func(e *evidence.Evidence) { e.Puts[0].Key = "r3/b.wav" }},
		{"a delivery hangs", lost, "has not come to an end", func(e *evidence.Evidence) { e.Deliveries[0].State = 2 }},
		{"an innocent is dead", lost, "dead at " + sums + " and no poison", func(e *evidence.Evidence) { e.Deliveries[3].State = evidence.Dead }},
		{"a Trigger was passed over", lost, "want [" + told + " " + hears + "]", func(e *evidence.Evidence) { e.Deliveries = e.Deliveries[1:] }},
		{"a delivery was made twice", lost, "went to [" + told + " " + told, func(e *evidence.Evidence) { e.Deliveries = append(e.Deliveries, e.Deliveries[0]) }},
		{"answered without being done", lost, "in the ledger its state is 0", func(e *evidence.Evidence) { e.Ledgers["summarise"] = nil }},
		{"begun and not ended", lost, "open", func(e *evidence.Evidence) {
			e.Ledgers["minutes"] = append(e.Ledgers["minutes"], evidence.Entry{Source: "/app", ID: "7", State: 1})
		}},
		{"recorded and not sent", lost, "it never arrived", func(e *evidence.Evidence) { e.Ledgers["transcribe"][0].Sent[0].ID = "8" }},
		{"no minutes", lost, "has no minutes", func(e *evidence.Evidence) { e.Minutes = nil }},
		{"minutes stopped half-way", lost, "is transcribed", func(e *evidence.Evidence) { e.Minutes[0].State = "transcribed" }},
		{"minutes miscounted", lost, "shows 2 of 3 chunks", func(e *evidence.Evidence) {
			e.Minutes[0].Ended, e.Minutes[0].Chunks = 2, 3
			e.Endings[0].Ended, e.Endings[0].Chunks = 3, 3
		}},
		{"an upload changed", lost, "upload recordings/r2/a.wav", func(e *evidence.Evidence) {
			e.Objects["recordings"]["r2/a.wav"] = evidence.Object{ETag: "other", Size: 3}
		}},
		{"poison was done", lost, "poison r2/a.wav", func(e *evidence.Evidence) { e.Deliveries[4].State = evidence.Done }},
		{"poison died of something else", lost, "died of", func(e *evidence.Evidence) { e.Deliveries[4].Reason = "failed: 4 times" }},
		{"poison without an attempt", lost, "no attempt on record", func(e *evidence.Evidence) { e.Deliveries[4].Failures = 0 }},
		{"poison without its payload", lost, "lacks its payload", func(e *evidence.Evidence) { e.Events[2].Size = 0 }},
		{"poison was accepted and is gone", lost, "it is not on record", func(e *evidence.Evidence) { e.Poison[0].Key = "r2/b.wav" }},
		{"the ledger holds an event twice", twice, "twice", func(e *evidence.Evidence) {
			e.Ledgers["summarise"] = append(e.Ledgers["summarise"], e.Ledgers["summarise"][0])
		}},
		{"the same id with other content", twice, "differs from event 2", func(e *evidence.Evidence) {
			again := e.Events[1]
			again.Seq, again.Content = 4, "c9"
			e.Events = append(e.Events, again)
		}},
		{"an effect outside its transaction", twice, "outside its transaction", func(e *evidence.Evidence) { e.Ledgers["transcribe"][0].Sent = nil }},
		{"an effect under two ids", twice, "tells what event 2 told already", func(e *evidence.Evidence) {
			again := e.Events[1]
			again.Seq, again.ID = 4, "9"
			e.Events = append(e.Events, again)
		}},
		{"a tally counts twice", twice, "committed event 1 of /app 2 times, want 1", func(e *evidence.Evidence) {
			e.Effects = map[string][]evidence.Effect{"transcribe": {{Source: "/app", ID: "1", Times: 2}}}
		}},
		{"done without its rows", twice, "committed event 1 of /app 0 times, want 1", func(e *evidence.Evidence) {
			e.Effects = map[string][]evidence.Effect{"transcribe": {}}
		}},
		{"an effect of what was never met", twice, "its ledger does not know it", func(e *evidence.Evidence) {
			e.Effects = map[string][]evidence.Effect{"transcribe": {{Source: "/app", ID: "1", Times: 1}, {Source: "/app", ID: "6", Times: 1}}}
		}},
		{"two summaries of one transcript", twice, "the summaries auto-1 and auto-2", func(e *evidence.Evidence) {
			e.Summaries = append(e.Summaries, evidence.Summary{Recording: "r1", Upload: "u1", ID: "auto-2", Revision: 1})
		}},
		{"a chunk was counted twice", twice, "counts 2 of 1", func(e *evidence.Evidence) { e.Jobs[0].Ended = 2 }},
		{"a row without its object", orphans, "which is not there", func(e *evidence.Evidence) { delete(e.Objects["artifacts"], key) }},
		{"an object other than its row says", orphans, "the store has", func(e *evidence.Evidence) { e.Stories[0].Transcript.Size = 8 }},
		{"a waiting chunk without its sound", orphans, "a chunk of recording r1", func(e *evidence.Evidence) { e.Chunks[0].State = "waiting" }},
		{"a noted summary that is not there", orphans, "is noted at", func(e *evidence.Evidence) {
			e.Notes = append(e.Notes, evidence.Note{Bucket: "artifacts", Key: "summaries/u1/x.json", Recording: "r1"})
		}},
		{"an object without a row", orphans, "pointed to by no row", func(e *evidence.Evidence) { e.Objects["artifacts"]["transcripts/u1/b.json"] = evidence.Object{} }},
		{"an object of a deleted recording", orphans, "left of recording r9", func(e *evidence.Evidence) { e.Objects["artifacts"]["transcripts/u9/b.json"] = evidence.Object{} }},
		{"an upload of a deleted recording", orphans, "left of a recording that was deleted", func(e *evidence.Evidence) { e.Objects["recordings"]["r9/a.wav"] = evidence.Object{} }},
		{"an upload that nobody made", orphans, "uploaded by nobody", func(e *evidence.Evidence) { e.Objects["recordings"]["r8/a.wav"] = evidence.Object{} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := good()
			c.harm(&e)
			if got := strings.Join(c.kind(judge.Judge(e)), "\n"); !strings.Contains(got, c.words) {
				t.Errorf("got %q, want a line with %q", got, c.words)
			}
		})
	}
}

func lost(v judge.Verdict) []string    { return v.Lost }
func twice(v judge.Verdict) []string   { return v.Twice }
func orphans(v judge.Verdict) []string { return v.Orphans }

// Poison that was perhaps accepted as the run ended may be dead, and may be absent.
func TestPoisonThatWasOnlyTried(t *testing.T) {
	for _, key := range []string{"r2/a.wav", "r9/never.wav"} {
		e := good()
		e.Poison[0].Tried = true
		if e.Poison[0].Key = key; key != "r2/a.wav" {
			e.Events, e.Deliveries, e.Ledgers["uploads"], e.Puts = e.Events[:2], e.Deliveries[:4], nil, nil
		}
		if broken := judge.Judge(e).Lost; len(broken) > 0 {
			t.Error(broken)
		}
	}
}

// Work on what was deleted meanwhile may end as a dead letter that says so.
func TestTheDeletedMayMissTheirObject(t *testing.T) {
	e := good()
	e.Endings, e.Stories = nil, nil
	e.Deleted["r1"] = true
	e.Uploads["u1"] = "r0" // its object is another rule's matter
	e.Deliveries[3].State, e.Deliveries[3].Reason = evidence.Dead, "missing_object: the transcript is gone"
	if broken := judge.Judge(e).Lost; len(broken) > 0 {
		t.Error(broken)
	}
}

// The same id with other data: one is done, the other dead.
func TestTheSameIDWithOtherData(t *testing.T) {
	e := good()
	second := e.Events[0]
	second.Seq, second.Content = 5, "other"
	e.Events = append(e.Events, second)
	e.Deliveries = append(e.Deliveries, evidence.Delivery{Seq: 5, Trigger: hears, State: evidence.Done},
		evidence.Delivery{Seq: 5, Trigger: told, State: evidence.Dead, Reason: "id_reused: came before", Failures: 1})
	e.Poison = append(e.Poison, evidence.Poison{Source: "/app", ID: "1", Trigger: told, Code: "id_reused", Half: true})
	if diff := cmp.Diff(judge.Verdict{Poison: 2}, judge.Judge(e)); diff != "" {
		t.Error(diff)
	}
	e.Deliveries[0].State, e.Deliveries[0].Reason, e.Deliveries[0].Failures = evidence.Dead, "id_reused: came before", 1
	if broken := judge.Judge(e).Lost; len(broken) != 1 || !strings.Contains(broken[0], "2 are dead and 0 are done") {
		t.Errorf("both dead: %v", broken)
	}
}

func TestRedriven(t *testing.T) {
	before, dead := good(), []evidence.Delivery{{Seq: 1, Trigger: hears, State: evidence.Dead}}
	after := good()
	after.Deliveries[1].Redrives = 1
	after.Ledgers["transcribe"][0].Refusals = 1
	if broken := judge.Redriven(before, after, dead); len(broken) > 0 {
		t.Errorf("as it should be: %v", broken)
	}
	for words, harm := range map[string]func(*evidence.Evidence){
		"before it was redriven":  func(e *evidence.Evidence) { e.Events[0].Time = "later" },
		"0 redrives on record":    func(e *evidence.Evidence) { e.Deliveries[1].Redrives = 0 },
		"state 4":                 func(e *evidence.Evidence) { e.Deliveries[1].State = evidence.Dead },
		"and the ledger has {Sou": func(e *evidence.Evidence) { e.Ledgers["transcribe"][0].Sent = nil },
	} {
		broken := good()
		broken.Deliveries[1].Redrives = 1
		broken.Ledgers["transcribe"][0].Refusals = 1
		harm(&broken)
		if got := judge.Redriven(before, broken, dead); len(got) != 1 || !strings.Contains(got[0], words) {
			t.Errorf("want a line with %q, got %v", words, got)
		}
	}
}

// The ledger forgets what was sent of a recording that was deleted, and of no other.
func TestWhatIsForgottenBreaksNoPromise(t *testing.T) {
	for subject, want := range map[string]bool{"r9": false, "r1": true} {
		e := good()
		e.Events = append(e.Events, evidence.Event{Seq: 4, Source: "/functions/transcribe", ID: "4", Type: "dev.xietong.recording.refused.v1", Subject: subject, Content: "c4", Trace: "t"})
		if got := strings.Contains(strings.Join(judge.Judge(e).Twice, "\n"), "event 4"); got != want {
			t.Errorf("of %s: an effect outside its transaction: %v, want %v", subject, got, want)
		}
	}
}
