package console

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/local/broker"
)

// drop drops a file as the page's script does.
func (o *front) drop(kind, name, body string, change func(*http.Request)) (int, putFile) {
	o.Helper()
	got := o.send(http.MethodPut, "/console/try/files?"+url.Values{"kind": {kind}, "name": {name}}.Encode(), nil, func(r *http.Request) {
		r.Header.Set("X-Csrf", o.token())
		r.Header.Set("Accept", "application/json")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		if change != nil {
			change(r)
		}
	})
	var put putFile
	if err := json.Unmarshal(got.Body.Bytes(), &put); err != nil {
		o.Fatalf("%d %s: %v", got.Code, got.Body, err)
	}
	return got.Code, put
}

func TestADroppedFileLiesInItsBucketAndHasAStory(t *testing.T) {
	o := openFront(t)
	code, put := o.drop("document", "通知 <b>.docx", "a document", nil)
	id, name, _ := strings.Cut(put.Key, "/")
	if code != http.StatusCreated || put.Bucket != "documents" || len(id) != 32 || name != "通知 <b>.docx" || !strings.HasPrefix(put.Story, "notice-of-") {
		t.Fatalf("%d %+v", code, put)
	}
	body, info, err := o.Store.Get(t.Context(), put.Bucket, put.Key, "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(body)
	want := map[string]string{"title": "通知 <b>", "unit": "default", "authid": account("张海")}
	if diff := cmp.Diff(want, info.Metadata); diff != "" || string(text) != "a document" || err != nil {
		t.Errorf("the object is %q %v (-want +got)\n%s", text, err, diff)
	}
	_, again := o.drop("document", "通知 <b>.docx", "another", nil)
	if again.Key == put.Key || again.Story == put.Story {
		t.Errorf("the same name again is the same object: %+v", again)
	}
	acts, err := o.Broker().Acts(t.Context(), 0, 0)
	if err != nil || len(acts) != 2 || acts[1].What != "upload" || acts[1].Who != "张海" || acts[1].About != put.Bucket+"/"+put.Key {
		t.Errorf("written down is %+v (%v), want the two uploads", acts, err)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	o := openFront(t)
	long := strings.Repeat("x", maxFileName)
	for _, c := range []struct {
		name, kind, file string
		change           func(*http.Request)
		want             int
	}{
		{"a name as long as may be", "document", long, nil, 201},
		{"a longer one", "document", long + "x", nil, 400},
		{"in Chinese, in bytes", "document", strings.Repeat("长", maxFileName/3+1), nil, 400},
		{"no name", "document", "", nil, 400},
		{"a folder up", "document", "..", nil, 400},
		{"a path", "document", "../../etc/passwd", nil, 400},
		{"a path of Windows", "document", `..\..\boot.ini`, nil, 400},
		{"a control character", "document", "a\nb.docx", nil, 400},
		{"a NUL", "document", "a\x00.docx", nil, 400},
		{"no UTF-8", "document", "a\xff.docx", nil, 400},
		{"a space at its end", "document", "a.docx ", nil, 400},
		{"another bucket", "artifacts", "a.docx", nil, 400},
		{"a kind that is not served here", "report", "a.ndjson", nil, 400},
		{"nothing in it", "document", "a.docx", func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 }, 400},
		{"no length", "document", "a.docx", func(r *http.Request) { r.ContentLength = -1 }, 411},
		{"too large", "document", "a.docx", func(r *http.Request) { r.ContentLength = maxUpload + 1 }, 413},
		{"shorter than it says", "document", "a.docx", func(r *http.Request) { r.ContentLength = 1 << 20 }, 500},
		{"no token", "document", "a.docx", func(r *http.Request) { r.Header.Del("X-Csrf") }, 403},
	} {
		if code, put := o.drop(c.kind, c.file, "bytes", c.change); code != c.want || (put.Key != "") != (code == 201) {
			t.Errorf("%s: %d %+v, want %d", c.name, code, put, c.want)
		}
	}
}

func TestKeysOfKinds(t *testing.T) {
	for kind, want := range map[string]string{"document": "id/a.b", "recording": "id/a.b", "book": "console/id/a.b", "report": "console/id/a.b"} {
		if got := objectKey(kind, "id", "a.b"); got != want {
			t.Errorf("a %s lies at %s, want %s", kind, got, want)
		}
	}
}

func TestASampleIsSentWithOneClick(t *testing.T) {
	o := openFront(t)
	got := o.submit("/console/try/samples", url.Values{"file": {"notice-zh.docx"}})
	if to := got.Header().Get("Location"); got.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/console/try?story=notice-of-") {
		t.Errorf("%d to %s", got.Code, to)
	}
	for _, name := range []string{"", "samples.go", "../samples.go"} {
		if got := o.submit("/console/try/samples", url.Values{"file": {name}}); got.Code != http.StatusNotFound {
			t.Errorf("%q: %d, want 404", name, got.Code)
		}
	}
}

const deleted = "dev.xietong.minutes.deleted.v1"

func TestAnEventIsSentInThePersonsName(t *testing.T) {
	o := openFront(t)
	for _, form := range []url.Values{
		{"type": {deleted}, "unit": {"binhai"}, "/recording": {"6f1c9c1e"}},
		{"type": {deleted}, "unit": {"binhai"}, "raw": {"{\r\n\"recording\":\r\n\"6f1c9c1e\"}"}},
	} {
		got := o.submit("/console/try/events", form)
		to, err := url.Parse(got.Header().Get("Location"))
		if err != nil || got.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
		records, err := o.Broker().Events(t.Context(), broker.Query{Correlation: to.Query().Get("story")})
		if err != nil || len(records) != 1 {
			t.Fatalf("%v %v", records, err)
		}
		e := records[0].Event
		want := map[string]any{"correlationid": e.ID(), "authtype": "user", "authid": account("张海"), "unit": "binhai"}
		if diff := cmp.Diff(want, e.Extensions()); diff != "" || e.Source() != "/console" || e.Type() != deleted || e.Subject() != "6f1c9c1e" {
			t.Errorf("sent %v (-want +got)\n%s", e, diff)
		}
		if d, err := events.Decode[events.MinutesDeleted](e); err != nil || d.Recording != "6f1c9c1e" {
			t.Errorf("the data is %+v: %v", d, err)
		}
	}
}

func TestNothingIsSentThatIsWrong(t *testing.T) {
	o := openFront(t)
	for _, c := range []struct {
		name string
		form url.Values
		want int
		says string
	}{
		{"an unknown type", url.Values{"type": {"dev.xietong.nothing.v1"}, "raw": {"{}"}}, 404, ""},
		{"a document's type", url.Values{"type": {"transcript.v1"}, "raw": {"{}"}}, 404, ""},
		{"no type", url.Values{"raw": {"{}"}}, 404, ""},
		{"a wrong field", url.Values{"type": {deleted}, "/recording": {"<script>alert(1)</script>"}}, 422, "<code>/recording</code>"},
		{"JSON that is none", url.Values{"type": {deleted}, "raw": {"{"}}, 422, "Nothing was sent"},
		{"JSON of another form", url.Values{"type": {deleted}, "raw": {`{"recording":7}`}}, 422, "<code>/recording</code>"},
		{"too many entries", url.Values{"type": {deleted}, "/recording": {"6f1c9c1e"}, "/x/#": make([]string, maxEntries+1)}, 400, "1000"},
		{"a unit that no header takes", url.Values{"type": {deleted}, "/recording": {"6f1c9c1e"}, "unit": {"a\x00b"}}, 422, "Nothing was sent"},
	} {
		c.form.Set("csrf", o.token())
		got := o.send(http.MethodPost, "/console/try/events?lang=en", c.form, nil)
		if page := got.Body.String(); got.Code != c.want || !strings.Contains(page, c.says) || strings.Contains(page, "<script>alert") {
			t.Errorf("%s: %d, want %d and %q", c.name, got.Code, c.want, c.says)
		}
	}
	records, err := o.Broker().Events(t.Context(), broker.Query{})
	if err != nil || len(records) != 0 {
		t.Errorf("sent %v (%v)", records, err)
	}
}

func TestEveryTypeHasItsForm(t *testing.T) {
	o := openFront(t)
	for _, data := range events.Types() {
		got := o.send(http.MethodGet, "/console/try?lang=en&type="+data.EventType(), nil, nil)
		if got.Code != http.StatusOK || !bytes.Contains(got.Body.Bytes(), []byte("Send the event")) {
			t.Errorf("%s: %d", data.EventType(), got.Code)
		}
	}
}

func TestAStoryIsToldFromWhereItWasLeft(t *testing.T) {
	o := openFront(t)
	_, put := o.drop("document", "a.docx", "a document", nil)
	ask := func(query string) (int, storyTold) {
		t.Helper()
		got := o.send(http.MethodGet, "/console/try/story?"+query, nil, func(r *http.Request) { r.Header.Set("Accept", "application/json") })
		var told storyTold
		json.Unmarshal(got.Body.Bytes(), &told)
		return got.Code, told
	}
	code, told := ask("id=" + put.Story)
	if code != 200 || len(told.Events) != 1 || told.Events[0].About != put.Key || told.Open != 1 || told.More {
		t.Errorf("%d %+v", code, told)
	}
	if code, again := ask("id=" + put.Story + "&after=" + jsonOf(told.Next)); code != 200 || len(again.Events) != 0 || again.Next != told.Next {
		t.Errorf("%d %+v", code, again)
	}
	for _, query := range []string{"", "id=", "id=" + strings.Repeat("x", 1025), "id=x&after=y"} {
		if code, _ := ask(query); code != http.StatusBadRequest {
			t.Errorf("%q: %d, want 400", query, code)
		}
	}
}

func TestAStorysPageIsFoundWhateverItIsCalled(t *testing.T) {
	o := openFront(t)
	page := o.send(http.MethodGet, "/console/try?"+url.Values{"story": {`a/b?"><script>`}}.Encode(), nil, nil).Body.String()
	if !strings.Contains(page, `href="/console/story/a%2Fb%3F%22%3E%3Cscript%3E"`) || strings.Contains(page, `"><script>`) {
		t.Error("the page of a story with a strange name is not linked")
	}
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
