package scenario

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// checkout is a copy of the tree that a test may edit.
type checkout struct {
	*testing.T
	root string
}

func copyTree(t *testing.T) checkout {
	t.Helper()
	c := checkout{t, t.TempDir()}
	script := `cd "$1" && git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -cf - -T - | tar -xf - -C "$2"`
	if text, err := exec.Command("sh", "-c", script, "copy", root, c.root).CombinedOutput(); err != nil {
		t.Fatalf("copy the tree: %v\n%s", err, text)
	}
	return c
}

// edit replaces a piece of a file, as an editor saves it.
func (c checkout) edit(name, piece, with string) {
	c.Helper()
	path := filepath.Join(c.root, name)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), piece) {
		c.Fatalf("%s does not contain %q: %v", name, piece, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), piece, with, 1)), 0o644); err != nil {
		c.Fatal(err)
	}
}

// stream submits transcripts, one after the other, until it is told to end, and
// returns the ids of their minutes.
func stream(t *testing.T, ctx context.Context, r *drive.Runtime) (end func() []string) {
	var ids []string
	var wrong error
	var running sync.WaitGroup
	stop := make(chan struct{})
	running.Go(func() {
		for i := 0; wrong == nil; i++ {
			subtitles := fmt.Sprintf("1\n00:00:01,000 --> 00:00:09,000\n第 %d 次例会，张伟下周五以前提交方案。\n", i)
			var id string
			if id, wrong = r.Submit(ctx, "例会", "例会.srt", "zh", []byte(subtitles)); wrong == nil {
				ids = append(ids, id)
			}
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	return func() []string {
		close(stop)
		running.Wait()
		if wrong != nil {
			t.Fatalf("after %d transcripts: %v", len(ids), wrong)
		}
		return ids
	}
}

func TestAFunctionIsReplacedAtWorkAndNothingIsLost(t *testing.T) {
	tree := copyTree(t)
	r, ctx := upIn(t, tree.root, "--watch"), limit(t)
	said := func(what string) { await(t, what, func() bool { return strings.Contains(r.Output.String(), what) }) }
	end := stream(t, ctx, r)

	const engine = "functions/summarise/extractive/extractive.go"
	tree.edit(engine, `Model: "2"`, `Model: "3"`)
	said("summarise: replaced")
	tree.edit(engine, `Model: "3"`, `Model: "4`)
	said("summarise: does not compile")
	said("extractive.go:") // the compiler's own words
	tree.edit(engine, `Model: "4`, `Model: "5"`)
	await(t, "replaced again", func() bool { return strings.Count(r.Output.String(), "summarise: replaced") == 2 })

	const last = "functions/summarise/knative.yaml"
	tree.edit(last, "kind: Trigger", "kind: Trigge")
	said("summarise: its knative.yaml is wrong")
	tree.edit(last, "kind: Trigge\n", "kind: Trigger\n")
	tree.edit(last, "---\n", strings.ReplaceAll(another, "WORD", "summarise"))
	said("summarise: its Triggers are in force")

	ids := end()
	t.Logf("%d stories", len(ids))
	var models []string
	for _, id := range ids {
		m, err := r.Await(ctx, id, "summarised")
		if err != nil {
			t.Fatal(err)
		}
		models = append(models, m.Summary.Document.Engine.Model)
	}
	if models[0] != "2" || models[len(models)-1] != "5" || strings.Contains(strings.Join(models, ""), "4") {
		t.Errorf("summaries were made by %v", models)
	}
	want := map[string]int{"transcript.uploaded": 1, "recording.transcribed": 1, "recording.summarised": 1}
	for _, id := range []string{ids[0], ids[len(ids)/2], ids[len(ids)-1]} {
		if diff := cmp.Diff(want, kinds(t, r, id)); diff != "" {
			t.Errorf("the events of %s: %s", id, diff)
		}
	}
	eachDoneOnce(t, r, len(ids))
	theNewTriggerDelivers(t, r)
}

// another is a Trigger for events that nobody sends but this test.
const another = `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: WORD-reload-asked
spec:
  broker: default
  filters:
    - exact:
        type: dev.xietong.reload.asked.v1
  subscriber:
    ref:
      apiVersion: serving.knative.dev/v1
      kind: Service
      name: WORD
---
`

// eachDoneOnce holds the ledgers against the number of stories: as many events,
// all done, and no delivery that had to be made a second time.
func eachDoneOnce(t *testing.T, r *drive.Runtime, stories int) {
	t.Helper()
	db, err := pg.Open(t.Context(), pg.Config{URL: conf.Secret(r.Database), Connections: 1}, "broker", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var attempts int
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM attempt`).Scan(&attempts); err != nil || attempts != 0 {
		t.Errorf("%d deliveries failed, %v", attempts, err)
	}
	for word, kind := range map[string]string{"transcribe": "dev.xietong.transcript.uploaded.v1", "summarise": "dev.xietong.recording.transcribed.v1", "minutes": "dev.xietong.recording.summarised.v1"} {
		var all, undone, failures int
		err := db.QueryRow(t.Context(), `SELECT count(*), count(CASE WHEN state <> 2 THEN 1 END), coalesce(sum(failures), 0) FROM `+word+`.ledger WHERE type = $1`, kind).Scan(&all, &undone, &failures)
		if err != nil {
			t.Fatal(err)
		}
		if all != stories || undone != 0 || failures != 0 {
			t.Errorf("the ledger of %s has %d entries, %d of them not done, %d failures; want %d, 0, 0", word, all, undone, failures, stories)
		}
	}
}

// theNewTriggerDelivers sends what only the Trigger that was added lets through.
// The function refuses it, which shows where it came.
func theNewTriggerDelivers(t *testing.T, r *drive.Runtime) {
	t.Helper()
	ask := filepath.Join(t.TempDir(), "asked.json")
	os.WriteFile(ask, []byte(`{"specversion":"1.0","id":"1","source":"/apps/office","type":"dev.xietong.reload.asked.v1","datacontenttype":"application/json","data":{}}`), 0o600)
	if text, err := r.Local(t.Context(), "send", ask); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	await(t, "the event came to the function", func() bool {
		text, _ := r.Local(t.Context(), "dead", "list", "--trigger", "summarise-reload-asked")
		return strings.Contains(text, "summarise-reload-asked")
	})
}
