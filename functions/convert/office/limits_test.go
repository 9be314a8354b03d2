package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
)

// engines are the processes of LibreOffice that this one has started.
func engines(t *testing.T) (pids []int) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, stat := range stats {
		line, _ := os.ReadFile(stat) // a process may go while we look
		fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(stat), "cmdline"))
		if len(fields) < 2 || fields[1] != strconv.Itoa(os.Getpid()) {
			continue
		}
		if strings.Contains(string(command), "child-worker:") || strings.Contains(string(command), "soffice.bin") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// long is a document that keeps LibreOffice busy for many seconds.
func long() string {
	return flat("text", "<office:body><office:text>"+strings.Repeat("<text:p>"+strings.Repeat("一个很长的段落 and more of it ", 40)+"</text:p>", 20_000)+"</office:text></office:body>")
}

func limitOf(err error) string {
	var l *child.LimitError
	if errors.As(err, &l) {
		return l.Limit
	}
	return ""
}

func TestLimitsOfADocument(t *testing.T) {
	p := open(t, nil)
	for name, c := range map[string]struct {
		change func(*Limits)
		limit  string
		code   string
	}{
		"wall":   {func(l *Limits) { l.Wall = 700 * time.Millisecond }, child.LimitWall, ""},
		"cpu":    {func(l *Limits) { l.CPU = 500 * time.Millisecond }, child.LimitCPU, CodeTooHeavy},
		"memory": {func(l *Limits) { l.Memory = 150 << 20 }, child.LimitMemory, CodeTooHeavy},
	} {
		limits, j := p.config.Limits, job(t, "long.fodt", long())
		c.change(&limits)
		h, err := p.take(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		h.meter.limits = limits
		_, err = h.convert(t.Context(), j, limits)
		if limitOf(err) != c.limit || fault.Code(err) != c.code {
			t.Errorf("%s: got %v (%q, code %q)", name, err, limitOf(err), fault.Code(err))
		}
		if _, err := os.Stat(j.Out); !os.IsNotExist(err) {
			t.Errorf("%s: something was made: %v", name, err)
		}
		<-h.done
	}
}

func TestLimitsOfLibreOfficeByItself(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Limits)
		limit  string
		code   string
	}{
		"wall": {func(l *Limits) { l.Wall = 700 * time.Millisecond }, child.LimitWall, ""},
		"cpu":  {func(l *Limits) { l.CPU = 500 * time.Millisecond }, child.LimitCPU, CodeTooHeavy},
	} {
		p := open(t, nil)
		c.change(&p.config.Limits)
		if err := p.cold(t.Context(), job(t, "long.fodt", long())); limitOf(err) != c.limit || fault.Code(err) != c.code {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnEngineThatStandsStill(t *testing.T) {
	p := open(t, func(c *Config) { c.Silence = time.Second })
	eventually(t, func() bool { return len(engines(t)) == 1 })
	h, err := p.take(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range engines(t) {
		syscall.Kill(pid, syscall.SIGSTOP)
	}
	_, err = h.convert(t.Context(), job(t, "a.txt", "a"), p.config.Limits)
	if limitOf(err) != LimitSilence || fault.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
	<-h.done
}

func TestAWorkerThatIsKilled(t *testing.T) {
	p := open(t, nil)
	for name, c := range map[string]struct {
		signal syscall.Signal
		fails  bool
	}{
		// As the kernel does without memory: it would do so again at once.
		"killed": {syscall.SIGKILL, true},
		// As LibreOffice does by itself: it gets a second chance.
		"crashed": {syscall.SIGABRT, false},
	} {
		h, err := p.take(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		p.idle = []*hand{h} // the document is going to have this one
		pid := oldest(t)
		syscall.Kill(pid, syscall.SIGSTOP)
		j := job(t, "a.fodt", writing("here"))
		j.Trusted = true
		result := make(chan error)
		go func() { result <- p.Convert(t.Context(), j) }()
		eventually(t, func() bool { h.meter.mu.Lock(); defer h.meter.mu.Unlock(); return h.meter.busy })
		syscall.Kill(pid, c.signal)
		syscall.Kill(pid, syscall.SIGCONT)
		err = <-result
		if c.fails && (!errors.Is(err, ErrCrashed) || fault.IsInvalid(err)) || !c.fails && err != nil {
			t.Errorf("%s: got %v", name, err)
		}
		<-h.done
		convert(t, p, job(t, "next.fodt", writing("next")))
	}
}

// oldest is the engine that was started first, of those that are there. Numbers of
// processes begin anew one day, so the time counts.
func oldest(t *testing.T) int {
	t.Helper()
	pids := engines(t)
	if len(pids) == 0 {
		t.Fatal("there is no engine")
	}
	return slices.MinFunc(pids, func(a, b int) int { return started(t, a) - started(t, b) })
}

// started is when a process began, in ticks since the machine did.
func started(t *testing.T, pid int) int {
	t.Helper()
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
	ticks, err := strconv.Atoi(fields[19]) // starttime, the 22nd of proc(5)
	if err != nil {
		t.Fatal(err)
	}
	return ticks
}

func TestTheCallerGoesAway(t *testing.T) {
	p := open(t, nil)
	eventually(t, func() bool { return len(engines(t)) == 1 })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, func() bool { return len(engines(t)) == 2 })
		cancel()
	}()
	if err := p.Convert(ctx, job(t, "long.fodt", long())); !errors.Is(err, ctx.Err()) || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
	if err := p.Convert(ctx, job(t, "a.txt", "a")); !errors.Is(err, ctx.Err()) {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p := open(t, func(c *Config) { c.Workers = 2 })
	trusted := job(t, "a.txt", "a")
	trusted.Trusted = true
	for _, j := range []Job{trusted, job(t, "b.txt", "b")} {
		convert(t, p, j)
	}
	result := make(chan error)
	go func() { result <- p.Convert(t.Context(), job(t, "long.fodt", long())) }()
	eventually(t, func() bool { return len(p.slots) == 1 })
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := <-result; err == nil || fault.IsInvalid(err) {
		t.Errorf("the document in work: %v", err)
	}
	if pids := engines(t); len(pids) > 0 {
		t.Errorf("left processes %v", pids)
	}
	if names, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*")); len(names) > 0 {
		t.Errorf("left %v", names)
	}
	if sockets, _ := filepath.Glob(filepath.Join(meetingPlace, "OSL_PIPE_*SingleOfficeIPC_"+socketName(filepath.Join(p.dir, "profile")))); len(sockets) > 0 {
		t.Errorf("left %v", sockets)
	}
	if err := p.Convert(t.Context(), job(t, "late.txt", "a")); err == nil {
		t.Error("a closed pool converts")
	}
}

func TestHowOftenAWorkerIsUsed(t *testing.T) {
	p := open(t, func(c *Config) { c.Uses = 3 })
	var seen []int
	for _, trusted := range []bool{true, true, true, true, false, true, false} {
		j := job(t, "a.txt", "a")
		j.Trusted = trusted
		convert(t, p, j)
		uses := 0 // of the worker that is kept
		if len(p.idle) == 1 {
			uses = p.idle[0].uses
		}
		seen = append(seen, uses)
	}
	if diff := cmp.Diff([]int{1, 2, 0, 1, 1, 2, 2}, seen); diff != "" {
		t.Error(diff)
	}
	// One that dies while it waits is not used.
	idle := p.idle[0]
	idle.stop()
	<-idle.done
	j := job(t, "a.txt", "a")
	j.Trusted = true
	convert(t, p, j)
	if len(p.idle) != 1 || p.idle[0] == idle {
		t.Error("the dead worker was used")
	}
}

func TestWhenAWorkerIsReplaced(t *testing.T) {
	c := Config{Uses: 20, Resident: 600, Age: time.Hour}
	for _, w := range []struct {
		uses     int
		resident int64
		age      time.Duration
		want     bool
	}{
		{1, 100, time.Minute, true},
		{19, 600, time.Hour, true},
		{20, 100, time.Minute, false},
		{1, 601, time.Minute, false},
		{1, 100, time.Hour + 1, false},
	} {
		if got := c.fit(w.uses, w.resident, w.age); got != w.want {
			t.Errorf("%+v: got %v", w, got)
		}
	}
}

func TestTheMeter(t *testing.T) {
	begin := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return begin.Add(d) }
	m := meter{limits: Limits{CPU: 10 * time.Second, Silence: 5 * time.Second, Memory: 100}}
	for i, step := range []struct {
		start bool
		at    time.Duration
		used  child.Usage
		want  string
	}{
		{false, 0, child.Usage{CPU: time.Second, Resident: 50}, ""},
		{false, time.Hour, child.Usage{CPU: time.Second, Resident: 200}, ""}, // idle, it may stand still
		{true, time.Hour, child.Usage{CPU: time.Second, Resident: 50}, ""},
		{false, time.Hour + 4*time.Second, child.Usage{CPU: 2 * time.Second, Resident: 100}, ""},
		{false, time.Hour + 9*time.Second, child.Usage{CPU: 2 * time.Second, Resident: 100}, ""},
		{false, time.Hour + 9*time.Second + 1, child.Usage{CPU: 2 * time.Second, Resident: 100}, LimitSilence},
		{false, time.Hour + 10*time.Second, child.Usage{CPU: 11 * time.Second, Resident: 100}, ""},
		{false, time.Hour + 10*time.Second, child.Usage{CPU: 11*time.Second + 1, Resident: 100}, child.LimitCPU},
		{true, 2 * time.Hour, child.Usage{CPU: 12 * time.Second, Resident: 101}, child.LimitMemory},
	} {
		if step.start {
			m.start(after(step.at))
		}
		if got := limitOf(m.look(step.used, after(step.at))); got != step.want {
			t.Errorf("step %d: got %q, want %q", i, got, step.want)
		}
	}
}

func TestNamesThatLibreOfficeSees(t *testing.T) {
	for name, want := range map[string]string{
		"": "document.docx", "..": "document.docx", "关于 通知": "关于 通知.docx", "a/../b": "a_.._b.docx", "a\x00b\n": "a_b_.docx",
		strings.Repeat("字", 100): strings.Repeat("字", 66) + ".docx",
	} {
		if got := (Job{Name: name, From: "docx"}).fileName(); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestConfigurationThatIsNone(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"OFFICE_WORKERS": func(c *Config) { c.Workers = -1 },
		"OFFICE_USES":    func(c *Config) { c.Uses = 0 },
		"OFFICE_WALL":    func(c *Config) { c.Wall = 0 },
		"OFFICE_PROGRAM": func(c *Config) { c.Program = "program" },
	} {
		if _, err := Open(t.Context(), config(t, change)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := Open(t.Context(), config(t, func(c *Config) { c.Program = "/nowhere" }))
	if err == nil || !strings.Contains(err.Error(), "OFFICE_PROGRAM: no LibreOffice there") {
		t.Errorf("got %v", err)
	}
}

func TestTheEngineHasAName(t *testing.T) {
	p := open(t, nil)
	fonts, err := Fonts()
	if err != nil || len(fonts) != 64 {
		t.Fatalf("got %q, %v", fonts, err)
	}
	if got := p.Engine(); !strings.HasPrefix(got, "LibreOffice ") || !strings.HasSuffix(got, ", fonts "+fonts[:16]) {
		t.Errorf("got %q", got)
	}
}

// Where LibreOfficeKit is missing, every document takes a start of LibreOffice.
func TestWithoutTheKit(t *testing.T) {
	p := open(t, nil)
	p.kit = false
	if got := words(t, convert(t, p, job(t, "a.fodt", writing("here")))); got != "here" {
		t.Errorf("got %q", got)
	}
	j := job(t, "sealed.xlsx", xlsx(t, "机密", "开门"))
	if err := p.Convert(t.Context(), j); fault.Code(err) != CodeUnreadable {
		t.Errorf("got %v", err)
	}
	j.Password = "开门"
	if err := p.Convert(t.Context(), j); fault.Code(err) != CodeEncrypted {
		t.Errorf("got %v", err)
	}
}
