package transcribe

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/speech"
)

// Two people on two channels, the real engine.
func TestRecordingBecomesTranscript(t *testing.T) {
	o := open(t)
	sent := o.story(o.event(o.uploaded(testdata(t, "talk.ogg"), "en")))
	want := []string{
		"recording.cut into 2 on 2 tracks", "chunk.cut 0 track 0", "chunk.cut 1 track 1",
		"chunk.transcribed 0, 1 of 2", "chunk.transcribed 1, 2 of 2", "recording.heard revision 1",
	}
	if diff := cmp.Diff(want, sent[:min(len(sent), len(want))]); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	tr := o.transcript()
	said := strings.Join(lines(tr), "\n")
	for _, part := range []string{"s2 Very good.", "s1 We meet again in two weeks", "s2 Thank you all.", "s2 Have a good day."} {
		if !strings.Contains(said, part) {
			t.Errorf("the transcript lacks %q:\n%s", part, said)
		}
	}
	if !slices.IsSortedFunc(tr.Segments, bySegmentTime) || tr.Engine.Name != "pocketsphinx" || tr.DurationMS < 18_000 || len(tr.Gaps) != 0 {
		t.Errorf("transcript %s", asJSON(tr))
	}
	for _, s := range tr.Segments {
		if len(s.Words) == 0 || s.Confidence == nil || s.StartMS < 0 || s.EndMS > tr.DurationMS {
			t.Errorf("segment %s", asJSON(s))
		}
	}
	if diff := cmp.Diff([]string{"heard", "heard", "transcripts"}, o.keys()); diff != "" {
		t.Errorf("artifacts: chunks that were heard are not kept (-want +got)\n%s", diff)
	}
}

// Whatever the order in which chunks end, one of them sends the recording on.
func TestChunksEndInAnyOrder(t *testing.T) {
	const n = 16
	o := open(t, with(&reader{text: "hello"}), everyPause)
	cut := o.harness.Deliver(t, o.event(o.uploaded(bursts(n), "")))
	if len(cut.Sent) != n+1 {
		t.Fatalf("%d events were sent: %d %s", len(cut.Sent), cut.Status, cut.Body)
	}
	var mu sync.Mutex
	var busy atomic.Int32
	sent := map[string]fn.Event{}
	var all sync.WaitGroup
	for _, e := range cut.Sent[1:] {
		for range 2 { // the same event at the same moment
			all.Go(func() {
				for range 100 {
					answer := o.harness.Deliver(t, e)
					mu.Lock()
					for _, s := range answer.Sent {
						sent[s.ID()] = s
					}
					mu.Unlock()
					if answer.Status != 429 {
						return
					}
					busy.Add(1)
					time.Sleep(20 * time.Millisecond)
				}
				t.Error("busy for ever")
			})
		}
	}
	all.Wait()
	var ended []int
	var heard []fn.Event
	for _, e := range sent {
		switch d, err := events.Decode[events.ChunkTranscribed](e); {
		case err == nil:
			ended = append(ended, d.Ended)
		case e.Type() == events.RecordingHeard{}.EventType():
			heard = append(heard, e)
		default:
			t.Errorf("sent %s", e)
		}
	}
	slices.Sort(ended)
	want := make([]int, n)
	for i := range want {
		want[i] = i + 1
	}
	if !slices.Equal(ended, want) || len(heard) != 1 {
		t.Fatalf("chunks ended as %v, the recording was heard %d times", ended, len(heard))
	}
	o.story(heard[0])
	tr := o.transcript()
	if len(tr.Segments) != n || tr.Revision != 1 || len(tr.Speakers) != 0 {
		t.Errorf("transcript %s", asJSON(tr))
	}
	for i, s := range tr.Segments {
		if at := int64(i)*3000 + 1000; s.StartMS < at-100 || s.StartMS > at+100 || s.ID != fmt.Sprintf("0-%d", s.StartMS) {
			t.Errorf("segment %d is %s at %d ms, want about %d", i, s.ID, s.StartMS, at)
		}
	}
}

// A chunk that fails is a gap, until a redrive mends it.
func TestFailedChunkIsMended(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	calls := 0
	engine := &reader{text: "hello", fail: func(speech.Speech) error {
		if calls++; broken.Load() && calls <= 2 {
			return errors.New("the engine fell over")
		}
		return nil
	}}
	o := open(t, with(engine), everyPause)
	cut := o.harness.Deliver(t, o.event(o.uploaded(bursts(3), "")))
	// MAX_FAILURES is 2: the second failure is the last.
	for i, status := range []int{500, 422} {
		if got := o.harness.Deliver(t, cut.Sent[1]); got.Status != status {
			t.Fatalf("delivery %d: %d %s", i+1, got.Status, got.Body)
		}
	}
	o.story(cut.Sent[2])
	sent := o.story(cut.Sent[3])
	want := []string{"chunk.transcribed 2, 3 of 3", "recording.heard revision 1", "recording.transcribed revision 1, en, 2 segments, 1 gaps"}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	gaps := o.transcript().Gaps
	if len(gaps) != 1 || !strings.Contains(gaps[0].Reason, "the engine fell over") {
		t.Errorf("gaps %v", gaps)
	}
	broken.Store(false)
	sent = o.story(cut.Sent[1])
	want = []string{"chunk.transcribed 0, 3 of 3", "recording.heard revision 2", "recording.transcribed revision 2, en, 3 segments, 0 gaps"}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("mended (-want +got)\n%s", diff)
	}
}

// The first join comes late, when a chunk was mended meanwhile: it must not
// replace the newer transcript.
func TestLateJoinIsPassedOver(t *testing.T) {
	o := open(t, with(&reader{text: "hello"}))
	o.story(o.event(o.uploaded(bursts(1), "")))
	if _, err := o.DB.Exec(t.Context(), `UPDATE job SET revision = 2`); err != nil {
		t.Fatal(err)
	}
	sent := o.story(o.event(events.RecordingHeard{Recording: recording, Upload: upload, Revision: 1}))
	if len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestSameUploadUnderAnotherEventIsCutOnce(t *testing.T) {
	o := open(t, with(&reader{text: "hello"}))
	o.story(o.event(o.uploaded(bursts(1), "")))
	if sent := o.story(o.event(o.uploaded(bursts(1), ""))); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
}

func TestDeletedMinutesLeaveNothing(t *testing.T) {
	o := open(t, with(&reader{text: "hello"}), everyPause)
	cut := o.harness.Deliver(t, o.event(o.uploaded(bursts(2), "")))
	o.harness.Twice(t, cut.Sent[1])
	deleted := o.event(events.MinutesDeleted{Recording: recording})
	answer := o.harness.Twice(t, deleted)
	if answer.Status != 204 || len(answer.Sent) != 1 {
		t.Fatalf("%d %s, sent %v", answer.Status, answer.Body, answer.Sent)
	}
	got, err := events.Decode[events.RecordingForgotten](answer.Sent[0])
	want := events.RecordingForgotten{Recording: recording, Function: Word, Objects: 3, Rows: 3, Payloads: 2}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("forgotten (-want +got) %v\n%s", err, diff)
	}
	if again := o.harness.Twice(t, cut.Sent[1]); len(again.Sent) != 0 {
		t.Errorf("a chunk that was done sent %v again", again.Sent)
	}
	var rows int
	if err := o.DB.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM chunk)`).Scan(&rows); err != nil || rows != 0 || len(o.keys()) != 0 {
		t.Errorf("%d rows and %v are left, %v", rows, o.keys(), err)
	}
	// What comes late ends without effect, and takes with it what it finds.
	o.object("artifacts", "heard/"+upload+"/1.json", []byte("{}"))
	for _, late := range []events.Event{cut.Sent[2], o.event(o.uploaded(bursts(1), "")), o.event(events.RecordingHeard{Recording: recording, Upload: upload, Revision: 1})} {
		if answer := o.harness.Twice(t, late); answer.Status != 204 || len(answer.Sent) != 0 {
			t.Errorf("%s: %d %s, sent %v", late.Type(), answer.Status, answer.Body, answer.Sent)
		}
	}
	if len(o.keys()) != 0 {
		t.Errorf("%v came back", o.keys())
	}
}

// The deletion comes while a chunk is at the engine.
func TestDeletedWhileItIsHeard(t *testing.T) {
	engine := &reader{text: "hello"}
	o := open(t, with(engine))
	cut := o.harness.Deliver(t, o.event(o.uploaded(bursts(1), "")))
	engine.fail = func(speech.Speech) error {
		if answer := o.harness.Deliver(t, o.event(events.MinutesDeleted{Recording: recording})); answer.Status != 204 {
			t.Errorf("delete: %d %s", answer.Status, answer.Body)
		}
		return nil
	}
	for _, sent := range []int{1, 0} { // what the deletion sent meanwhile, and no more
		if answer := o.harness.Deliver(t, cut.Sent[1]); answer.Status != 204 || len(answer.Sent) != sent || len(o.keys()) != 0 {
			t.Errorf("%d %s, sent %v, left %v", answer.Status, answer.Body, answer.Sent, o.keys())
		}
	}
}

func TestDeletedBeforeItCame(t *testing.T) {
	o := open(t)
	o.harness.Twice(t, o.event(events.MinutesDeleted{Recording: recording}))
	if sent := o.story(o.event(o.uploaded(bursts(1), ""))); len(sent) != 0 || len(o.keys()) != 0 {
		t.Errorf("sent %v, left %v", sent, o.keys())
	}
}

func TestUploadedTranscriptStandsInPlace(t *testing.T) {
	o := open(t)
	d := events.TranscriptUploaded{Recording: recording, Upload: upload, Object: o.object("recordings", "transcripts/1/会议.srt", []byte(srt)),
		Name: "会议.srt", Format: "srt"}
	sent := o.story(o.event(d))
	if diff := cmp.Diff([]string{"recording.transcribed revision 1, zh, 3 segments, 0 gaps"}, sent); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	want := fromSRT
	want.Recording, want.Upload, want.Revision, want.Language = recording, upload, 1, "zh"
	if diff := cmp.Diff(want, o.transcript()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	o.harness.Twice(t, o.event(events.MinutesDeleted{Recording: recording}))
	if len(o.keys()) != 0 {
		t.Errorf("deleted, but %v is left", o.keys())
	}
}
