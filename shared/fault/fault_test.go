package fault

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestMarksSurviveWrapping(t *testing.T) {
	plain := errors.New("connection reset")
	refused := Refusef("no_speech", "page %d", 3)
	for _, c := range []struct {
		err     error
		invalid bool
		code    string
	}{
		{plain, false, ""},
		{nil, false, ""},
		{Invalid(nil), false, ""},
		{Invalid(plain), true, "invalid"},
		{Invalid(refused), true, "no_speech"},
		{Invalidf("page %d of %d", 3, 2), true, "invalid"},
		{fmt.Errorf("convert a.doc: %w", refused), true, "no_speech"},
		{Busy(time.Second, plain), false, ""},
	} {
		if IsInvalid(c.err) != c.invalid || Code(c.err) != c.code {
			t.Errorf("%v: invalid=%v code=%q, want %v %q", c.err, IsInvalid(c.err), Code(c.err), c.invalid, c.code)
		}
	}
	if !errors.Is(Invalid(plain), plain) {
		t.Error("the cause is lost")
	}
}

func TestBusyKeepsItsWait(t *testing.T) {
	wait, ok := RetryAfter(fmt.Errorf("chunk 3: %w", Busy(7*time.Second, errors.New("engine full"))))
	if !ok || wait != 7*time.Second {
		t.Errorf("got %v %v", wait, ok)
	}
	if _, ok := RetryAfter(errors.New("x")); ok {
		t.Error("an ordinary error is not busy")
	}
}
