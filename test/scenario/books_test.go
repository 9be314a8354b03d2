package scenario

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
)

// A book that is dropped into its source's folder is catalogued, and a list
// withdraws it.
func TestABookIsCataloguedAndWithdrawn(t *testing.T) {
	r := up(t)
	drop := func(key, text string) {
		t.Helper()
		if _, err := r.Blob.Put(limit(t), "books", key, strings.NewReader(text), blob.Put{Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
	}
	book := ce.ID("book", "haixin", "故事")
	drop("haixin/故事.txt", "第一章 开馆\n\n清晨六点，读书馆的门开了。\n")
	await(t, "the book", func() bool { return kinds(t, r, book)["book.catalogued"] == 1 })
	if got := head(t, r, "artifacts", "books/", "text.zst"); got[:4] != "\x28\xb5\x2f\xfd" {
		t.Errorf("the text begins with %q", got)
	}
	rows := `{"op":"withdraw","source_id":"故事","version":9000000000000,"reason":"版权到期"}` + "\n"
	drop("haixin/1.batch.jsonl", fmt.Sprintf(`{"source":"haixin","batch":"1","seq":1,"mode":"delta","count":1,"sha256":"%x"}`, sha256.Sum256([]byte(rows)))+"\n"+rows)
	await(t, "the withdrawal", func() bool { return kinds(t, r, book)["book.withdrawn"] == 1 })
	await(t, "the report", func() (there bool) {
		if err := r.Blob.List(limit(t), "artifacts", "batches/", func(blob.Info) bool { there = true; return false }); err != nil {
			t.Fatal(err)
		}
		return there
	})
}
