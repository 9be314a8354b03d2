package main

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"xietong.dev/shared/pg"
)

// lease is how long transcribe keeps others from an event, at most, after it
// has stopped beating.
const lease = 30 * time.Second

// pause stops a transcriber in the middle of its work for longer than its
// lease, while duplicates of that work are sent: when it wakes, another has
// done it. It counts where that is so.
func pause(r run, dice *rand.Rand) error {
	r.asleep <- struct{}{}
	defer func() { <-r.asleep }()
	before, _, err := r.now(r)
	if err != nil {
		return err
	}
	r.load.tell(r, dice, (*sender).recording) // work that lasts
	pid, held, err := r.catch(dice)
	if err != nil {
		return err
	}
	defer r.wake(pid, held)
	r.sleep.RLock()
	defer r.sleep.RUnlock()
	r.repeat(held)
	if err := wait(r, lease+between(dice, time.Second, 3*time.Second)); err != nil {
		return err
	}
	if err := r.overtaken(held); err != nil {
		return err
	}
	if after, _, err := r.now(r); err == nil && after == before && asleep(pid) {
		r.count("pause", 1)
	}
	return nil
}

// patienceForOthers is how long a sleeper sleeps on for another to do its work,
// which waits in its queue like all other.
const patienceForOthers = 60 * time.Second

// overtaken waits until another has done something that a sleeper works on.
func (r run) overtaken(held map[string]bool) error {
	ids := slices.Collect(maps.Keys(held))
	for deadline := time.Now().Add(patienceForOthers); time.Now().Before(deadline); {
		_, db, err := r.now(r)
		if err != nil {
			return err
		}
		var done bool
		if db.QueryRow(r, `SELECT EXISTS (SELECT 1 FROM transcribe.ledger WHERE id = ANY ($1) AND state = 2)`, ids).Scan(&done) == nil && done {
			return nil
		}
		if err := wait(r, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("nobody did what the sleeper works on")
}

// wake lets a sleeper go on.
func (r run) wake(pid int, held map[string]bool) {
	syscall.Kill(pid, syscall.SIGCONT)
	r.catching.Lock()
	defer r.catching.Unlock()
	maps.DeleteFunc(r.dreams, func(claim string, _ bool) bool { return held[claim] })
}

// catch stops a transcriber that holds a claim, and returns what it works on. It
// stops all that do not sleep, and lets one after another go on, until what is
// still held can only be the last one's.
func (r run) catch(dice *rand.Rand) (pid int, held map[string]bool, err error) {
	r.catching.Lock()
	defer r.catching.Unlock()
	for {
		runtime, db, err := r.now(r)
		if err != nil {
			return 0, nil, err
		}
		if err := wait(r, between(dice, 20*time.Millisecond, 200*time.Millisecond)); err != nil {
			return 0, nil, err
		}
		pids, err := runtime.Processes("transcribe")
		if err != nil {
			return 0, nil, err
		}
		pids = slices.DeleteFunc(pids, asleep)
		if claims, err := openClaims(r, db); err != nil || len(claims) == 0 || len(pids) == 0 {
			continue
		}
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGSTOP)
		}
		pid, held := r.sift(db, pids)
		maps.DeleteFunc(held, func(claim string, _ bool) bool { return r.dreams[claim] })
		if len(held) > 0 {
			maps.Copy(r.dreams, held)
			return pid, held, nil
		}
		syscall.Kill(pid, syscall.SIGCONT)
	}
}

// sift lets all but the last process go on, and returns that with the claims
// that nobody else can hold.
func (r run) sift(db *pg.DB, pids []int) (last int, held map[string]bool) {
	last = pids[len(pids)-1]
	time.Sleep(20 * time.Millisecond) // a signal takes a moment
	held, err := openClaims(r, db)
	for _, pid := range pids[:len(pids)-1] {
		syscall.Kill(pid, syscall.SIGCONT)
	}
	for range 5 {
		time.Sleep(100 * time.Millisecond)
		still, again := openClaims(r, db)
		if err = errors.Join(err, again); err != nil {
			return last, nil
		}
		maps.DeleteFunc(held, func(claim string, _ bool) bool { return !still[claim] })
	}
	return last, held
}

// openClaims returns the ids of the events that transcribe works on.
func openClaims(ctx context.Context, db *pg.DB) (map[string]bool, error) {
	rows, err := db.Query(ctx, `SELECT id FROM transcribe.ledger WHERE state = 1 AND lease_until > now()`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	claims := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		claims[id] = true
	}
	return claims, rows.Err()
}

// repeat sends again the events with these ids that are at transcribe.
func (r run) repeat(ids map[string]bool) {
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
		if err != nil || !ids[e.ID()] {
			continue
		}
		if status, err := runtime.Send(r, e); err == nil && status == 202 {
			r.count("repeated-while-paused", 1)
		}
	}
}
