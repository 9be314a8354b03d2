package console

// The objects that an event names, and what may be shown of them. People upload
// anything, so nothing of it is ever served from here as what it says it is: text is
// shown as text, pictures and sound come from the store's own address, and all else can
// only be saved.

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/web"
)

const (
	objectsMost = 40               // objects of one event that are listed
	previewMost = 8                // of them with a preview
	previewText = 64 << 10         // bytes of a text that are shown
	previewFor  = 10 * time.Minute // that an address of a picture or a recording holds: as long as one listens
)

// eventObject is an object as the page shows it.
type eventObject struct {
	events.Object
	Place   int // in the event, for its address
	Gone    bool
	Type    string // as the store has it
	Kind    string // image, audio, video, text, or empty: none that can be shown
	Address string // of a picture or a recording, signed
	Text    string
	Cut     bool // the text is longer
	Failed  bool // the store did not answer
}

// objectsIn finds the objects that data name, in the order of their names, each once.
func objectsIn(data []byte) []events.Object {
	var value any
	if json.Unmarshal(data, &value) != nil {
		return nil
	}
	var found []events.Object
	collectObjects(value, func(o events.Object) {
		if !slices.Contains(found, o) && len(found) < objectsMost {
			found = append(found, o)
		}
	})
	return found
}

// collectObjects calls take with every object in a value: whatever has a bucket and a
// key, and what a store's own notice names.
func collectObjects(value any, take func(events.Object)) {
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			collectObjects(element, take)
		}
	case map[string]any:
		bucket, _ := v["bucket"].(string)
		key, _ := v["key"].(string)
		if bucket != "" && key != "" {
			version, _ := v["version"].(string)
			size, _ := v["size"].(float64)
			take(events.Object{Bucket: bucket, Key: key, Version: version, Size: int64(size)})
		}
		if o, is := noticed(v); is {
			take(o)
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			collectObjects(v[name], take)
		}
	}
}

// noticed reads an object as the notices of S3 name it. Their keys are written as in the
// query of an address, but for those whose configuration ends in -global.
func noticed(v map[string]any) (o events.Object, is bool) {
	bucket, _ := v["bucket"].(map[string]any)
	object, _ := v["object"].(map[string]any)
	o.Bucket, _ = bucket["name"].(string)
	key, _ := object["key"].(string)
	size, _ := object["size"].(float64)
	o.Version, _ = object["versionId"].(string)
	o.Size = int64(size)
	o.Key = key
	if configuration, _ := v["configurationId"].(string); !strings.HasSuffix(configuration, "-global") {
		o.Key, _ = url.QueryUnescape(key)
	}
	return o, o.Bucket != "" && o.Key != ""
}

// describe asks the store about the objects of an event, and prepares the previews.
func (c *Console) describe(ctx context.Context, all []events.Object) []eventObject {
	shown := make([]eventObject, len(all))
	for i, o := range all {
		shown[i] = eventObject{Object: o, Place: i}
		if err := c.describeOne(ctx, &shown[i], i < previewMost); err != nil {
			shown[i].Gone, shown[i].Failed = errors.Is(err, blob.ErrNotFound), !errors.Is(err, blob.ErrNotFound)
		}
	}
	return shown
}

func (c *Console) describeOne(ctx context.Context, o *eventObject, preview bool) error {
	info, err := c.Store.Head(ctx, o.Bucket, o.Key, o.Version)
	if err != nil {
		return err
	}
	o.Size, o.Type, o.Kind = info.Size, info.ContentType, previewKind(info.ContentType, o.Key)
	switch {
	case !preview || o.Size == 0:
		o.Kind = ""
	case o.Kind == "text":
		return c.readText(ctx, o)
	case o.Kind != "":
		o.Address, err = c.Store.SignGet(ctx, o.Bucket, o.Key, o.Version, previewFor)
	}
	return err
}

func (c *Console) readText(ctx context.Context, o *eventObject) error {
	body, err := c.Store.Range(ctx, o.Bucket, o.Key, o.Version, 0, previewText)
	if err != nil {
		return err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, previewText))
	if err != nil {
		return err
	}
	o.Cut = o.Size > int64(len(text))
	if o.Text = textOf(text, o.Cut); o.Text == "" {
		o.Kind = ""
	}
	return nil
}

// textOf is bytes as text, and empty where they are none. A text that was cut may end
// within a character.
func textOf(text []byte, cut bool) string {
	for i := 0; cut && i < utf8.UTFMax && !utf8.Valid(text); i++ {
		text = text[:len(text)-1]
	}
	if !utf8.Valid(text) || strings.ContainsRune(string(text), 0) {
		return ""
	}
	return string(text)
}

// previewKind is how an object can be shown, by what the store says of it, else by its
// name. HTML and SVG are text here.
func previewKind(contentType, key string) string {
	media, _, _ := mime.ParseMediaType(contentType)
	if media == "" || media == "application/octet-stream" || media == "binary/octet-stream" {
		media = byName[strings.ToLower(path.Ext(key))]
	}
	kind, sub, _ := strings.Cut(media, "/")
	switch {
	case kind == "text", sub == "json", sub == "xml", strings.HasSuffix(sub, "+json"), strings.HasSuffix(sub, "+xml"), sub == "x-subrip":
		return "text"
	case kind == "image", kind == "audio", kind == "video":
		return kind
	}
	return ""
}

// byName is what files are whose type nobody told the store.
var byName = map[string]string{
	".txt": "text/plain", ".md": "text/plain", ".srt": "text/plain", ".vtt": "text/plain", ".csv": "text/plain", ".json": "text/json", ".jsonl": "text/plain", ".html": "text/plain",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
	".wav": "audio/wav", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac", ".mp4": "video/mp4", ".webm": "video/webm",
}

// showsFrom is the policy of a page that shows these.
func showsFrom(all []eventObject) string {
	for _, o := range all {
		if o.Address != "" {
			return policyWith(o.Address)
		}
	}
	return web.Policy
}

// policyWith is the security policy of a page that also shows pictures and recordings
// from an address's origin, and from nowhere else.
func policyWith(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return web.Policy
	}
	origin := at.Scheme + "://" + at.Host
	return strings.Replace(web.Policy, "img-src 'self' data:", "img-src 'self' data: "+origin+"; media-src "+origin, 1)
}
