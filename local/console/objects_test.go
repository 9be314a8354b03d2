package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/web"
)

func TestObjectsThatDataName(t *testing.T) {
	many, all := []string{}, []events.Object{}
	for i := range objectsMost + 5 {
		if many = append(many, fmt.Sprintf(`{"bucket":"b","key":"%d"}`, i)); i < objectsMost {
			all = append(all, events.Object{Bucket: "b", Key: fmt.Sprint(i)})
		}
	}
	for data, want := range map[string][]events.Object{
		`{"object":{"bucket":"b","key":"k","size":7,"version":"v"},"name":"x"}`:                          {{Bucket: "b", Key: "k", Size: 7, Version: "v"}},
		`{"z":[{"audio":{"bucket":"b","key":"2"}},{"bucket":"b","key":"1"},{"bucket":"b","key":"2"}]}`:   {{Bucket: "b", Key: "2"}, {Bucket: "b", Key: "1"}},
		`{"s3":{"configurationId":"x-global","bucket":{"name":"b"},"object":{"key":"a+b%20","size":3}}}`: {{Bucket: "b", Key: "a+b%20", Size: 3}},
		`{"s3":{"configurationId":"x","bucket":{"name":"b"},"object":{"key":"a+b%20","size":3}}}`:        {{Bucket: "b", Key: "a b ", Size: 3}},
		`{"bucket":7,"key":"k"}`: nil, `{"bucket":"","key":"k"}`: nil, `not JSON`: nil, `[]`: nil,
		"[" + strings.Join(many, ",") + "]": all,
	} {
		if diff := cmp.Diff(want, objectsIn([]byte(data))); diff != "" {
			t.Errorf("%.80s: %s", data, diff)
		}
	}
}

// What people upload is shown as text, as a picture or a recording, or not at all.
func TestWhatIsShownOfAnObject(t *testing.T) {
	for name, want := range map[string]string{
		"text/html; charset=utf-8 page": "text", "image/svg+xml x.svg": "text", "application/json x": "text", "application/xhtml+xml x": "text",
		"image/png x": "image", "audio/wav x": "audio", "video/mp4 x": "video",
		"application/octet-stream a.WAV": "audio", " a.png": "image", "application/octet-stream a.html": "text", "binary/octet-stream a.svg": "",
		"application/pdf a.png": "", "application/octet-stream a": "", "nonsense;; a.exe": "",
	} {
		contentType, key, _ := strings.Cut(name, " ")
		if i := strings.LastIndex(name, " "); i > 0 {
			contentType, key = name[:i], name[i+1:]
		}
		if got := previewKind(contentType, key); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
	for text, want := range map[string]string{"会议": "会议", "会议"[:4]: "会", "\xff\xfe": "", "a\x00b": "", "": ""} {
		if got := textOf([]byte(text), true); got != want {
			t.Errorf("%q as text is %q, want %q", text, got, want)
		}
	}
}

func TestAPageLetsInTheStoreForPicturesAndRecordingsAlone(t *testing.T) {
	signed := eventObject{Address: "http://127.0.0.1:9000/b/k?X-Amz-Signature=1;script-src%20*"}
	want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: http://127.0.0.1:9000; media-src http://127.0.0.1:9000; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
	if got := showsFrom([]eventObject{{}, signed}); got != want {
		t.Errorf("with a picture the policy is\n%s\nwant\n%s", got, want)
	}
	if got := showsFrom([]eventObject{{Text: "x"}}); got != web.Policy {
		t.Errorf("without a picture the policy is %s", got)
	}
	if got := policyWith("::"); got != web.Policy {
		t.Errorf("of no address: %s", got)
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KB", 10240: "10 KB", 5 << 30: "5.0 GB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
