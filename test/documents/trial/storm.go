package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"xietong.dev/shared/blob"
	"xietong.dev/test/drive"
)

// backlog is how many documents are on their way at the same time, so that the
// converter never waits and the queue never fills.
const backlog = 40

// storm puts documents into their bucket as fast as they are converted, kills a
// worker or the whole converter every few seconds, and when all has come to its
// end sees that each document was converted once.
func storm(t *trial) error {
	r, err := t.up("PREVIEW_FORMAT=none")
	if err != nil {
		return err
	}
	defer r.Down()
	s := &storming{trial: t, r: r, dice: rand.New(rand.NewPCG(t.seed, 0)), files: t.convertible()}
	end := time.Now().Add(t.length)
	for next := time.Now(); time.Now().Before(end) && t.ctx.Err() == nil; {
		done, err := s.ended()
		if err != nil {
			return err
		}
		for s.sent-done < backlog {
			if err := s.send(); err != nil {
				return err
			}
		}
		if time.Now().After(next) {
			s.kill()
			next = time.Now().Add(time.Duration(2+s.dice.IntN(4)) * time.Second)
		}
		time.Sleep(time.Second)
	}
	return s.settle()
}

type storming struct {
	*trial
	r     *drive.Runtime
	dice  *rand.Rand
	files []string
	sent  int
	kills [2]int // of workers, of converters
}

// convertible are the documents of the corpus that LibreOffice works on.
func (t *trial) convertible() (files []string) {
	for _, d := range t.corpus {
		if slices.Contains([]string{"docx", "doc", "odt", "xlsx", "xls", "pptx", "ppt", "odp"}, d.Format) {
			files = append(files, d.Path)
		}
	}
	return files
}

// send puts one more document into its bucket. Its end differs from all others, so
// that none is answered by another's result: what follows a ZIP is not read, but
// it counts for its sum.
func (s *storming) send() error {
	file := s.files[s.sent%len(s.files)]
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(text, []byte("PK")) {
		comment := fmt.Appendf(nil, "storm %08d", s.sent)
		at := len(text) - 2 // of the comment's length, which is none
		text = append(text[:at:at], byte(len(comment)), 0)
		text = append(text, comment...)
	} else {
		text = fmt.Appendf(text, "storm %08d", s.sent)
	}
	key := fmt.Sprintf("%032x/%s", s.sent, filepath.Base(file))
	if _, err := s.r.Blob.Put(s.ctx, "documents", key, bytes.NewReader(text), blob.Put{Size: int64(len(text))}); err != nil {
		return err
	}
	s.sent++
	return nil
}

// kill ends a worker, or now and then the converter itself.
func (s *storming) kill() {
	converters, err := s.r.Processes("convert")
	if err != nil || len(converters) == 0 {
		return
	}
	converter := converters[s.dice.IntN(len(converters))]
	if workers := drive.Below(converter); len(workers) > 0 && s.dice.IntN(6) > 0 {
		if syscall.Kill(workers[s.dice.IntN(len(workers))], syscall.SIGKILL) == nil {
			s.kills[0]++
		}
		return
	}
	if syscall.Kill(converter, syscall.SIGKILL) == nil {
		s.kills[1]++
	}
}

// outcomes counts, by document, the events that end its story.
func (s *storming) outcomes() (converted, refused map[string]int, err error) {
	if converted, err = s.subjects("dev.xietong.document.converted.v1"); err != nil {
		return nil, nil, err
	}
	refused, err = s.subjects("dev.xietong.document.refused.v1")
	return converted, refused, err
}

// subjects counts the events of a type by what they are about. An event that is
// sent again is the same event.
func (s *storming) subjects(kind string) (map[string]int, error) {
	text, err := s.r.Local(s.ctx, "events", "--json", "--limit", "1000000", "--type", kind)
	if err != nil {
		return nil, fmt.Errorf("%w: %.300s", err, text)
	}
	count, seen := map[string]int{}, map[string]bool{}
	for line := range strings.Lines(text) {
		var e struct{ ID, Subject string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			return nil, fmt.Errorf("%w in %s", err, line)
		}
		if !seen[e.ID] {
			count[e.Subject]++
		}
		seen[e.ID] = true
	}
	return count, nil
}

func (s *storming) ended() (int, error) {
	converted, refused, err := s.outcomes()
	return len(converted) + len(refused), err
}

// settle waits for everything to end, and holds it against what was sent.
func (s *storming) settle() error {
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(time.Second) {
		done, err := s.ended()
		if err != nil {
			return err
		}
		if done >= s.sent || time.Now().After(deadline) {
			break
		}
	}
	converted, refused, err := s.outcomes()
	if err != nil {
		return err
	}
	lost, twice := 0, 0
	for n := range s.sent {
		id := fmt.Sprintf("%032x", n)
		switch {
		case converted[id] == 0:
			lost++
			s.fault("document %d (%s) was not converted; refused %d times", n, filepath.Base(s.files[n%len(s.files)]), refused[id])
		case converted[id] > 1:
			twice++
			s.fault("document %d was converted %d times", n, converted[id])
		}
	}
	fmt.Printf("documents=%d workers_killed=%d converters_killed=%d lost=%d twice=%d\n", s.sent, s.kills[0], s.kills[1], lost, twice)
	return nil
}
