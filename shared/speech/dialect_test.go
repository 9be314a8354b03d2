package speech

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// recorded is one answer of an engine in its own shape, and what we make of it.
type recorded struct {
	From    string // where the shape comes from
	Dialect string
	Ask     struct {
		Language string
		LengthMS int64 `json:"length_ms"`
		Terms    []string
		Speakers bool
		Prompt   string // that the operator set
		HotWords string
	}
	Path   string
	Sent   map[string][]string // the form that the engine must get
	Status int
	Type   string
	Answer json.RawMessage
	Want   *struct {
		Language string
		Segments []Segment
	}
	Error string
}

func TestEnginesAsTheyAnswer(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(file, "testdata/"), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r recorded
			if err := json.Unmarshal(text, &r); err != nil || r.From == "" {
				t.Fatal("want a case that says where its shape is from:", err)
			}
			r.replay(t)
		})
	}
}

func (r recorded) replay(t *testing.T) {
	o := engineThat(t, func(w http.ResponseWriter, req *http.Request) {
		r.check(t, req)
		w.Header().Set("Content-Type", r.Type)
		w.WriteHeader(r.Status)
		var plain string
		if json.Unmarshal(r.Answer, &plain) == nil {
			io.WriteString(w, plain)
			return
		}
		w.Write(r.Answer)
	})
	o.Dialect = DialectName(r.Dialect).Dialect()
	o.Model, o.Prompt, o.HotWords = "whisper-1", r.Ask.Prompt, r.Ask.HotWords
	got, err := o.Hear(t.Context(), Speech{WAV: second.WAV, LengthMS: r.Ask.LengthMS, Language: r.Ask.Language, Terms: r.Ask.Terms, Speakers: r.Ask.Speakers})
	if r.Want == nil {
		if err == nil || !strings.Contains(err.Error(), r.Error) {
			t.Fatalf("got %v, %v, want the error %q", got, err, r.Error)
		}
		return
	}
	want := Heard{Engine: Model{Name: r.Dialect, Model: "whisper-1"}, Language: r.Want.Language, Segments: r.Want.Segments}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v (-want +got)\n%s", err, diff)
	}
}

// check holds what we sent against what the engine takes.
func (r recorded) check(t *testing.T, req *http.Request) {
	if err := req.ParseMultipartForm(1 << 20); err != nil {
		t.Error(err)
		return
	}
	if diff := cmp.Diff(r.Sent, map[string][]string(req.MultipartForm.Value)); r.Sent != nil && diff != "" {
		t.Errorf("the form (-want +got)\n%s", diff)
	}
	for name, files := range req.MultipartForm.File {
		if want := map[bool]string{true: "files", false: "file"}[r.Dialect == "sensevoice"]; name != want || len(files) != 1 || files[0].Size != int64(len(second.WAV)) {
			t.Errorf("the sound stands in %s, %d times", name, len(files))
		}
	}
	if req.URL.Path != r.Path {
		t.Errorf("asked at %s, want %s", req.URL.Path, r.Path)
	}
}

func TestDialectsAreChosenByName(t *testing.T) {
	read := func(name string) (Config, error) {
		var c Config
		return c, conf.Read(func(variable string) string {
			return map[string]string{"TRANSCRIBE_URL": "http://engine.example", "TRANSCRIBE_DIALECT": name}[variable]
		}, &c)
	}
	for name, want := range map[string]string{"": "common", "whispercpp": "whispercpp"} {
		if c, err := read(name); err != nil || c.Kind().Name != want {
			t.Errorf("%q: %v, %v", name, c.Kind().Name, err)
		}
	}
	if _, err := read("whisper"); err == nil || !strings.Contains(err.Error(), `TRANSCRIBE_DIALECT`) || !strings.Contains(err.Error(), "want one of common, diarized") {
		t.Errorf("got %v, want the names that there are", err)
	}
	if kind := (Config{}).Kind(); kind.Name != "pocketsphinx" {
		t.Errorf("without a URL: %s", kind.Name)
	}
}

// Chunks fit what an engine takes, in bytes and in seconds.
func TestChunksFit(t *testing.T) {
	for d, want := range map[*Dialect]time.Duration{
		{Longest: time.Minute, MaxBytes: openAIBytes}:     time.Minute,
		{Longest: time.Hour, MaxBytes: openAIBytes}:       819 * time.Second, // 13 min 39 s
		{Longest: time.Minute, MaxBytes: WAVHeader + 320}: 0,
	} {
		if got := d.LongestChunk(); got != want {
			t.Errorf("%+v: %s, want %s", d, got, want)
		}
	}
	o := engineThat(t, says(200, "application/json", `{"text":""}`))
	o.Dialect = dialects()["vllm"]
	o.Dialect.MaxBytes = int64(len(second.WAV)) - 1
	if _, err := o.Hear(t.Context(), second); fault.Code(err) != CodeEngine || !strings.Contains(err.Error(), "MAX_CHUNK") {
		t.Errorf("got %v, want a refusal that names MAX_CHUNK", err)
	}
}

// As many terms as fit go in, the first ones first.
func TestTermsAreBounded(t *testing.T) {
	all := slices.Repeat([]string{"滨海新区"}, 100)
	o := &OpenAI{Prompt: "会议。", HotWords: "东湖"}
	for dialect, want := range map[string]int{"whispercpp": 3 + 4*25 + 2*25, "speaches": 3, "json": 3 + 4*25 + 2*25} {
		o.Dialect = dialects()[dialect]
		for _, f := range o.fields(Speech{Terms: all}) {
			if n := len([]rune(f.Value)); f.Name == "prompt" && n > want {
				t.Errorf("%s: a prompt of %d characters, want at most %d", dialect, n, want)
			}
			if n := len([]rune(f.Value)); f.Name == "hotwords" && (n > 1000 || n < 490) {
				t.Errorf("%s: hot words of %d characters", dialect, n)
			}
		}
	}
	if got := joined("", []string{"一", "二", "三"}, ",", 3, func(s string) int { return len([]rune(s)) }); got != "一,二" {
		t.Errorf("joined %q", got)
	}
}

func TestRetryAfter(t *testing.T) {
	const now = "Fri, 27 Nov 2026 10:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"": busyWait, "7": 7 * time.Second, "0": busyWait, "-3": busyWait, "86400": busyWait, "soon": busyWait,
		"Fri, 27 Nov 2026 10:00:40 GMT": 40 * time.Second, "Fri, 27 Nov 2026 09:00:00 GMT": busyWait, "Sat, 28 Nov 2026 10:00:00 GMT": busyWait,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}, "Date": {now}}); got != want {
			t.Errorf("Retry-After: %s: %s, want %s", value, got, want)
		}
	}
}

func TestInventedTimes(t *testing.T) {
	words := func(ends ...int64) (all []Word) {
		from := int64(0)
		for _, end := range ends {
			all = append(all, Word{Text: "好的", StartMS: from, EndMS: end})
			from = end
		}
		return all
	}
	for name, c := range map[string]struct {
		words []Word
		kept  bool
	}{
		"as people speak":  {words(300, 500, 900, 1100, 1600), true},
		"evenly spread":    {words(300, 600, 900, 1201, 1500), false},
		"too few to tell":  {words(300, 600, 900, 1200), true},
		"all at one place": {words(0, 0, 0, 0, 0), true},
	} {
		got := markInvented([]Segment{{EndMS: 1600, Text: "好的好的好的好的好的", Words: c.words}})
		if kept := got[0].Words != nil; kept != c.kept || got[0].Timing != TimingMeasured {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
