package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lease is how long transcribe keeps others from an event, at most, after it
// has stopped beating.
const lease = 30 * time.Second

// pause has a transcriber stop at the end of its work, for longer than its lease,
// while duplicates of that work are sent: when it wakes, its claim is over. It
// counts besides how often another had done the work by then.
func pause(r run, dice *rand.Rand) error {
	r.asleep <- struct{}{}
	defer func() { <-r.asleep }()
	// First of all: a runtime that waits to be killed lets nobody else fall asleep.
	r.sleep.RLock()
	defer r.sleep.RUnlock()
	before, _, err := r.now(r)
	if err != nil {
		return err
	}
	pid, id, err := r.sleeper(dice)
	if err != nil {
		return err
	}
	defer syscall.Kill(pid, syscall.SIGCONT)
	r.repeat(id)
	if err := wait(r, lease+between(dice, time.Second, 3*time.Second)); err != nil {
		return err
	}
	overtaken, err := r.overtaken(id)
	if err != nil {
		return err
	}
	if after, _, err := r.now(r); err != nil || after != before || !asleep(pid) {
		return err
	}
	r.count("pause", 1)
	if overtaken {
		r.count("overtaken", 1)
	}
	return nil
}

// sound are the events that sleepers work on. Those about transcripts are so many
// that nobody would get at a sleeper's in time.
const sound = "dev.xietong.recording.uploaded.v1 dev.xietong.chunk.cut.v1 dev.xietong.recording.heard.v1"

// sleeper waits until a transcriber has put itself to sleep, and returns its
// process and the event that it works on.
func (r run) sleeper(dice *rand.Rand) (pid int, id string, err error) {
	name := fmt.Sprint(dice.Uint64())
	wanted, said := filepath.Join(r.beds, "wanted."+name), filepath.Join(r.beds, "asleep."+name)
	if err := os.WriteFile(wanted, []byte(sound), 0o666); err != nil {
		return 0, "", err
	}
	defer os.Remove(wanted)
	r.load.tell(r, dice, (*sender).recording)
	for {
		text, err := os.ReadFile(said)
		if err == nil {
			_, err = fmt.Sscan(string(text), &pid, &id)
			return pid, id, err
		}
		if err := wait(r, 20*time.Millisecond); err != nil {
			return 0, "", err
		}
	}
}

// wakeAll lets every transcriber go on that is asleep, and keeps the next from
// falling asleep.
func (w *world) wakeAll() {
	wanted, _ := filepath.Glob(filepath.Join(w.beds, "wanted.*"))
	for _, path := range wanted {
		os.Remove(path)
	}
	said, _ := filepath.Glob(filepath.Join(w.beds, "asleep.*"))
	for _, path := range said {
		var pid int
		if text, err := os.ReadFile(path); err != nil {
			w.couldNot(err)
		} else if _, err := fmt.Sscan(string(text), &pid); err == nil && asleep(pid) {
			syscall.Kill(pid, syscall.SIGCONT)
		}
	}
}

// patienceForOthers is how long a sleeper sleeps on for another to do its work,
// which waits in its queue like all other.
const patienceForOthers = 25 * time.Second

// overtaken waits for another to do what a sleeper works on, and reports whether
// one did.
func (r run) overtaken(id string) (bool, error) {
	for deadline := time.Now().Add(patienceForOthers); time.Now().Before(deadline); {
		_, db, err := r.now(r)
		if err != nil {
			return false, err
		}
		var done bool
		if db.QueryRow(r, `SELECT EXISTS (SELECT 1 FROM transcribe.ledger WHERE id = $1 AND state = 2)`, id).Scan(&done) == nil && done {
			return true, nil
		}
		if err := wait(r, 200*time.Millisecond); err != nil {
			return false, err
		}
	}
	return false, nil
}

// repeat sends an event again that is at transcribe.
func (r run) repeat(id string) {
	runtime, db, err := r.now(r)
	if err != nil {
		return
	}
	rows, err := db.Query(r, `SELECT e.attributes, e.data FROM broker.delivery d JOIN broker.event e ON e.seq = d.seq
		WHERE d.state = 2 AND d.trigger LIKE 'transcribe-%'`)
	if err != nil {
		return
	}
	defer rows.Close()
	for rows.Next() {
		var attributes string
		var data []byte
		if rows.Scan(&attributes, &data) != nil {
			return
		}
		e, err := restore(attributes, data)
		if err != nil || e.ID() != id {
			continue
		}
		if status, err := runtime.Send(r, e); err == nil && status == 202 {
			r.count("repeated-while-paused", 1)
		}
	}
}
