package main

import (
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"xietong.dev/test/documents/hostile"
	"xietong.dev/test/drive"
)

// between is how many hostile files come before a good one.
const between = 10

// hostility hands every hostile file to the converter, over HTTP, two at a time.
func hostility(t *trial) error {
	listener, err := hostile.Listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	canaries := filepath.Join(t.dir, "canary")
	if err := os.Mkdir(canaries, 0o755); err != nil {
		return err
	}
	canary, err := hostile.NewCanary(canaries)
	if err != nil {
		return err
	}
	evil := filepath.Join(t.dir, "evil")
	if err := os.Mkdir(evil, 0o755); err != nil {
		return err
	}
	files, err := hostile.Write(evil, t.seed, t.corpus, listener.Addr, canary.Dir)
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f hostile.File) bool { return !t.wants(f.Kind) })
	r, err := t.up("REQUEST_TIME=90s", "REQUEST_WAIT=180s", "OFFICE_WALL=20s", "OFFICE_CPU=20s")
	if err != nil {
		return err
	}
	defer r.Down()
	h := &hostilities{trial: t, r: r, canary: canary, ends: map[string]int{}}
	if err := h.good(); err != nil {
		return err
	}
	first, err := r.Processes("convert")
	if err != nil {
		return err
	}
	h.all(files)
	last, err := r.Processes("convert")
	if err != nil {
		return err
	}
	if ended := slices.DeleteFunc(first, func(pid int) bool { return slices.Contains(last, pid) }); len(ended) > 0 { // more may have started beside them
		t.fault("the converter ended: process %v is no more, and now there is %v", ended, last)
	}
	if n := listener.Connections(); n > 0 {
		t.fault("%d calls: %v", n, listener.Requests())
	}
	left := h.left(last)
	var ends []string
	for end, n := range h.ends {
		ends = append(ends, fmt.Sprintf("%s=%d", end, n))
	}
	sort.Strings(ends)
	fmt.Println(strings.Join(ends, " "))
	fmt.Printf("files=%d good=%d calls=%d canaries=%d children_left=%d wrong=%d\n", len(files), h.goods, listener.Connections(), h.shown, left, t.wrong)
	return nil
}

type hostilities struct {
	*trial
	r      *drive.Runtime
	canary hostile.Canary

	mu    sync.Mutex
	ends  map[string]int // what files came to
	goods int
	shown int
}

func (h *hostilities) all(files []hostile.File) {
	queue := make(chan hostile.File)
	var working sync.WaitGroup
	for range 2 {
		working.Go(func() {
			for f := range queue {
				h.one(f)
			}
		})
	}
	for i, f := range files {
		queue <- f
		if i%between == between-1 {
			if err := h.good(); err != nil {
				h.fault("after %s: %v", f.Kind, err)
			}
		}
	}
	close(queue)
	working.Wait()
}

// one hands over one file. Every answer is an end; a reason must come with each
// that is no PDF.
func (h *hostilities) one(f hostile.File) {
	began := time.Now()
	status, body, err := h.r.FormNamed(h.ctx, "/convert/forms/libreoffice/convert", map[string]string{"password": f.Password}, f.Name, f.Path)
	took := time.Since(began).Round(100 * time.Millisecond)
	if err != nil {
		h.fault("%s: no answer after %s: %v", f.Kind, took, err)
		return
	}
	end := "converted"
	if status != 200 {
		var said struct {
			Error struct{ Code, Message string }
		}
		if json.Unmarshal(body, &said) != nil || said.Error.Code == "" || said.Error.Code == "internal" {
			h.fault("%s (%s): answer %d without a reason after %s: %.200s", f.Kind, f.Name, status, took, body)
		}
		end = said.Error.Code
	} else if !f.MayConvert {
		h.fault("%s (%s): it should have been refused", f.Kind, f.Name)
	}
	h.mu.Lock()
	h.ends[end]++
	h.mu.Unlock()
	if took > 30*time.Second {
		fmt.Printf("slow: %s took %s and ended as %s\n", f.Kind, took, end)
	}
	if status == 200 {
		if err := h.look(f, body); err != nil {
			h.fault("%s (%s): the PDF cannot be looked at: %v", f.Kind, f.Name, err)
		}
	}
}

// look searches a PDF for the canary.
func (h *hostilities) look(f hostile.File, pdf []byte) error {
	dir, err := os.MkdirTemp(h.dir, "look")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		return err
	}
	text, err := exec.CommandContext(h.ctx, "pdftotext", "-l", "20", path, "-").Output()
	if err != nil {
		return fmt.Errorf("pdftotext: %w", err)
	}
	shown := strings.Contains(strings.Join(strings.Fields(string(text)), ""), h.canary.Token)
	if out, err := exec.CommandContext(h.ctx, "pdftoppm", "-png", "-l", "3", "-scale-to", "800", path, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		return fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil {
		return err
	}
	for _, p := range pictures {
		in, err := os.Open(p)
		if err != nil {
			return err
		}
		m, err := png.Decode(in)
		in.Close()
		if err != nil {
			return err
		}
		shown = shown || h.canary.Shows(m)
	}
	if shown {
		h.fault("%s (%s): the PDF shows a local file", f.Kind, f.Name)
		h.mu.Lock()
		h.shown++
		h.mu.Unlock()
	}
	return nil
}

// good converts a document that means no harm.
func (h *hostilities) good() error {
	status, body, err := h.r.Form(h.ctx, "/convert/forms/libreoffice/convert", nil, filepath.Join(h.root, "local/samples/notice-zh.docx"))
	if err != nil || status != 200 || !strings.HasPrefix(string(body), "%PDF-") {
		return fmt.Errorf("a good document: answer %d, %v: %.200s", status, err, body)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.goods++
	return nil
}

// enginesReady is how many of each kind of worker stand ready in a converter: one for
// each processor, of which its manifest gives two.
const enginesReady = 2

// left waits for the engines of documents to be gone, and returns how many of
// them are not: beside those that stand ready for the next.
func (h *hostilities) left(converters []int) int {
	n := 0
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		n = 0
		for _, pid := range converters {
			n += beyondReady(pid)
		}
		if n == 0 {
			return 0
		}
	}
	h.fault("%d processes of engines are left beside those that stand ready", n)
	return n
}

// beyondReady counts the processes below a converter that do not stand ready.
func beyondReady(converter int) (n int) {
	ready := map[string]int{"office": enginesReady, "pages": enginesReady}
	for _, pid := range drive.Below(converter) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		_, worker, _ := strings.Cut(strings.TrimRight(string(line), "\x00"), "child-worker:")
		if ready[worker]--; ready[worker] < 0 {
			n++
		}
	}
	return n
}
