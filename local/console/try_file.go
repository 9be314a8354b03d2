package console

// Files that people drop: they go through to the object store as they come, and what
// becomes of them is found by the notice that the store sends.

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/local/broker"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/web"
)

const (
	maxUpload   = 4 << 30 // bytes of a file; as many as the function uploads takes
	maxFileName = 200     // bytes: a segment of a key may have 255, and what is made of an object has longer names
	findLimit   = 5 * time.Second
)

// endings are the endings of names by which the kind of a file is guessed; every other
// file is a document.
func endings(buckets []Bucket) map[string][]string {
	all := map[string][]string{}
	for kind, names := range map[string][]string{
		"recording": {"aac", "aiff", "amr", "flac", "m4a", "mkv", "mov", "mp3", "mp4", "oga", "ogg", "opus", "wav", "webm", "wma", "srt", "vtt"},
		"book":      {"epub", "mobi", "azw", "azw3", "prc", "fb2", "fb2.zip", "cbz", "batch.jsonl", "onix.xml", "mrc", "iso", "marcxml"},
		"report":    {"ndjson"},
	} {
		if bucketOf(buckets, kind) != "" {
			all[kind] = names
		}
	}
	return all
}

func bucketOf(buckets []Bucket, kind string) string {
	for _, b := range buckets {
		if b.Kind == kind {
			return b.Name
		}
	}
	return ""
}

// checkFileName refuses what cannot be the last part of a key: a path, and what does
// harm where names are listed.
func checkFileName(name string) error {
	switch {
	case name == "" || name == "." || name == ".." || strings.TrimSpace(name) != name || strings.ContainsAny(name, `/\`):
		return web.Refuse(http.StatusBadRequest, "file_name")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return web.Refuse(http.StatusBadRequest, "file_name_control")
	case len(name) > maxFileName:
		return web.Refuse(http.StatusBadRequest, "file_name_long", maxFileName)
	}
	return nil
}

// objectKey is where a file lies. The id before it is unique, so that nothing is ever
// replaced; those of recordings and documents are their names from then on.
func objectKey(kind, id, name string) string {
	switch kind {
	case "book", "report": // <source>/<path>
		return "console/" + id + "/" + name
	}
	return id + "/" + name
}

// dropped is a file on its way.
type dropped struct {
	Kind, Name, Title, Language string
	Size                        int64
	Body                        io.Reader
}

// putFile is where a file came to lie, and which story it began.
type putFile struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	Story  string `json:"story"` // a correlation; empty where the store has not told of it yet
}

// takeFile takes a file whose bytes are the request's body.
func (v *visit) takeFile() error {
	get := v.r.URL.Query().Get
	switch size := v.r.ContentLength; {
	case size < 0:
		return web.Refuse(http.StatusLengthRequired, "file_length")
	case size == 0:
		return web.Refuse(http.StatusBadRequest, "file_empty")
	case size > maxUpload:
		return web.Refuse(http.StatusRequestEntityTooLarge, "file_large", bytesText(maxUpload))
	}
	name := get("name")
	if err := checkFileName(name); err != nil {
		return err
	}
	put, err := v.put(v.r.Context(), dropped{Kind: get("kind"), Name: name, Title: strings.TrimSuffix(name, path.Ext(name)), Size: v.r.ContentLength, Body: v.r.Body})
	if err != nil {
		return err
	}
	return web.Reply(v.w, http.StatusCreated, put)
}

// put writes a file into the store and finds its story.
func (v *visit) put(ctx context.Context, d dropped) (putFile, error) {
	a := putFile{Bucket: bucketOf(v.Buckets, d.Kind), Key: objectKey(d.Kind, newID(), d.Name)}
	if a.Bucket == "" {
		return a, web.Field("field_one_of", "kind", strings.Join(kindsOf(v.Buckets), ", "))
	}
	b := v.Broker()
	before, err := b.Events(ctx, broker.Query{Newest: true, Limit: 1})
	if err != nil {
		return a, err
	}
	metadata := map[string]string{"title": d.Title, "unit": v.Unit, "authid": account(v.who.Name)}
	if d.Language != "" {
		metadata["language"] = d.Language
	}
	if _, err := v.Store.Put(ctx, a.Bucket, a.Key, d.Body, blob.Put{Size: d.Size, Metadata: metadata}); err != nil {
		return a, fmt.Errorf("put a file into %s: %w", a.Bucket, err)
	}
	v.note("upload", a.Bucket+"/"+a.Key)
	var after int64
	if len(before) > 0 {
		after = before[0].Seq
	}
	a.Story, err = findStory(ctx, b, a.Key, after)
	return a, err
}

func kindsOf(buckets []Bucket) (all []string) {
	for _, b := range buckets {
		all = append(all, b.Kind)
	}
	return slices.Sorted(slices.Values(all))
}

// findStory waits a little for the notice of an object, whose subject is the object's
// key, among the events that came after another.
func findStory(ctx context.Context, b *broker.Broker, key string, after int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	for {
		records, err := b.Events(ctx, broker.Query{Subject: key, After: after, Limit: 1})
		switch {
		case ctx.Err() != nil:
			return "", nil
		case err != nil:
			return "", err
		case len(records) > 0:
			return correlationOf(records[0]), nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// correlationOf is the story of an event: its own where it names none.
func correlationOf(r broker.Record) string {
	if c, ok := r.Event.Extensions()["correlationid"].(string); ok && c != "" {
		return c
	}
	return r.Event.ID()
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
