package catalogue

import (
	"context"
	"strings"
	"testing"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/blob"
)

// forgetful is a store that does not say what it has copied.
type forgetful struct{ blob.Store }

func (f forgetful) Copy(ctx context.Context, bucket, key string, _ blob.Source, _ blob.Put) (blob.Info, error) {
	_, err := f.Put(ctx, bucket, key, strings.NewReader("something else"), blob.Put{Size: 14})
	if err == nil {
		err = blob.ErrOther
	}
	return blob.Info{}, err
}

// A book lies under its sum as it was uploaded, whether it is held in memory or on the
// disk meanwhile, and whether or not the store can be trusted with a copy.
func TestTheFileIsTheOneThatWasRead(t *testing.T) {
	light := string(booktest.EPUB3(booktest.Small()))
	picture := booktest.File{Name: "OEBPS/picture.jpg", Body: make([]byte, small), Stored: true}
	heavy := string(booktest.Zip(append(booktest.Unzip([]byte(light)), picture)...))
	for name, content := range map[string]string{"held": light, "spooled": heavy} {
		for _, copies := range []bool{true, false} {
			b := start(t)
			if !copies {
				b.catalogue.Objects = forgetful{b.store}
			}
			said := every[events.BookCatalogued](b, b.run(b.uploaded("a", 1, "a.epub", content)))
			if len(said) != 2 || said[1].Text == nil || b.held(said[0].File) != content || said[0].File.Size != int64(len(content)) {
				t.Errorf("%s, copies %t: said %+v", name, copies, said)
			}
		}
	}
	if len(light) > small || len(heavy) <= small {
		t.Errorf("%d and %d bytes, want them on both sides of %d", len(light), len(heavy), small)
	}
}
