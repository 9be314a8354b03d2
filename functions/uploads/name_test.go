package uploads

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

func TestIdentify(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	object := func(bucket, key, version, etag string) events.Object {
		return events.Object{Bucket: bucket, Key: key, Version: version, ETag: etag}
	}
	for key, given := range map[string]bool{
		id + "/a.wav":                  true,
		id + "/2/a.wav":                true,
		id:                             false, // a file, not a folder
		id + "0/a.wav":                 false,
		strings.ToUpper(id) + "/a.wav": false,
		"x/" + id + "/a.wav":           false,
	} {
		recording, upload := identify(recording, object("recordings", key, "", "e"))
		if (recording == id) != given || !events.IsID(recording) || !events.IsID(upload) || recording == upload {
			t.Errorf("%s: recording %s, upload %s", key, recording, upload)
		}
	}
	seen := map[string]events.Object{}
	for _, o := range []events.Object{
		object("b", "k", "", "e"), object("b", "k", "", "f"), object("b", "k", "v", "e"), object("b", "l", "", "e"), object("c", "k", "", "e"), object("bk", "", "", "e"),
	} {
		recording, upload := identify(recording, o)
		for _, id := range []string{recording, upload} {
			if other, ok := seen[id]; ok {
				t.Errorf("%v and %v are taken for the same", o, other)
			}
			seen[id] = o
		}
	}
}

func TestDescribe(t *testing.T) {
	got, ignored := describe(map[string]string{
		"title": " 周会\u202e\n 第1回 ", "language": "zh-Hant", "kind": "party", "unit": strings.Repeat("u", 256), "authid": "u\x00", "colour": "red",
	})
	if diff := cmp.Diff(about{Title: "周会 第1回", Language: "zh-Hant", Kind: "party"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"unit", "authid"}, ignored); diff != "" {
		t.Errorf("ignored (-want +got)\n%s", diff)
	}
}

func TestLastSegment(t *testing.T) {
	for key, want := range map[string]string{
		"a/b/周会 1.wav":           "周会 1.wav",
		"talk.wav":               "talk.wav",
		"a/\u202egpj.wav":        "gpj.wav",
		"a/\x07\n":               "unnamed",
		"a/b" + "/" + "\xff.wav": ".wav",
		strings.Repeat("周", 300): strings.Repeat("周", 255),
	} {
		if got := lastSegment(key); got != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
}
