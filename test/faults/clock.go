package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"xietong.dev/shared/pg/private"
)

// fakeClock puts PostgreSQL under libfaketime, which reads from a file how far
// its clock is off, and returns the setting that has the runtime start it so. Its
// timers go by the monotonic clock, which stays. Where the library is missing the
// fault is not possible, and the report says so.
func (w *world) fakeClock(dir string) (setting string, err error) {
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if len(found) == 0 {
		return "", nil
	}
	programs, err := private.Find(os.Getenv)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "pg")
	w.clock = filepath.Join(dir, "clock")
	server := fmt.Sprintf("#!/bin/sh\nLD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE=%s FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 exec %s/postgres \"$@\"\n", found[0], w.clock, programs)
	initdb := fmt.Sprintf("#!/bin/sh\nexec %s/initdb \"$@\"\n", programs)
	return "PG_BINDIR=" + bin, errors.Join(os.MkdirAll(bin, 0o755), w.setClock(0), program(bin, "postgres", server), program(bin, "initdb", initdb))
}

func program(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755)
}

// setClock sets how far the database's clock is off. The server is another user
// and reads at any moment, so the file is replaced whole.
func (w *world) setClock(by time.Duration) error {
	next := w.clock + ".new"
	return errors.Join(os.WriteFile(next, fmt.Appendf(nil, "%+d\n", int(by.Seconds())), 0o644), os.Rename(next, w.clock))
}

// jump is how far the clock jumps: far beyond every lease, back-off and timeout.
const jump = time.Hour

// jumpClock has the database's clock jump ahead or back, and after a few seconds
// to where it belongs. It counts once the database shows it.
func jumpClock(r run, dice *rand.Rand) error {
	release, err := r.take(&r.hand)
	if err != nil {
		return err
	}
	defer release()
	by := []time.Duration{jump, -jump}[dice.IntN(2)]
	if err := r.setClock(by); err != nil {
		return err
	}
	defer r.setClock(0)
	for {
		_, db, err := r.now(r)
		if err != nil {
			return err
		}
		var shown time.Time
		if db.QueryRow(r, `SELECT clock_timestamp()`).Scan(&shown) == nil {
			if off := time.Until(shown) - by; off.Abs() > jump/2 {
				return fmt.Errorf("the database shows %s, %s from where its clock was set", shown, off)
			}
			break
		}
		if err := wait(r, 100*time.Millisecond); err != nil {
			return err
		}
	}
	r.count("clock-jump", 1)
	return wait(r, between(dice, 3*time.Second, 8*time.Second))
}
