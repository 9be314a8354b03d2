package scenario

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/blob"
	"xietong.dev/test/drive"
)

// document puts a document into its bucket, as an app would, and returns its id.
func document(t *testing.T, r *drive.Runtime, n int, name string, text []byte) string {
	t.Helper()
	id := fmt.Sprintf("%032x", n)
	_, err := r.Blob.Put(limit(t), "documents", id+"/"+name, bytes.NewReader(text), blob.Put{Size: int64(len(text))})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "local/samples", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestADocumentBecomesAPDFAndPictures(t *testing.T) {
	r := up(t)
	id := document(t, r, 1, "通知.docx", sample(t, "notice-zh.docx"))
	await(t, "the pictures of the document", func() bool { return kinds(t, r, id)["document.previewed"] == 1 })
	want := map[string]int{"document.uploaded": 1, "document.converted": 1, "document.preview.requested": 1, "document.previewed": 1}
	if diff := cmp.Diff(want, kinds(t, r, id)); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	for name, begins := range map[string]string{"document.pdf": "%PDF-", "thumbnail.png": "\x89PNG", "pages/1.png": "\x89PNG"} {
		if got := head(t, r, "artifacts", "documents/", name); got != begins {
			t.Errorf("%s begins with %q", name, got)
		}
	}
}

// head is the beginning of the only object whose key ends so.
func head(t *testing.T, r *drive.Runtime, bucket, prefix, suffix string) string {
	t.Helper()
	var found []string
	err := r.Blob.List(limit(t), bucket, prefix, func(i blob.Info) bool {
		if ok, _ := filepath.Match(prefix+"*/"+suffix, i.Key); ok {
			found = append(found, i.Key)
		}
		return true
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d objects end in %s: %v, %v", len(found), suffix, found, err)
	}
	body, err := r.Blob.Range(limit(t), bucket, found[0], "", 0, int64(len("%PDF-")))
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if suffix != "document.pdf" {
		text = text[:4]
	}
	return string(text)
}

// Each document is converted once, whatever dies meanwhile: the converter, or
// LibreOffice below it.
func TestAConverterThatIsKilledAtWorkLosesNothing(t *testing.T) {
	r := up(t, "--set", "convert.PREVIEW_FORMAT=none")
	const documents = 12
	var ids []string
	for n := range documents {
		// Each is other content, so that none is answered by another's result.
		text := fmt.Sprintf("滨海区第 %d 号通知\n\n各单位：会议改期。\n", n)
		ids = append(ids, document(t, r, 100+n, "通知.txt", []byte(text)))
	}
	ctx, stop := context.WithCancel(limit(t))
	go func() {
		for ctx.Err() == nil {
			time.Sleep(2 * time.Second)
			r.KillAll("convert")
		}
	}()
	time.AfterFunc(12*time.Second, stop)
	for _, id := range ids {
		await(t, "the PDF of "+id, func() bool { return kinds(t, r, id)["document.converted"] > 0 })
		if n := kinds(t, r, id)["document.converted"]; n != 1 {
			t.Errorf("document %s was converted %d times", id, n)
		}
	}
	stop()
}
