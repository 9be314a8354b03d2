package office

import (
	"errors"
	"fmt"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
)

// Codes of refusals: the same document will not convert the next time either.
const (
	CodeUnreadable = "unreadable"     // LibreOffice cannot load it
	CodeUnsaved    = "unsaved"        // it was loaded, but cannot be made into what was asked for
	CodeEncrypted  = "encrypted"      // it needs a password, and none was given
	CodePassword   = "wrong_password" // the one given is not its own
	CodeTooHeavy   = "too_heavy"      // it takes more processor time, memory or room than a document may
)

// LimitSilence is the [child.LimitError] of an engine that stood still: it
// used no processor time at all. The other limits are child's.
const LimitSilence = "silence"

// ErrCrashed is wrapped where LibreOffice ended in the middle of a document, by
// itself or by somebody else's hand. It may be tried again.
var ErrCrashed = errors.New("LibreOffice ended in the middle of the document")

// refusal is the error for what LibreOffice answered.
func refusal(a answer) error {
	switch a.Code {
	case CodeEncrypted:
		return fault.Refusef(CodeEncrypted, "the document is encrypted: give its password, or upload it without one")
	case CodePassword:
		return fault.Refusef(CodePassword, "the password does not open the document")
	case CodeUnsaved:
		return fault.Refusef(CodeUnsaved, "a document of this kind cannot be made into what was asked for (LibreOffice says: %s)", brief(a.Text))
	}
	return fault.Refusef(CodeUnreadable, "the document is damaged, or is not what its name says; open and save it again (LibreOffice says: %s)", brief(a.Text))
}

// brief keeps what a document may have LibreOffice say from filling a log.
func brief(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// verdict is the error of an engine that did not come to its end. Processor
// time, memory and file size are the document's own doing and will be the same
// again; wall time and silence may be the machine's.
func verdict(err error) error {
	var limit *child.LimitError
	var exit *child.ExitError
	switch {
	case errors.As(err, &limit) && limit.Limit != child.LimitWall && limit.Limit != LimitSilence:
		return fault.Refusef(CodeTooHeavy, "the document takes too much to convert: %w", limit)
	case errors.As(err, &exit):
		return fmt.Errorf("%w: %w", ErrCrashed, err)
	}
	return err
}

// ownFault reports whether LibreOffice crashed by itself, so that another way of
// running it may fare better. It was killed where the kernel had no memory left.
func ownFault(err error) bool {
	var exit *child.ExitError
	return errors.Is(err, ErrCrashed) && errors.As(err, &exit) && exit.Signal != "SIGKILL"
}
