// Package browser reads books in Chromium as people do, over the real one-machine
// runtime, and shows that a hostile book does nothing there.
//
//	in   books put into the bucket; keys, clicks and screens of a reader
//	out  what a reader sees, what the library remembers, and what was asked of anybody
//
// Two small proxies play the upstream gateway: one for the page, which says who asks,
// and one for the parts of books on an origin of their own. A canary listens beside
// them for whoever calls out. Chromium finds no other host than this one.
package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"xietong.dev/shared/blob"
	"xietong.dev/test/drive"
)

var root, program string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if root, err = drive.Root(); err == nil {
		program, err = drive.Build(context.Background(), root, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// patience is for a loaded machine: no test waits so long for what is right.
const patience = 2 * time.Minute

// library is a runtime with its gateways and the canary.
type library struct {
	*testing.T
	state       string
	runtime     *drive.Runtime
	page, parts *gateway
	canary      *canary
}

// enter makes the gateways and a state without anything in it; the runtime is started
// by up, again and again if need be.
func enter(t *testing.T) *library {
	t.Helper()
	state, err := os.MkdirTemp("", "state")
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(state, 0o755) // the database's own user looks in
	l := &library{T: t, state: state, page: listen(t, true), parts: listen(t, false), canary: sit(t)}
	t.Cleanup(func() {
		l.down()
		os.RemoveAll(state)
	})
	return l
}

// of is the library for a part of its test.
func (l *library) of(t *testing.T) *library {
	part := *l
	part.T = t
	return &part
}

// up starts the runtime, with the parts of books on an origin of their own or beside
// the page.
func (l *library) up(own bool) {
	l.Helper()
	l.down()
	var args []string
	if own {
		args = []string{"--set", "library.CONTENT_URL=" + l.parts.origin, "--set", "library.PAGE_URL=" + l.page.origin}
	}
	ctx, cancel := context.WithTimeout(l.Context(), 4*time.Minute)
	defer cancel()
	r, err := drive.Up(ctx, root, program, l.state, args...)
	if err != nil {
		l.Fatal(err)
	}
	l.runtime = r
	l.page.lead(r)
	l.parts.lead(r)
}

func (l *library) down() {
	if l.runtime == nil {
		return
	}
	if l.Failed() {
		dead, _ := l.runtime.Local(context.Background(), "dead", "list")
		l.Logf("the runtime said:\n%s\ndead letters:\n%s", l.runtime.Output, dead)
	}
	l.runtime.Down()
	l.runtime = nil
}

// put drops a book into the bucket.
func (l *library) put(name string, book []byte) {
	l.Helper()
	if _, err := l.runtime.Blob.Put(l.Context(), "books", "haixin/"+name, bytes.NewReader(book), blob.Put{Size: int64(len(book))}); err != nil {
		l.Fatal(err)
	}
}

// edition waits until a book with these words in its title is on the shelf.
func (l *library) edition(words string) string {
	l.Helper()
	var found struct {
		Editions []struct{ Edition struct{ Book string } }
	}
	await(l, words+" on the shelf", func() error {
		if err := l.ask("/library/editions?field=title&q="+url.QueryEscape(words), &found); err != nil {
			return err
		}
		if len(found.Editions) != 1 {
			return fmt.Errorf("%d books", len(found.Editions))
		}
		return nil
	})
	return found.Editions[0].Edition.Book
}

// ask asks the API through the gateway, as the page does.
func (l *library) ask(path string, into any) error {
	res, err := http.Get(l.page.origin + path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, res.Status, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// await asks again and again until there is no error.
func await(t testing.TB, what string, ask func() error) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never: %s: %v", what, err)
		}
	}
}

var errNotYet = errors.New("not yet")
