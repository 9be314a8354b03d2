package main

import (
	"fmt"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/test/faults/evidence"
)

const (
	toMinutes     = "minutes-recording-told"
	toUploads     = "uploads-object-created"
	toSummarise   = "summarise-recording-transcribed"
	toRecordings  = "transcribe-recording-uploaded"
	toTranscripts = "transcribe-transcript-uploaded"
)

// kind is one kind of poison.
type kind struct {
	name string
	send func(*sender) error
}

// poisons are all kinds but what is no event at all.
func poisons() []kind {
	return []kind{{"wrong-schema", (*sender).wrongSchema}, {"same-id", (*sender).sameID}, {"missing", (*sender).missing}, {"not-media", (*sender).notMedia},
		{"empty", (*sender).empty}, {"too-large", (*sender).tooLarge}, {"broken-transcript", (*sender).brokenTranscript},
		{"wrong-notice", (*sender).wrongNotice}, {"other-upload", (*sender).otherUpload}, {"mend", (*sender).mend}, {"silence", (*sender).silence}}
}

// poison sends an event that can never succeed. Silence is sent less often than
// the others: it costs a recording's work.
func (s *sender) poison() error {
	all := poisons()
	k := all[s.dice.IntN(len(all)-1)]
	if s.dice.IntN(10) == 0 {
		k = all[len(all)-1]
	}
	err := k.send(s)
	if err == nil {
		s.world.count("poison-"+k.name, 1)
	}
	return err
}

// sendPoison sends an event, and notes where it must die and of what.
func (s *sender) sendPoison(e events.Event, code string, triggers ...string) error {
	err := s.sendOne(e)
	for _, t := range triggers {
		s.deadly(evidence.Poison{Source: e.Source(), ID: e.ID(), Trigger: t, Code: code, Tried: err != nil})
	}
	return err
}

// wrongSchema breaks the contract of an event.
func (s *sender) wrongSchema() error {
	e, err := s.event(events.MinutesDeleted{Recording: s.id()}, time.Now(), 0)
	if err != nil {
		return err
	}
	e.SetType(events.RecordingUploaded{}.EventType())
	e.SetData(event.ApplicationJSON, []byte(`{"recording":"../../etc","upload":7}`))
	return s.sendPoison(e, events.RefusedInvalid, toMinutes, toRecordings)
}

// sameID sends other data under an id that is taken. Whichever comes first
// counts.
func (s *sender) sameID() error {
	d := events.RecordingRefused{Recording: s.id(), Upload: s.id(), Stage: "transcribe", Code: events.RefusedEngine, Reason: "the engine did not answer"}
	first, err := s.event(d, time.Now(), 0)
	if err != nil {
		return err
	}
	d.Reason = "something else"
	second, err := s.event(d, time.Now(), 1)
	if err != nil {
		return err
	}
	second.SetID(first.ID())
	if err = s.sendOne(first); err == nil {
		err = s.sendOne(second)
	}
	s.deadly(evidence.Poison{Source: source, ID: first.ID(), Trigger: toMinutes, Code: "id_reused", Half: true, Tried: err != nil})
	if err != nil {
		return err
	}
	s.ends(evidence.Ending{Recording: d.Recording, State: "failed", Code: events.RefusedEngine})
	return nil
}

// transcriptAt sends a transcript that lies at an object.
func (s *sender) transcriptAt(o events.Object, recording, code string) (id string, err error) {
	d := events.TranscriptUploaded{Recording: recording, Upload: s.id(), Object: o, Name: "a.srt", Format: "srt"}
	e, err := s.event(d, time.Now(), 0)
	if err != nil {
		return "", err
	}
	if err := s.sendPoison(e, code, toTranscripts); err != nil {
		return "", err
	}
	s.ends(evidence.Ending{Recording: recording, State: "failed", Code: code})
	return e.ID(), nil
}

// missing points to an object that is not there.
func (s *sender) missing() error {
	o := events.Object{Bucket: "artifacts", Key: s.promised.Given + "never-" + s.id(), Size: 1}
	_, err := s.transcriptAt(o, s.id(), events.RefusedMissing)
	return err
}

// mend points to an object that is put there after the first drain, for a
// redrive to find.
func (s *sender) mend() error {
	recording := s.id()
	o := events.Object{Bucket: "artifacts", Key: s.promised.Given + "late-" + recording, Size: int64(len(given()["zh.srt"]))}
	id, err := s.transcriptAt(o, recording, events.RefusedMissing)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load.mended = append(s.load.mended, mended{recording, id, o.Key})
	return nil
}

func (s *sender) tooLarge() error {
	_, err := s.transcriptAt(s.object("large.srt"), s.id(), events.RefusedTooLarge)
	return err
}

func (s *sender) brokenTranscript() error {
	_, err := s.transcriptAt(s.object("broken.srt"), s.id(), events.RefusedTranscript)
	return err
}

// uploaded uploads what comes to nothing.
func (s *sender) uploaded(body []byte, code string) error {
	recording := s.id()
	key := recording + "/a.wav"
	err := s.upload(key, body, nil)
	s.deadly(evidence.Poison{Key: key, Trigger: toUploads, Code: code, Tried: err != nil})
	if err != nil {
		return err
	}
	s.ends(evidence.Ending{Recording: recording, State: "failed", Code: code})
	return nil
}

func (s *sender) notMedia() error {
	return s.uploaded(fmt.Appendf(nil, "%s %s", given()["no-media.bin"], s.id()), events.RefusedNotMedia)
}

func (s *sender) empty() error { return s.uploaded(nil, events.RefusedEmpty) }

// wrongNotice is a notice that says nothing.
func (s *sender) wrongNotice() error {
	e := event.New()
	e.SetType("com.amazonaws.s3.ObjectCreated:Put")
	e.SetSource(source)
	e.SetID(s.id())
	e.SetSubject(s.id() + "/a")
	e.SetData(event.ApplicationJSON, []byte(`{"Records":[{"s3":{}}]}`))
	return s.sendPoison(e, events.RefusedInvalid, toUploads)
}

// otherUpload says of an object that it is the transcript of something else.
func (s *sender) otherUpload() error {
	d := events.RecordingTranscribed{Recording: s.id(), Upload: s.id(), Revision: 1, Transcript: s.object("en.json"),
		Language: "en", DurationMS: 1000, Segments: 2, Engine: events.Engine{Name: "elsewhere"}}
	e, err := s.event(d, time.Now(), 0)
	if err != nil {
		return err
	}
	return s.sendPoison(e, events.RefusedTranscript, toMinutes, toSummarise)
}

// silence is a recording in which nobody speaks.
func (s *sender) silence() error {
	d := events.RecordingUploaded{Recording: s.id(), Upload: s.id(), Object: s.object("silence.wav"), Name: "a.wav", MediaType: "audio/wav", Language: "en"}
	e, err := s.event(d, time.Now(), 0)
	if err != nil {
		return err
	}
	if err := s.sendPoison(e, events.RefusedNoSpeech, toRecordings); err != nil {
		return err
	}
	s.ends(evidence.Ending{Recording: d.Recording, State: "failed", Code: events.RefusedNoSpeech})
	return nil
}
