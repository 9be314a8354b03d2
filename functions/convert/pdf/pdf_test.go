package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
	"xietong.dev/shared/pages/pdftest"
)

// What all tests share.
var (
	reader *pages.Reader
	letter []byte // a page
	report []byte // five pages
)

func TestMain(m *testing.M) {
	child.Serve(pages.Worker)
	dir, err := os.MkdirTemp("", "pdf-test-")
	var made map[string][]byte
	if err == nil {
		reader, err = pages.Open(context.Background(), pages.Config{Cache: filepath.Join(dir, "cache")})
	}
	if err == nil {
		made, err = pdftest.Office(context.Background(), map[string]string{
			"letter.fodt": pdftest.Letter("通知", "王伟", "关于召开会议的通知"),
			"report.html": pdftest.Report(5),
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	letter, report = made["letter.fodt"], made["report.html"]
	code := m.Run()
	reader.Close()
	os.RemoveAll(dir)
	os.Exit(code)
}

// titles are the first lines of all pages.
func titles(t *testing.T, file []byte, password string) (all []string) {
	t.Helper()
	err := reader.With(t.Context(), file, password, func(d *pages.Document) error {
		for page := 1; page <= d.Count(); page++ {
			text, err := d.Text(page)
			if err != nil {
				return err
			}
			title, _, _ := strings.Cut(text, "\n")
			all = append(all, strings.ReplaceAll(title, " ", ""))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return all
}

const notice = "关于召开会议的通知"

func chapters(numbers ...int) (all []string) {
	for _, n := range numbers {
		all = append(all, fmt.Sprintf("第%d章数字政府建设", n))
	}
	return all
}

func TestOperations(t *testing.T) {
	ctx, l := t.Context(), Limits{}
	for _, c := range []struct {
		name string
		do   func() ([]byte, error)
		want []string
	}{
		{"merge", func() ([]byte, error) { return Merge(ctx, l, letter, report, letter) }, append(append([]string{notice}, chapters(1, 2, 3, 4, 5)...), notice)},
		{"merge one", func() ([]byte, error) { return Merge(ctx, l, letter) }, []string{notice}},
		{"extract", func() ([]byte, error) { return Extract(ctx, l, report, []int{2, 4}) }, chapters(2, 4)},
		{"extract in another order", func() ([]byte, error) { return Extract(ctx, l, report, []int{5, 1}) }, chapters(5, 1)},
		{"optimise", func() ([]byte, error) { return Optimise(ctx, l, report) }, chapters(1, 2, 3, 4, 5)},
		{"rotate", func() ([]byte, error) { return Rotate(ctx, l, letter, -90) }, []string{notice}},
		{"describe", func() ([]byte, error) { return Describe(ctx, l, letter, Info{Title: "新标题"}) }, []string{notice}},
	} {
		out, err := c.do()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, titles(t, out, "")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
		if err := Validate(ctx, l, out); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSplit(t *testing.T) {
	parts, err := Split(t.Context(), Limits{}, report, 2)
	var got [][]string
	for _, part := range parts {
		got = append(got, titles(t, part, ""))
	}
	if diff := cmp.Diff([][]string{chapters(1, 2), chapters(3, 4), chapters(5)}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestRotatedPagesLieDown(t *testing.T) {
	out, err := Rotate(t.Context(), Limits{}, letter, 450)
	if err != nil {
		t.Fatal(err)
	}
	err = reader.With(t.Context(), out, "", func(d *pages.Document) error {
		if s, err := d.Size(1); err != nil || s.Width < s.Height {
			t.Errorf("%v %v", s, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDescribe(t *testing.T) {
	out, err := Describe(t.Context(), Limits{}, letter, Info{Title: "新(标)题", Keywords: "a, b"})
	if err != nil {
		t.Fatal(err)
	}
	err = reader.With(t.Context(), out, "", func(d *pages.Document) error {
		m, err := d.Metadata()
		got := Info{m.Title, m.Author, m.Subject, m.Keywords}
		if diff := cmp.Diff(Info{Title: "新(标)题", Author: "王伟", Keywords: "a, b"}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestEncryption(t *testing.T) {
	out, err := Encrypt(t.Context(), Limits{}, letter, Passwords{"读者密码", "owner"})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"读者密码", "owner"} {
		if diff := cmp.Diff([]string{notice}, titles(t, out, word)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", word, diff)
		}
	}
	for word, want := range map[string]string{"": pages.CodeEncrypted, "guess": pages.CodeWrongPassword} {
		err := reader.With(t.Context(), out, word, func(*pages.Document) error { return nil })
		if fault.Code(err) != want {
			t.Errorf("%q: got %v, want %s", word, err, want)
		}
	}
	said, err := exec.CommandContext(t.Context(), "pdfinfo", "-upw", "读者密码", write(t, out)).Output()
	if err != nil || !bytes.Contains(said, []byte("algorithm:AES-256")) {
		t.Errorf("pdfinfo says %s %v", said, err)
	}
	if !bytes.Contains(out, []byte("/R 6")) {
		t.Error("it is not encrypted by the revision that the standard allows")
	}
	if _, err := Merge(t.Context(), Limits{}, letter, out); fault.Code(err) != CodeEncrypted {
		t.Errorf("merged: %v", err)
	}
}

func write(t *testing.T, file []byte) string {
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatCannotBeDone(t *testing.T) {
	ctx, l := t.Context(), Limits{}
	only := func(_ []byte, err error) error { return err }
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"merge nothing", only(Merge(ctx, l)), CodeUnreadable},
		{"merge with a text", only(Merge(ctx, l, letter, []byte("Dear all,"))), CodeUnreadable},
		{"extract nothing", only(Extract(ctx, l, letter, nil)), CodePages},
		{"extract page 0", only(Extract(ctx, l, letter, []int{0})), CodePages},
		{"extract page 2 of 1", only(Extract(ctx, l, letter, []int{2})), CodePages},
		{"rotate by 45", only(Rotate(ctx, l, letter, 45)), CodePages},
		{"one password", only(Encrypt(ctx, l, letter, Passwords{User: "a"})), CodePassword},
		{"equal passwords", only(Encrypt(ctx, l, letter, Passwords{"a", "a"})), CodePassword},
		{"a long password", only(Encrypt(ctx, l, letter, Passwords{strings.Repeat("a", 128), "b"})), CodePassword},
		{"bytes", only(Optimise(ctx, Limits{FileBytes: int64(len(letter)) - 1}, letter)), CodeTooLarge},
		{"pages", only(Optimise(ctx, Limits{Pages: 4}, report)), CodeTooManyPages},
		{"pages together", only(Merge(ctx, Limits{Pages: 5}, letter, report)), CodeTooManyPages},
		{"output", only(Optimise(ctx, Limits{OutputBytes: 1000}, report)), CodeTooLarge},
		{"objects", only(Optimise(ctx, Limits{Objects: 5}, report)), CodeTooLarge},
		{"streams", only(Optimise(ctx, Limits{StreamBytes: 10}, inflating(t, 1))), CodeUnreadable},
	} {
		if fault.Code(c.err) != c.want {
			t.Errorf("%s: got %v, want %s", c.name, c.err, c.want)
		}
	}
	if _, err := Split(ctx, l, report, 0); fault.Code(err) != CodePages {
		t.Errorf("split by 0: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Optimise(ended, l, report); !errors.Is(err, context.Canceled) || fault.IsInvalid(err) {
		t.Errorf("after the end: %v", err)
	}
}

// pdfcpu would write a directory of its own, and read it.
func TestNothingIsWrittenBesides(t *testing.T) {
	home, _ := os.UserConfigDir()
	before, _ := os.ReadDir(filepath.Join(home, "pdfcpu"))
	if _, err := Optimise(t.Context(), Limits{}, letter); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadDir(filepath.Join(home, "pdfcpu")); len(after) != len(before) {
		t.Errorf("%v were written", after)
	}
}
