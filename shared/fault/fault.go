// Package fault marks errors with the little that a runtime must know.
//
// An unmarked error means "try again", because losing work is worse than
// repeating it. [Refusef] means "never send this again" and carries a stable
// code that people and programs can act on. [Busy] means "not now".
package fault

import (
	"errors"
	"fmt"
	"time"
)

// CodeInvalid is the code of a refusal that was given no other.
const CodeInvalid = "invalid"

type refusal struct {
	code string
	err  error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// Refusef returns an error that will never go away by trying again. The code
// is stable (lower case, digits, underscores); the text says what to do and is
// shown to whoever sent the work, so it holds no secret.
func Refusef(code, format string, args ...any) error {
	return &refusal{code, fmt.Errorf(format, args...)}
}

// Invalidf is [Refusef] with the code "invalid".
func Invalidf(format string, args ...any) error {
	return Refusef(CodeInvalid, format, args...)
}

// Invalid marks err as one that will never go away by trying again. It keeps
// the code of an error that is refused already, and nil stays nil.
func Invalid(err error) error {
	if err == nil || IsInvalid(err) {
		return err
	}
	return &refusal{CodeInvalid, err}
}

// IsInvalid reports whether err, or an error it wraps, is a refusal.
func IsInvalid(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}

// Code returns the code of a refusal, and "" for every other error.
func Code(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return r.code
	}
	return ""
}

type busy struct {
	after time.Duration
	err   error
}

func (b *busy) Error() string { return b.err.Error() }
func (b *busy) Unwrap() error { return b.err }

// Busy marks err as one that time alone will cure: the sender is asked to come
// again after the given wait. It does not count as a failure of the event.
func Busy(after time.Duration, err error) error {
	return &busy{after, err}
}

// RetryAfter returns the wait of a [Busy] error, and whether err is one.
func RetryAfter(err error) (time.Duration, bool) {
	var b *busy
	if errors.As(err, &b) {
		return b.after, true
	}
	return 0, false
}
