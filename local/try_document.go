package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"xietong.dev/events"
	"xietong.dev/local/machine"
	"xietong.dev/local/samples"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
)

// document takes an office document through: put it into the bucket, follow,
// fetch what it became.
func (c tryCommand) document(s *session, m *machine.Machine, sample samples.Sample) error {
	ctx, cancel := context.WithTimeout(s.ctx, c.Limit)
	defer cancel()
	store, err := blob.OpenS3(blob.Config{Endpoint: m.Running.Store, Region: "us-east-1",
		AccessKey: m.Credentials.AccessKey, SecretKey: conf.Secret(m.Credentials.SecretKey)})
	if err != nil {
		return err
	}
	text, err := samples.Files.ReadFile(sample.File)
	if err != nil {
		return err
	}
	id := newID()
	put := blob.Put{Size: int64(len(text)), Metadata: map[string]string{"title": sample.Title}}
	if _, err := store.Put(ctx, machine.Documents, id+"/"+sample.File, bytes.NewReader(text), put); err != nil {
		return err
	}
	var became []events.Rendition
	err = c.follow(ctx, s, m.Broker, id, func(news []events.Event) (done bool, err error) {
		for _, e := range news {
			if done, err = drawn(e, &became); done || err != nil {
				return done, err
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, r := range became {
		if err := s.fetch(ctx, store, r, m.State.Results()); err != nil {
			return err
		}
	}
	return nil
}

// drawn reports whether every page has its picture, and notes what else the
// document became.
func drawn(e events.Event, became *[]events.Rendition) (bool, error) {
	switch e.Type() {
	case events.DocumentConverted{}.EventType():
		d, err := events.Decode[events.DocumentConverted](e)
		*became = d.Renditions
		return false, err
	case events.DocumentPreviewed{}.EventType():
		d, err := events.Decode[events.DocumentPreviewed](e)
		return d.Ended == d.Pages, err
	case events.DocumentRefused{}.EventType():
		d, err := events.Decode[events.DocumentRefused](e)
		return false, errors.Join(err, errors.New(d.Reason))
	}
	return false, nil
}

// fetch writes a rendition beside the other results.
func (s *session) fetch(ctx context.Context, store blob.Store, r events.Rendition, dir string) error {
	body, _, err := store.Get(ctx, r.Object.Bucket, r.Object.Key, r.Object.Version)
	if err != nil {
		return err
	}
	defer body.Close()
	path := filepath.Join(dir, filepath.Base(r.Object.Key))
	text, err := io.ReadAll(body)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	s.say("try fetched", path)
	return err
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
