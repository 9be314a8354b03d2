package office

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRehearsalsAreDocuments(t *testing.T) {
	p := open(t, nil)
	for i, want := range []string{"关于预演的通知", "第 7 项 item", "通知 Notice 7"} {
		j := rehearsals[i]
		j.In, j.Out = filepath.Join(p.dir, "rehearsal", j.fileName()), filepath.Join(t.TempDir(), "out.pdf")
		if got := words(t, convert(t, p, j)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", j.Name, got, want)
		}
	}
}

// Where a part of LibreOffice is missing, workers do without its rehearsal.
func TestARehearsalThatIsRefused(t *testing.T) {
	p := open(t, nil)
	if err := os.WriteFile(filepath.Join(p.dir, "rehearsal", "table.xlsx"), []byte("PK\x03\x04"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	defer h.stop()
	taken, err := p.rehearse(h)
	if taken || err != nil || !h.alive() {
		t.Fatalf("taken %v, %v, alive %v", taken, err, h.alive())
	}
	j := job(t, "a.txt", "通知")
	if _, err := h.convert(t.Context(), j, p.config.Limits); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Whoever waits has a new worker at once.
func TestNobodyWaitsForARehearsal(t *testing.T) {
	p := open(t, nil)
	h, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	defer h.stop()
	waited := &Pool{config: p.config, dir: p.dir, ctx: p.ctx, ready: make(chan fresh)}
	got := make(chan fresh)
	go func() { got <- <-waited.ready }()
	for range 20 { // the first may come before anybody waits
		if taken, err := waited.rehearse(h); err != nil {
			t.Fatal(err)
		} else if taken {
			if f := <-got; f.hand != h {
				t.Error("another worker came")
			}
			return
		}
	}
	t.Error("whoever waits has no worker")
}
