package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/test/faults/evidence"
)

// choose picks a story. Most are told to minutes alone: transcribe, of whose four
// places sleepers hold some, would keep the others waiting.
func choose(dice *rand.Rand) func(*sender) error {
	for at := dice.IntN(1000); ; {
		for _, s := range []struct {
			share int
			story func(*sender) error
		}{
			{150, (*sender).transcript}, {80, (*sender).subtitles}, {580, (*sender).told}, {30, (*sender).deleted},
			{30, (*sender).deletedBefore}, {112, (*sender).poison}, {16, (*sender).malformed}, {2, (*sender).recording},
		} {
			if at -= s.share; at < 0 {
				return s.story
			}
		}
	}
}

// given are the objects that many stories point to, by the name under the
// prefix. They lie in artifacts, where nobody is told of what arrives.
func given() map[string][]byte {
	return map[string][]byte{
		"zh.srt":       []byte("1\n00:00:01,000 --> 00:00:04,000\n王主任：会议决定，下周一之前完成搬迁。\n\n2\n00:00:05,000 --> 00:00:09,000\n李敏：我负责通知各科室。\n"),
		"en.vtt":       []byte("WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ann>We decided to move the office on Monday.\n\n00:05.000 --> 00:08.000\n<v Bob>I will tell everyone by Friday.\n"),
		"en.json":      []byte(`{"language":"en","segments":[{"start":1,"end":4.5,"text":"The budget was approved.","speaker":"Ann"},{"start":5,"end":8,"text":"Bob will send the report next week.","speaker":"Bob"}]}`),
		"broken.srt":   []byte("1\n00:00:01,000 --> never\nwhat\n"),
		"large.srt":    large(),
		"silence.wav":  wav(),
		"no-media.bin": []byte("this was never a recording"),
	}
}

func large() []byte {
	var b bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&b, "%d\n00:%02d:%02d,000 --> 00:%02d:%02d,500\nThe same sentence once more.\n\n", i+1, i/60, i%60, i/60, i%60)
	}
	return b.Bytes()
}

// wav is a second of silence: 16 kHz, mono, 16 bit.
func wav() []byte {
	const rate, bytesEach = 16000, 2
	data := make([]byte, rate*bytesEach)
	head := fmt.Sprintf("RIFF%sWAVEfmt %s%s%s%s%s%s%sdata%s", le32(36+len(data)), le32(16), le16(1), le16(1), le32(rate), le32(rate*bytesEach), le16(bytesEach), le16(16), le32(len(data)))
	return append([]byte(head), data...)
}

func le16(n int) []byte { return []byte{byte(n), byte(n >> 8)} }
func le32(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} }

// prepare puts the given objects into the store.
func (l *load) prepare(ctx context.Context) error {
	s := &sender{Context: ctx, load: l}
	for name, body := range given() {
		if _, err := s.put(ctx, "artifacts", l.promised.Given+name, body, nil); err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
	}
	return nil
}

func (l *load) object(name string) events.Object {
	return events.Object{Bucket: "artifacts", Key: l.promised.Given + name, Size: int64(len(given()[name]))}
}

// transcript tells of a transcript that lies in the store.
func (s *sender) transcript() error {
	name := []string{"zh.srt", "en.vtt", "en.json"}[s.dice.IntN(3)]
	format := name[len("en."):]
	d := events.TranscriptUploaded{Recording: s.id(), Upload: s.id(), Object: s.object(name), Name: name, Format: format}
	e, err := s.event(d, time.Now(), 0)
	if err == nil {
		err = s.send(e)
	}
	if err == nil {
		s.ends(evidence.Ending{Recording: d.Recording, State: "summarised"})
	}
	return err
}

// subtitles uploads a transcript as a person does.
func (s *sender) subtitles() error {
	recording, err := s.uploadSubtitles()
	if err == nil {
		s.ends(evidence.Ending{Recording: recording, State: "summarised"})
	}
	return err
}

func (s *sender) uploadSubtitles() (recording string, err error) {
	recording = s.id()
	body := append(given()["zh.srt"], fmt.Sprintf("\n3\n00:00:10,000 --> 00:00:12,000\n编号 %s\n", s.id())...)
	return recording, s.upload(recording+"/会议.srt", body, map[string]string{"title": "例会"})
}

// told tells minutes of work that somebody else does, later events before
// earlier ones.
func (s *sender) told() error {
	recording, upload, began := s.id(), s.id(), time.Now()
	const chunks = 3
	all := []events.Data{events.RecordingCut{Recording: recording, Upload: upload, Chunks: chunks, Tracks: 1, DurationMS: 1000}}
	for i := range chunks {
		all = append(all, events.ChunkTranscribed{Recording: recording, Upload: upload, Index: i, Ended: i + 1, Chunks: chunks})
	}
	all = append(all, events.RecordingRefused{Recording: recording, Upload: upload, Stage: "transcribe", Code: events.RefusedEngine, Reason: "the engine did not answer"})
	order := s.dice.Perm(len(all))
	s.world.count("reordered", 1)
	for _, place := range order {
		e, err := s.event(all[place], began, place)
		if err == nil {
			err = s.send(e)
		}
		if err != nil {
			return err
		}
	}
	s.ends(evidence.Ending{Recording: recording, State: "failed", Code: events.RefusedEngine, Ended: chunks, Chunks: chunks})
	return nil
}

// deleted uploads a transcript and deletes its minutes while, or after, work is
// done on them.
func (s *sender) deleted() error {
	recording, err := s.uploadSubtitles()
	if err != nil {
		return err
	}
	if err := wait(s, between(s.dice, 0, 3*time.Second)); err != nil {
		return err
	}
	err = s.until("delete minutes "+recording, func(ctx context.Context) (bool, error) {
		r, _, err := s.world.now(ctx)
		if err != nil {
			return false, nil
		}
		status, err := r.Call(ctx, http.MethodDelete, "/minutes/"+recording, nil, nil)
		return err == nil && (status/100 == 2 || status == http.StatusGone), nil
	})
	if err == nil {
		s.ends(evidence.Ending{Recording: recording, State: "deleted"})
	}
	return err
}

// deletedBefore sends the deletion of a recording before the recording itself:
// nothing may be left of what comes late.
func (s *sender) deletedBefore() error {
	d := events.TranscriptUploaded{Recording: s.id(), Upload: s.id(), Object: s.object("en.vtt"), Name: "late.vtt", Format: "vtt"}
	began := time.Now()
	for place, data := range []events.Data{events.MinutesDeleted{Recording: d.Recording}, d} {
		e, err := s.event(data, began, place)
		if err == nil {
			err = s.send(e)
		}
		if err != nil {
			return err
		}
	}
	s.world.count("reordered", 1)
	return nil
}

// recording uploads speech.
func (s *sender) recording() error {
	recording := s.id()
	err := s.upload(recording+"/memo.ogg", s.speech, map[string]string{"language": "en"})
	if err == nil {
		s.ends(evidence.Ending{Recording: recording, State: "summarised"})
	}
	return err
}

// malformed sends what is no event. It must be refused, and not kept.
func (s *sender) malformed() error {
	return s.until("malformed event", func(ctx context.Context) (bool, error) {
		r, _, err := s.world.now(ctx)
		if err != nil {
			return false, nil
		}
		status, err := r.Post(ctx, "application/cloudevents+json", []byte(`{"specversion":"1.0","id":`))
		switch {
		case err != nil || status/100 == 5:
			return false, nil
		case status != http.StatusBadRequest:
			return false, fmt.Errorf("what is no event was answered %d", status)
		}
		s.world.count("malformed", 1)
		return true, nil
	})
}
