package transcribe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/speech"
)

// writers is how many chunks are written to the store at once.
const writers = 4

// cut takes a recording that was uploaded, and cuts it into chunks.
func (t *Transcriber) cut(ctx context.Context, d events.RecordingUploaded) (fn.Outcome, error) {
	state, err := enter(ctx, t.DB, d.Recording, d.Upload)
	switch {
	case err != nil:
		return nil, err
	case state.deleted:
		return nil, t.sweep(ctx, d.Upload)
	case state.job: // another notice of the same upload was here before
		return nil, nil
	}
	if err := t.Engine.Serves(d.Language); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(t.Scratch, "recording-")
	if err != nil {
		return nil, fmt.Errorf("environment variable SCRATCH_DIR: %w", err)
	}
	defer os.RemoveAll(dir)
	// Programs that we run have a working directory of their own.
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "upload")
	if err := t.download(ctx, d.Object, path); err != nil {
		return nil, err
	}
	j, chunks, err := t.cutFile(ctx, d, path, dir)
	if err != nil {
		return nil, err
	}
	return t.cutDone(d, j, chunks), nil
}

func (t *Transcriber) download(ctx context.Context, o events.Object, path string) error {
	body, info, err := t.Objects.Get(ctx, o.Bucket, o.Key, o.Version)
	if err != nil {
		return missing(o, err)
	}
	defer body.Close()
	if err := t.Limits.checkSize(info.Size); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	// What the store says of the size is not relied on.
	n, err := io.Copy(file, io.LimitReader(body, int64(t.Limits.Upload)+1))
	if err != nil {
		return missing(o, err)
	}
	if err := t.Limits.checkSize(n); err != nil {
		return err
	}
	return file.Close()
}

// cutFile decodes a file and writes the chunks of what is said in it.
func (t *Transcriber) cutFile(ctx context.Context, d events.RecordingUploaded, path, dir string) (job, []chunk, error) {
	none := func(err error) (job, []chunk, error) { return job{}, nil, err }
	p, err := t.Decoder.probe(ctx, path)
	if err != nil {
		return none(err)
	}
	if err := p.check(t.Limits); err != nil {
		return none(err)
	}
	s, err := t.Decoder.decode(ctx, path, dir, p, t.Limits.Length)
	if err != nil {
		return none(fmt.Errorf("decode the recording: %w", err))
	}
	defer s.close()
	m, err := s.measure()
	if err != nil {
		return none(fmt.Errorf("measure the recording: %w", err))
	}
	if err := p.whole(m.durationMS(), t.Limits.Readable); err != nil {
		return none(err)
	}
	if err := t.Limits.checkLength(m.durationMS(), len(m.levels)); err != nil {
		return none(err)
	}
	tracks := separate(m, t.Tracks, owners(d.Participants, p.streams))
	if len(tracks) == 0 {
		return none(fault.Refusef(events.RefusedNoSpeech, "nobody speaks in the recording: it is silent, or holds nothing but noise"))
	}
	plans := t.Chunks.cutting().plan(tracks, m)
	chunks, err := t.write(ctx, d.Upload, s, tracks, plans)
	j := job{upload: d.Upload, recording: d.Recording, language: d.Language, tracks: len(tracks), chunks: len(plans),
		durationMS: max(m.durationMS(), p.statedMS), decodedMS: m.durationMS(),
		about: about{Kind: d.Kind, RecordedAt: d.RecordedAt, Speakers: people(d.Participants, tracks, p.streams)}}
	return j, chunks, err
}

// write puts the planned chunks into the store. Keys derive from the upload and
// the times, so that doing it again overwrites.
func (t *Transcriber) write(ctx context.Context, upload string, s *sound, tracks []track, plans []planned) ([]chunk, error) {
	chunks := make([]chunk, len(plans))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i, p := range plans {
		group.Go(func() error {
			samples, err := s.cut(tracks[p.track], p.pieces)
			if err != nil {
				return fmt.Errorf("cut chunk %d: %w", i, err)
			}
			key := fmt.Sprintf("chunks/%s/%d-%d.wav", upload, p.track, p.startMS())
			audio, err := t.put(ctx, key, "audio/wav", speech.WAV(samples))
			chunks[i] = chunk{index: i, track: p.track, pieces: p.pieces, speechMS: p.speechMS, audio: audio}
			return err
		})
	}
	return chunks, group.Wait()
}

// put writes an artifact.
func (t *Transcriber) put(ctx context.Context, key, contentType string, body []byte) (events.Object, error) {
	info, err := t.Objects.Put(ctx, t.Artifacts, key, bytes.NewReader(body), blob.Put{ContentType: contentType, Size: int64(len(body))})
	if err != nil {
		return events.Object{}, fmt.Errorf("write object %s/%s: %w", t.Artifacts, key, err)
	}
	return events.Object{Bucket: t.Artifacts, Key: key, Version: info.Version, ETag: info.ETag, Size: int64(len(body))}, nil
}

func (t *Transcriber) cutDone(d events.RecordingUploaded, j job, chunks []chunk) fn.Outcome {
	return func(ctx context.Context, tx pg.Tx) ([]events.Event, error) {
		switch deleted, err := lock(ctx, tx, d.Recording); {
		case err != nil:
			return nil, err
		case deleted:
			return nil, t.sweep(ctx, d.Upload)
		}
		fresh, err := insertJob(ctx, tx, j, chunks)
		if err != nil || !fresh {
			return nil, err
		}
		out := []events.Data{events.RecordingCut{Recording: d.Recording, Upload: d.Upload, Chunks: j.chunks, Tracks: j.tracks, DurationMS: j.durationMS}}
		for _, c := range chunks {
			out = append(out, events.ChunkCut{Recording: d.Recording, Upload: d.Upload, Index: c.index, Track: c.track,
				StartMS: c.pieces[0].StartMS, EndMS: c.pieces[len(c.pieces)-1].EndMS, Audio: c.audio, Language: d.Language})
		}
		return events.NewAll(out...)
	}
}

// sweep removes every object of an upload. It is called for what was deleted,
// and again by whoever finds that it worked on something deleted.
func (t *Transcriber) sweep(ctx context.Context, upload string) error {
	_, err := t.erase(ctx, upload)
	return err
}
