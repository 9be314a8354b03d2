package hostile

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/test/documents/corpus"
)

// documents are the corpus, made once for the tests of both packages.
func documents(t *testing.T) []corpus.Document {
	t.Helper()
	all, err := corpus.Write(t.Context(), filepath.Join(os.TempDir(), "xietong-documents"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func filesOf(t *testing.T, seed uint64, listener, canary string) []File {
	t.Helper()
	files, err := Write(t.TempDir(), seed, documents(t), listener, canary)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sums are the files' names, and what they hold.
func sums(t *testing.T, files []File) []string {
	t.Helper()
	var all []string
	for _, f := range files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %q %v %x", f.Kind, f.Name, f.MayConvert, sha256.Sum256(data)))
	}
	return all
}

// most is the room that all files may take together: bombs are small.
const most = 128 << 20

func TestWrite(t *testing.T) {
	files := filesOf(t, 1, "127.0.0.1:9", "/canary")
	groups, paths, total, refused := map[string]int{}, map[string]bool{}, int64(0), 0
	for _, f := range files {
		groups[f.Group]++
		info, err := os.Stat(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if paths[f.Path] {
			t.Errorf("%s lies where another does", f.Kind)
		}
		paths[f.Path] = true
		if info.Size() > 20<<20 {
			t.Errorf("%s has %d bytes", f.Kind, info.Size())
		}
		if !f.MayConvert {
			refused++
		}
	}
	if len(files) < 500 {
		t.Errorf("%d files, want at least 500", len(files))
	}
	if total > most {
		t.Errorf("all files have %d bytes, want at most %d", total, int64(most))
	}
	for _, g := range groupNames() {
		if groups[g] == 0 {
			t.Errorf("no file is a %s", g)
		}
	}
	t.Logf("%d files, %d of which must be refused, %d MB: %v", len(files), refused, total>>20, groups)
}

func groupNames() []string {
	var names []string
	for _, g := range groups {
		names = append(names, g.name)
	}
	return names
}

func TestSeed(t *testing.T) {
	first := sums(t, filesOf(t, 7, "127.0.0.1:9", "/canary"))
	if diff := cmp.Diff(first, sums(t, filesOf(t, 7, "127.0.0.1:9", "/canary"))); diff != "" {
		t.Errorf("one seed, two outcomes: %s", diff)
	}
	differ := 0
	for i, s := range sums(t, filesOf(t, 8, "127.0.0.1:9", "/canary")) {
		if s != first[i] {
			differ++
		}
	}
	if differ < 50 {
		t.Errorf("another seed changes %d files, want what is damaged by chance to differ", differ)
	}
}

// Each address leads back to its file.
func TestAddressesTell(t *testing.T) {
	const listener = "127.0.0.1:9"
	for _, f := range filesOf(t, 1, listener, "/canary") {
		if !strings.HasPrefix(f.Group, "reference") || !strings.HasSuffix(f.Path, ".html") {
			continue
		}
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), Slug(f.Kind)) && !strings.Contains(string(data), "canary/canary.") {
			t.Errorf("%s leads neither to its own address nor to the canary", f.Kind)
		}
	}
}

func TestWriteSaysWhatIsMissing(t *testing.T) {
	if _, err := Write(t.TempDir(), 1, nil, "127.0.0.1:9", "/canary"); err == nil {
		t.Error("want an error where the corpus is not there")
	}
}

func TestListener(t *testing.T) {
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	response, err := http.Get("http://" + l.Addr + "/reference-html-img")
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
	if diff := cmp.Diff([]string{"GET /reference-html-img"}, l.Requests()); diff != "" {
		t.Error(diff)
	}
	mute, err := net.Dial("tcp", l.Addr)
	if err != nil {
		t.Fatal(err)
	}
	mute.Write([]byte("USER anonymous\r\n"))
	io.Copy(io.Discard, mute) // until the listener has seen that it is no HTTP
	mute.Close()
	if n := l.Connections(); n != 2 {
		t.Errorf("%d connections, want also the one that speaks no HTTP", n)
	}
}
