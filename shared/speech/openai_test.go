package speech

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

// engineThat starts an HTTP engine that answers every question alike.
func engineThat(t *testing.T, answer http.HandlerFunc) *OpenAI {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &OpenAI{URL: server.URL, Model: "paraformer", Wall: 5 * time.Second, MaxAnswer: 1 << 16, Client: &http.Client{CheckRedirect: noRedirect}}
}

func says(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

var second = Speech{WAV: WAV(make([]int16, SampleRate)), LengthMS: 1000, Language: "zh-CN"}

func TestOpenAIAsks(t *testing.T) {
	asked := map[string][]string{}
	var header http.Header
	var file []byte
	var path string
	o := engineThat(t, func(w http.ResponseWriter, r *http.Request) {
		path, header = r.URL.Path, r.Header
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Error(err)
		}
		for name, values := range r.MultipartForm.Value {
			asked[name] = values
		}
		part, _, err := r.FormFile("file")
		if err != nil {
			t.Error(err)
			return
		}
		file, _ = io.ReadAll(part)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"text":""}`)
	})
	o.URL += "/"
	o.Key, o.Prompt, o.HotWords = "s3cret", "王主任主持会议。", "东湖新村"
	if _, err := o.Hear(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"model": {"paraformer"}, "language": {"zh"}, "prompt": {"王主任主持会议。"}, "hotwords": {"东湖新村"},
		"response_format": {"verbose_json"}, "temperature": {"0"}, "timestamp_granularities[]": {"word", "segment"}}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if path != "/v1/audio/transcriptions" || header.Get("Authorization") != "Bearer s3cret" || !cmp.Equal(file, second.WAV) {
		t.Errorf("asked at %s with %q and %d bytes", path, header.Get("Authorization"), len(file))
	}
}

func TestOpenAIAnswers(t *testing.T) {
	p := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		answer   string
		language string
		want     []Segment
	}{
		"as documented": {
			`{"task":"transcribe","language":"chinese","duration":1.0,"text":"你好","segments":[{"id":0,"start":0.1,"end":0.9,"text":"你好","avg_logprob":-0.105}],
			  "words":[{"word":"你","start":0.1,"end":0.5},{"word":"好","start":0.5,"end":0.9}]}`,
			"zh", []Segment{{StartMS: 100, EndMS: 900, Text: "你好", Confidence: p(0.9),
				Words: []Word{{Text: "你", StartMS: 100, EndMS: 500}, {Text: "好", StartMS: 500, EndMS: 900}}}},
		},
		"words within segments": {
			`{"language":"english","text":" hello there","segments":[{"start":0,"end":16.08,"text":" hello there",
			  "words":[{"word":" hello","start":0.1,"end":0.5,"probability":0.75},{"word":" there","start":0.5,"end":16.08,"probability":0.5}]}]}`,
			"en", []Segment{{StartMS: 0, EndMS: 16080, Text: " hello there", Words: []Word{
				{Text: "hello", StartMS: 100, EndMS: 500, Confidence: p(0.75)}, {Text: "there", StartMS: 500, EndMS: 16080, Confidence: p(0.5)}}}},
		},
		"numbers as strings, invented probability": {
			`{"duration":"17.653125","language":"en","text":"hello","segments":[{"id":42,"start":"0.25","end":"0.75","text":"hello","avg_logprob":-1.0,"no_speech_prob":null}]}`,
			"en", []Segment{{StartMS: 250, EndMS: 750, Text: "hello"}},
		},
		"only a text":         {`{"text":"你好","usage":{"type":"duration","seconds":1}}`, "", []Segment{{EndMS: 1000, Text: "你好", Timing: TimingChunk}}},
		"no segments":         {`{"text":"你好","segments":[],"language":"unknown"}`, "", []Segment{{EndMS: 1000, Text: "你好", Timing: TimingChunk}}},
		"segments, no times":  {`{"segments":[{"text":"hello"},{"text":"there"}]}`, "", []Segment{{EndMS: 1000, Text: "hello there", Timing: TimingChunk}}},
		"null times":          {`{"text":"hello","segments":[{"start":null,"end":null,"text":"hello"}]}`, "", []Segment{{EndMS: 1000, Text: "hello", Timing: TimingChunk}}},
		"nothing was said":    {`{"text":"","segments":[]}`, "", nil},
		"no error, as a null": {`{"error":null,"text":""}`, "", nil},
	} {
		got, err := engineThat(t, says(200, "application/json; charset=utf-8", c.answer)).Hear(t.Context(), second)
		want := Heard{Engine: Model{Name: "openai", Model: "paraformer"}, Language: c.language, Segments: c.want}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

func TestOpenAIFails(t *testing.T) {
	const again, never, later = "tried again", "refused", "busy"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   string
		want   string
	}{
		"an error under 200":    {says(200, "application/json", `{"error":{"message":"audio too long"}}`), again, "200 with an error: {\"message\":\"audio too long\"}"},
		"no field that we know": {says(200, "application/json", `{"reply":"hello"}`), again, "neither text nor segments"},
		"cut off":               {says(200, "application/json", `{"text":"hel`), again, "unexpected end"},
		"a list":                {says(200, "application/json", `["hello"]`), again, "not what it should be"},
		"a page of a proxy":     {says(200, "text/html", `<h1>Welcome</h1>`), again, `answered "text/html", want application/json: <h1>Welcome</h1>`},
		"no end of it":          {says(200, "application/json", strings.Repeat(" ", 1<<17)), again, "over 65536 bytes (MAX_ANSWER)"},
		"a time that is none":   {says(200, "application/json", `{"segments":[{"start":"now","end":1,"text":"a"}]}`), again, "want seconds"},
		"crashed":               {says(500, "text/plain", "CUDA out of memory"), again, "500 Internal Server Error: CUDA out of memory"},
		"wrong key":             {says(401, "application/json", `{}`), again, "set TRANSCRIBE_KEY"},
		"wrong address":         {says(404, "text/plain", "File Not Found (/v1)"), again, "TRANSCRIBE_URL must be the address up to /v1"},
		"does not take it":      {says(400, "text/plain", "Invalid request"), never, "400 Bad Request: Invalid request"},
		"too large for it":      {says(413, "text/plain", "over 25 MB"), never, "over 25 MB"},
		"moved":                 {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", 307) }, again, "the engine redirects"},
		"has no time": {func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(503)
		}, later, "busy (503"},
	} {
		_, err := engineThat(t, c.answer).Hear(t.Context(), second)
		if err == nil || !strings.Contains(err.Error(), c.want) || kindOf(err) != c.kind {
			t.Errorf("%s: got %v, %v; want %s, %q", name, kindOf(err), err, c.kind, c.want)
		}
		if after, busy := fault.RetryAfter(err); busy && after != 7*time.Second {
			t.Errorf("%s: come again after %s, want what the engine says", name, after)
		}
	}
}

func kindOf(err error) string {
	_, busy := fault.RetryAfter(err)
	switch {
	case busy:
		return "busy"
	case fault.Code(err) == CodeEngine:
		return "refused"
	}
	return "tried again"
}

func TestOpenAIHangs(t *testing.T) {
	o := engineThat(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	o.Wall = 100 * time.Millisecond
	if _, err := o.Hear(t.Context(), second); err == nil || !strings.Contains(err.Error(), "deadline exceeded") {
		t.Errorf("got %v, want the deadline", err)
	}
}

func TestOpenAIServes(t *testing.T) {
	some := &OpenAI{Languages: []string{"zh", "en"}}
	for language, want := range map[string]bool{"": true, "zh": true, "zh-Hant": true, "EN": true, "ja": false} {
		err := some.Serves(language)
		if (err == nil) != want || err != nil && (fault.Code(err) != CodeLanguage || !strings.Contains(err.Error(), "TRANSCRIBE_LANGUAGES lists zh, en")) {
			t.Errorf("Serves(%q) = %v", language, err)
		}
	}
	if err := (&OpenAI{}).Serves("ja"); err != nil {
		t.Errorf("an engine without a list serves all, got %v", err)
	}
}
