package report

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

// chain seals n reports that a device made without a network, after the one whose
// link is prev.
func (d device) chain(n int, prev string) [][]byte {
	reports := make([][]byte, n)
	for i := range reports {
		h := d.header(int64(i + 1))
		h.Offline, h.Link = true, prev
		reports[i] = d.seal(h, `{"platform":"android"}`)
		prev = Link(h.Suite, reports[i])
	}
	return reports
}

func (d device) batch(reports [][]byte, prev string) []byte {
	h := BatchHeader{App: "cn.example.oa", Device: d.id, Batch: "019531f0-0000-7000-8000-0000000000bb", Prev: prev, Time: At(noon), Ticket: d.session.Ticket}
	batch, err := SealBatch(h, reports, d.signing)
	if err != nil {
		d.Fatal(err)
	}
	return batch
}

// told is what a reader learns of a batch: of each line its counter, and after it gap
// or the code of its refusal.
func told(b Batch) []string {
	var lines []string
	for _, l := range b.Lines {
		s := string(rune('0' + l.Sealed.Header.Counter))
		if l.Gap {
			s += " gap"
		}
		if l.Err != nil {
			s = fault.Code(l.Err)
		}
		lines = append(lines, s)
	}
	if b.Cut {
		lines = append(lines, "cut")
	}
	return lines
}

func TestBatches(t *testing.T) {
	s := newServer(t)
	for _, suite := range suites {
		d := s.device(t, suite)
		prev := Link(suite, []byte("the report that was sent last"))
		reports := d.chain(4, prev)
		forged := d.header(3)
		forged.Offline, forged.Link = true, Link(suite, []byte("a report that there is not"))
		online := d.header(2)
		online.Link = Link(suite, reports[0])
		for _, c := range []struct {
			name string
			lie  func(lines [][]byte) [][]byte
			want []string
		}{
			{"whole", func(l [][]byte) [][]byte { return l }, []string{"1", "2", "3", "4"}},
			{"one is missing", func(l [][]byte) [][]byte { return slices.Delete(l, 1, 2) }, []string{"1", "3 gap", "4"}},
			{"the first is missing", func(l [][]byte) [][]byte { return l[1:] }, []string{"2 gap", "3", "4"}},
			{"the last is missing", func(l [][]byte) [][]byte { return l[:3] }, []string{"1", "2", "3", "cut"}},
			{"two are swapped", func(l [][]byte) [][]byte { l[1], l[2] = l[2], l[1]; return l }, []string{"1", "3 gap", "2 gap", "4 gap"}},
			{"one comes twice", func(l [][]byte) [][]byte { return slices.Insert(l, 1, l[0]) }, []string{"1", "1 gap", "2", "3", "4"}},
			{"one is broken", func(l [][]byte) [][]byte { l[1] = l[1][:50]; return l }, []string{"1", CodeMalformed, "3 gap", "4"}},
			{"an empty line", func(l [][]byte) [][]byte { return slices.Insert(l, 1, []byte{}) }, []string{"1", CodeMalformed, "2 gap", "3", "4"}},
			{"one with a link of its own", func(l [][]byte) [][]byte { l[2] = d.seal(forged, "{}"); return l }, []string{"1", "2", "3 gap", "4 gap"}},
			{"one that was online", func(l [][]byte) [][]byte { l[1] = d.seal(online, "{}"); return l }, []string{"1", CodeMalformed, "3 gap", "4"}},
		} {
			sent := d.batch(reports, prev)
			lines := bytes.Split(bytes.TrimSpace(sent), []byte("\n"))
			changed := append([][]byte{lines[0]}, c.lie(slices.Clone(lines[1:]))...)
			b, err := ReadBatch(bytes.NewReader(bytes.Join(changed, []byte("\n"))))
			if err == nil {
				err = b.Verify(d.key)
			}
			if err != nil {
				t.Errorf("%s, %s: %v", suite, c.name, err)
			}
			if diff := cmp.Diff(c.want, told(b)); diff != "" {
				t.Errorf("%s, %s (-want +got)\n%s", suite, c.name, diff)
			}
			for i, l := range b.Lines {
				if l.Number != i+2 {
					t.Errorf("%s, %s: line %d says it is %d", suite, c.name, i+2, l.Number)
				}
			}
		}
	}
}

// Whoever takes a report out and mends the chain has to sign what follows again.
func TestAMendedChainDoesNotVerify(t *testing.T) {
	s := newServer(t)
	d := s.device(t, SM)
	thief := d
	made, err := NewSigningKey(SM, random(77))
	if err != nil {
		t.Fatal(err)
	}
	thief.signing = made
	b, err := ReadBatch(bytes.NewReader(thief.batch(thief.chain(2, ""), "")))
	if err != nil || b.Gaps() != 0 {
		t.Fatalf("%v, %d gaps", err, b.Gaps())
	}
	if err := b.Verify(d.key); fault.Code(err) != CodeBadSignature {
		t.Errorf("the header: %v", err)
	}
	for _, l := range b.Lines {
		if _, err := l.Sealed.Verify(d.key); fault.Code(err) != CodeBadSignature {
			t.Errorf("line %d: %v", l.Number, err)
		}
	}
	if err := b.Verify(s.device(t, P256).key); fault.Code(err) != CodeBadSignature {
		t.Errorf("a key of another suite: %v", err)
	}
}

func TestBatchesThatAreRefused(t *testing.T) {
	s := newServer(t)
	d := s.device(t, P256)
	one := d.chain(1, "")[0]
	first, _, _ := strings.Cut(string(d.batch([][]byte{one}, "")), "\n")
	lines := func(n int, line string) io.Reader {
		return strings.NewReader(first + "\n" + strings.Repeat(line+"\n", n))
	}
	for _, c := range []struct {
		name string
		in   io.Reader
		code string
	}{
		{"200 reports", lines(200, string(one)), ""},
		{"201 reports", lines(201, string(one)), CodeTooLarge},
		{"a line of 96 KiB", lines(1, strings.Repeat("x", MaxSealed)), ""},
		{"a longer line", lines(1, strings.Repeat("x", MaxSealed+3)), CodeTooLarge},
		{"4 MiB", lines(44, strings.Repeat("x", MaxSealed-1000)), CodeTooLarge},
		{"nothing", strings.NewReader(""), CodeMalformed},
		{"a header alone", lines(0, ""), CodeMalformed},
		{"no header", strings.NewReader(string(one) + "\n" + string(one)), CodeMalformed},
	} {
		if _, err := ReadBatch(c.in); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
	// A connection that breaks is nobody's fault: the batch is worth another try.
	broken := errors.New("connection reset")
	if _, err := ReadBatch(io.MultiReader(lines(1, string(one)), iotest.ErrReader(broken))); !errors.Is(err, broken) || fault.IsInvalid(err) {
		t.Errorf("a broken connection: %v", err)
	}
}

func FuzzReadBatch(f *testing.F) {
	s := newServer(f)
	d, err := s.enrolled(HMAC)
	if err != nil {
		f.Fatal(err)
	}
	h := d.header(1)
	h.Offline = true
	one, err := Seal(h, []byte(text(usual)), d.session, d.signing)
	if err != nil {
		f.Fatal(err)
	}
	batch, err := SealBatch(BatchHeader{App: h.App, Device: d.id, Batch: h.Report, Time: h.Time, Ticket: d.session.Ticket}, [][]byte{one}, d.signing)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(batch)
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ReadBatch(bytes.NewReader(data))
		switch {
		case err != nil && !fault.IsInvalid(err):
			t.Errorf("asks to try again: %v", err)
		case err == nil && (len(b.Lines) == 0 || len(b.Lines) > MaxBatchReport):
			t.Errorf("%d lines", len(b.Lines))
		}
		for _, l := range b.Lines {
			if l.Err != nil && !fault.IsInvalid(l.Err) {
				t.Errorf("line %d asks to try again: %v", l.Number, l.Err)
			}
		}
	})
}
