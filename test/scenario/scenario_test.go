// Package scenario tells the stories that cross functions, over the real
// one-machine runtime: real store, real database, real engines, real processes.
package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/test/drive"
)

var root, program string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "scenario")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if root, err = drive.Root(); err == nil {
		program, err = drive.Build(context.Background(), root, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// up starts a runtime that stops with the test.
func up(t *testing.T, args ...string) *drive.Runtime { return upIn(t, root, args...) }

// upIn starts a runtime on the functions of a tree.
func upIn(t *testing.T, root string, args ...string) *drive.Runtime {
	t.Helper()
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(dir, 0o755)
	t.Cleanup(func() { os.RemoveAll(dir) })
	r, err := drive.Up(limit(t), root, program, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Down()
		if t.Failed() {
			told, _ := r.Local(context.Background(), "events", "--limit", "1000")
			dead, _ := r.Local(context.Background(), "dead", "list")
			t.Logf("events:\n%s\ndead letters:\n%s", told, dead)
			troubles, _ := exec.Command("grep", "-rhE", `"level":"(WARN|ERROR)"`, filepath.Join(dir, "logs")).Output()
			t.Logf("the runtime said:\n%s\nand its logs:\n%s", r.Output, troubles)
		}
	})
	return r
}

func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// memo is the shortest bundled recording, a video.
func memo(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "local/samples/memo-en.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// synthesise makes a media file with ffmpeg.
func synthesise(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if text, err := exec.Command("ffmpeg", append(append([]string{"-v", "error"}, args...), path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, text)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// kinds counts the events about a recording by type, each id once: an event
// that is sent again is the same event.
func kinds(t *testing.T, r *drive.Runtime, id string) map[string]int {
	t.Helper()
	text, err := r.Local(limit(t), "events", "--json", "--subject", id, "--limit", "1000")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	count, seen := map[string]int{}, map[string]bool{}
	for line := range strings.Lines(text) {
		var e struct{ ID, Type string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if !seen[e.ID] {
			count[strings.TrimSuffix(strings.TrimPrefix(e.Type, "dev.xietong."), ".v1")]++
		}
		seen[e.ID] = true
	}
	return count
}

func TestARecordingBecomesMinutes(t *testing.T) {
	r, ctx := up(t), limit(t)
	id, err := r.Submit(ctx, "语音备忘 <script>", "备忘 录.mp4", "en", memo(t))
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Await(ctx, id, "summarised")
	if err != nil {
		t.Fatal(err)
	}
	if m.Title != "语音备忘 <script>" || m.Language != "en" || len(m.Summary.Document.Abstract) == 0 {
		t.Errorf("got %+v", m)
	}
	want := map[string]int{"recording.uploaded": 1, "recording.cut": 1, "chunk.cut": 1, "chunk.transcribed": 1,
		"recording.heard": 1, "recording.transcribed": 1, "recording.summarised": 1}
	if diff := cmp.Diff(want, kinds(t, r, id)); diff != "" {
		t.Errorf("the story's events: %s", diff)
	}
	for format, sign := range map[string]string{"md": "# 语音备忘", "txt": "", "srt": "00:00:", "vtt": "WEBVTT", "json": `"segments"`} {
		var text string
		if status, err := r.Call(ctx, "GET", "/minutes/"+id+"/export?format="+format, nil, &text); status != 200 || err != nil || !strings.Contains(text, sign) {
			t.Errorf("export as %s: %d %v\n%s", format, status, err, text)
		}
	}
	if status, err := r.Call(ctx, "DELETE", "/minutes/"+id, nil, nil); status/100 != 2 || err != nil {
		t.Fatalf("delete: %d %v", status, err)
	}
	nothingIsLeftOf(t, r, id)
}

// nothingIsLeftOf waits until no object of the recording remains.
func nothingIsLeftOf(t *testing.T, r *drive.Runtime, id string) {
	t.Helper()
	store := filepath.Join(r.State, "store")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		text, err := exec.Command("find", store, "-type", "f", "(", "-path", "*/recordings/*", "-o", "-path", "*/artifacts/*", ")").Output()
		if err != nil {
			t.Fatal(err)
		}
		if len(strings.TrimSpace(string(text))) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("objects are left after deletion:\n%s", text)
		}
	}
}

func TestBadInputEndsWithAReasonAndTheUploadStays(t *testing.T) {
	r, ctx := up(t), limit(t)
	video := memo(t)
	for name, c := range map[string]struct {
		file string
		body []byte
		code string
	}{
		"empty file":          {"empty.wav", nil, "empty_file"},
		"text named wav":      {"notes.wav", []byte("this is not a recording\n"), "not_media"},
		"truncated video":     {"cut.mp4", video[:len(video)/2], "unreadable"},
		"silence":             {"silence.wav", synthesise(t, "s.wav", "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "5"), "no_speech"},
		"video without sound": {"mute.mp4", synthesise(t, "m.mp4", "-f", "lavfi", "-i", "color=black:s=64x64:r=5", "-t", "2"), "no_sound"},
	} {
		t.Run(name, func(t *testing.T) {
			id, err := r.Submit(ctx, name, c.file, "en", c.body)
			if err != nil {
				t.Fatal(err)
			}
			m, err := r.Await(ctx, id, "failed")
			if err != nil || m.Refusal.Code != c.code || m.Refusal.Reason == "" {
				t.Fatalf("got %+v (%v), want the code %s and a reason", m.Refusal, err, c.code)
			}
			text, err := r.Local(ctx, "dead", "list", "--reason", c.code)
			if err != nil || !strings.Contains(text, c.code) {
				t.Errorf("no dead letter says %s: %v\n%s", c.code, err, text)
			}
			if _, err := r.Blob.Head(ctx, "recordings", id+"/"+c.file, ""); err != nil {
				t.Errorf("the upload: %v", err)
			}
		})
	}
}

func TestALanguageThatTheEngineLacksWaitsForATranscript(t *testing.T) {
	r, ctx := up(t), limit(t)
	id, err := r.Submit(ctx, "周例会", "例会.mp4", "zh", memo(t))
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Await(ctx, id, "waiting")
	if err != nil || m.Refusal.Code != "language_unserved" || !strings.Contains(m.Refusal.Reason, "TRANSCRIBE_URL") {
		t.Fatalf("got %+v, %v", m, err)
	}
	srt, err := os.ReadFile(filepath.Join(root, "local/samples/meeting-zh.srt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Upload(ctx, id+"/文字稿.srt", srt, map[string]string{"language": "zh"}); err != nil {
		t.Fatal(err)
	}
	for m.State != "summarised" {
		if m, err = r.Await(ctx, id, "summarised", "waiting"); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.Summary.Document.Actions) == 0 || m.Language != "zh" {
		t.Errorf("the summary of the transcript has no actions: %+v", m.Summary.Document)
	}
}

func TestANoticeThatComesTwiceChangesNothing(t *testing.T) {
	r, ctx := up(t), limit(t)
	id, err := r.Submit(ctx, "memo", "memo.mp4", "en", memo(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Await(ctx, id, "summarised"); err != nil {
		t.Fatal(err)
	}
	before := kinds(t, r, id)
	text, err := r.Local(ctx, "events", "--json", "--subject", id+"/memo.mp4")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	notice := filepath.Join(t.TempDir(), "notice.json")
	os.WriteFile(notice, []byte(text), 0o600)
	if text, err := r.Local(ctx, "send", notice); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	// Each function sends its recorded events again, to the end of the story.
	await(t, "the repeated story", func() bool {
		text, _ := r.Local(ctx, "events", "--json", "--subject", id, "--type", "dev.xietong.recording.summarised.v1")
		return strings.Count(text, "\n") == 2
	})
	if diff := cmp.Diff(before, kinds(t, r, id)); diff != "" {
		t.Errorf("after the second notice: %s", diff)
	}
	reused := filepath.Join(t.TempDir(), "reused.json")
	os.WriteFile(reused, []byte(strings.Replace(text, `"size":`, `"size":1`, 1)), 0o600)
	if text, err := r.Local(ctx, "send", reused); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	await(t, "a dead letter for the id that was used again", func() bool {
		text, _ := r.Local(ctx, "dead", "list", "--reason", "id_reused")
		return strings.Contains(text, "id_reused")
	})
}

func TestAFunctionThatIsKilledAtWorkLosesNothing(t *testing.T) {
	r, ctx := up(t), limit(t)
	id, err := r.Submit(ctx, "memo", "memo.mp4", "en", memo(t))
	if err != nil {
		t.Fatal(err)
	}
	kills := 0
	for kills < 3 {
		for _, pid := range processes(t, "bin/transcribe", r.State) {
			if kills < 3 && syscall.Kill(pid, syscall.SIGKILL) == nil {
				kills++
				time.Sleep(700 * time.Millisecond)
			}
		}
	}
	if _, err := r.Await(ctx, id, "summarised"); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"chunk.cut": 1, "recording.heard": 1, "recording.transcribed": 1}
	got := kinds(t, r, id)
	for kind, n := range want {
		if got[kind] < n {
			t.Errorf("%d of %s, want %d: %v", got[kind], kind, n, got)
		}
	}
}

func TestADatabaseThatIsKilledComesBackAndNothingIsLost(t *testing.T) {
	r, ctx := up(t), limit(t)
	ids := make([]string, 12)
	for i := range ids {
		subtitles := fmt.Sprintf("1\n00:00:01,000 --> 00:00:09,000\n第 %d 次例会，张伟下周五以前提交方案。\n", i)
		// As an app does: what was not answered well is sent again.
		await(t, "an upload", func() (ok bool) {
			var err error
			ids[i], err = r.Submit(ctx, "例会", "例会.srt", "zh", []byte(subtitles))
			return err == nil
		})
		if i%4 == 1 {
			killDatabase(t, r, []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL, syscall.SIGQUIT}[i/4])
		}
	}
	for _, id := range ids {
		var m drive.Minutes
		await(t, "minutes of an upload that was answered well", func() (ok bool) {
			var err error
			m, err = r.Await(ctx, id, "summarised")
			return err == nil
		})
		if len(m.Summary.Document.Actions) != 1 {
			t.Errorf("minutes %s have %d actions, want 1", id, len(m.Summary.Document.Actions))
		}
	}
}

func killDatabase(t *testing.T, r *drive.Runtime, s syscall.Signal) {
	t.Helper()
	servers := processes(t, "postgres\x00-D", r.State)
	if len(servers) != 1 {
		t.Fatalf("%d database servers, want 1", len(servers))
	}
	if err := syscall.Kill(servers[0], s); err != nil {
		t.Fatal(err)
	}
}

func TestARuntimeThatIsKilledLeavesNothingRunningAndGoesOn(t *testing.T) {
	r, ctx := up(t), limit(t)
	id, err := r.Submit(ctx, "memo", "memo.mp4", "en", memo(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Await(ctx, id, "uploaded", "transcribing"); err != nil {
		t.Fatal(err)
	}
	r.Kill()
	await(t, "nothing left running", func() bool { return len(processes(t, "", r.State)) == 0 })
	again, err := drive.Up(ctx, root, program, r.State)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Down()
	if _, err := again.Await(ctx, id, "summarised"); err != nil {
		t.Error(err)
	}
}

func TestAPoisonEventIsADeadLetterAndCanBeRedriven(t *testing.T) {
	r, ctx := up(t), limit(t)
	poison := filepath.Join(t.TempDir(), "poison.json")
	os.WriteFile(poison, []byte(`{"specversion":"1.0","id":"poison-1","source":"/apps/office","type":"dev.xietong.recording.uploaded.v1",
		"datacontenttype":"application/json","data":{"recording":"UPPER"}}`), 0o600)
	if text, err := r.Local(ctx, "send", poison); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	list := func() string {
		text, err := r.Local(ctx, "dead", "list", "--trigger", "transcribe-recording-uploaded")
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return text
	}
	await(t, "a dead letter that names the field", func() bool { return strings.Contains(list(), "field upload is missing") })
	text, err := r.Local(ctx, "dead", "redrive", "--all", "--reason", "field upload is missing", "--who", "operator", "--why", "a test")
	if err != nil || strings.HasPrefix(text, "0") {
		t.Fatalf("%v\n%s", err, text)
	}
	await(t, "refused again", func() bool { return strings.Contains(list(), "field upload is missing") })
	seq := strings.Fields(list())[0]
	if text, err := r.Local(ctx, "dead", "show", seq); err != nil || !strings.Contains(text, "poison-1") || !strings.Contains(text, "/apps/office") {
		t.Errorf("%v\n%s", err, text)
	}
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// processes are the processes whose command line or working directory names the
// state, and whose command line contains a part.
func processes(t *testing.T, part, state string) []int {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, path := range paths {
		text, err := os.ReadFile(path)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && pid != os.Getpid() && strings.Contains(string(text), state) && strings.Contains(string(text), part) {
			pids = append(pids, pid)
		}
	}
	return pids
}
