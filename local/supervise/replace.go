package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// errReplaced says that a request found its service replaced before it had
// reached an instance; it goes to the service that took the place.
var errReplaced = errors.New("the function was replaced")

// Replace puts a service in the place of the one with the same word. The program
// at next proves itself first: one instance of it must become ready. Then, in one
// step, it moves to spec.Program, and every request from there on goes to the
// new instances. Requests under way end where they are; an old instance is told
// to end when it has none left.
//
// Where the new program does not become ready the old service stays as it was,
// and the error says why and which log to read.
func (s *Supervisor) Replace(ctx context.Context, spec Service, next string) error {
	candidate := s.service(spec)
	candidate.Program = next
	in, err := candidate.prove(ctx)
	if err != nil {
		candidate.stop()
		return fmt.Errorf("function %s: the new program does not become ready: %w", spec.Word, err)
	}
	if err := s.install(candidate, spec.Program); err != nil {
		candidate.stop()
		return fmt.Errorf("function %s: %w", spec.Word, err)
	}
	candidate.give(in)
	candidate.keep()
	return nil
}

// install makes a candidate the service of its word. No request finds a moment
// in which there is none: those that come meanwhile wait for the lock.
func (s *Supervisor) install(candidate *service, program string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.services[candidate.Word]
	if old == nil {
		return ErrUnknown
	}
	err := old.leave(func() error { return os.Rename(candidate.Program, program) })
	if err != nil {
		return err
	}
	candidate.succeed(old.state(), program)
	s.services[candidate.Word] = candidate
	s.leaving = append(slices.DeleteFunc(s.leaving, (*service).hasLeft), old)
	return nil
}

// prove starts one instance and returns it, busy, when it is ready.
func (s *service) prove(ctx context.Context) (*instance, error) {
	s.mu.Lock()
	in, err := s.startLocked(1)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return in, in.awaitReady(ctx)
}

// succeed takes over the counts of the service before, and the place of its
// program.
func (s *service) succeed(before State, program string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Program = program
	s.starts += before.Starts
	s.crashes += before.Crashes
}

// leave moves the new program into place and gives no instance a request any
// more. It lets the idle ones go; a busy one goes with its last request, lest a
// request that is on its way to it find nobody there.
func (s *service) leave(move func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := move(); err != nil {
		return err
	}
	close(s.replaced)
	for _, in := range s.instances {
		if in.busy == 0 {
			s.dismiss(in)
		}
	}
	return nil
}

// dismiss tells an instance to end, and sees to it that it does.
func (s *service) dismiss(in *instance) {
	in.timer.Stop()
	if in.ending {
		return
	}
	in.ending = true
	in.terminate()
	go in.awaitEnd()
}

func (s *service) isReplaced() bool {
	select {
	case <-s.replaced:
		return true
	default:
		return false
	}
}

func (s *service) hasLeft() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.instances) == 0
}
