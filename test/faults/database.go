package main

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"time"

	"xietong.dev/test/drive"
)

// restartDatabase has PostgreSQL drop everything at once, and waits until it is
// back.
func restartDatabase(r run, _ *rand.Rand) error {
	release, err := r.take(&r.machine)
	if err != nil {
		return err
	}
	defer release()
	runtime, db, err := r.now(r)
	if err != nil {
		return err
	}
	pids, err := runtime.Processes("postgres")
	if err != nil || len(pids) == 0 {
		return errors.Join(err, errors.New("there is no PostgreSQL to restart"))
	}
	for _, pid := range pids {
		syscall.Kill(pid, syscall.SIGQUIT)
	}
	r.count("database-restart", 1)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if err := wait(r, 100*time.Millisecond); err != nil {
			return err
		}
		if db.Ping(r) == nil {
			return nil
		}
	}
	return errors.New("the database did not come back within 30 s")
}

// takeDatabaseAway stops PostgreSQL with all its processes for half a minute, as
// a host does that hangs.
func takeDatabaseAway(r run, dice *rand.Rand) error {
	release, err := r.take(&r.machine)
	if err != nil {
		return err
	}
	defer release()
	runtime, _, err := r.now(r)
	if err != nil {
		return err
	}
	pids, err := runtime.Processes("postgres")
	if err != nil || len(pids) == 0 {
		return errors.Join(err, errors.New("there is no PostgreSQL to stop"))
	}
	backends, err := drive.Children(pids[0], "postgres")
	if err != nil {
		return err
	}
	if err := stop(r, append(pids, backends...), between(dice, 30*time.Second, 31*time.Second)); err != nil {
		return err
	}
	r.count("database-away", 1)
	return nil
}
