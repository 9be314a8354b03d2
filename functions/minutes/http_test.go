package minutes

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
)

type failure struct {
	Error struct{ Code, Message string }
}

// refused wants an error of a code, whose message holds a text.
func (d *desk) refused(status int, code, message string, a answer) {
	d.Helper()
	f := failure{}
	if err := json.Unmarshal([]byte(a.body), &f); err != nil || a.status != status || f.Error.Code != code || !strings.Contains(f.Error.Message, message) {
		d.Errorf("answer %d %s, want %d, code %s, message with %q", a.status, a.body, status, code, message)
	}
}

// create makes minutes over HTTP.
func (d *desk) create(body string, headers ...string) granted {
	d.Helper()
	return decoded[granted](d, d.want(201, d.ask("POST", "/minutes", body, headers...)))
}

func TestToken(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Bearer " + token + "x", "Basic " + token, "bearer " + token} {
		a := d.ask("GET", "/minutes/"+rec, "", "Authorization: "+header)
		d.refused(401, "unauthorised", "Authorization", a)
		if a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("header %v", a.header)
		}
	}
	d.refused(401, "unauthorised", "令牌", d.ask("POST", "/nowhere", "", "Authorization: x", "Accept-Language: zh-CN"))
	d.want(200, d.ask("GET", "/minutes/"+rec, ""))
}

// TestRefusals: each bad request is told what is wrong and what is allowed.
func TestRefusals(t *testing.T) {
	d := open(t, "MAX_BODY=2KiB", "MAX_TITLE=10", "MAX_QUERY=5", "MAX_PAGE=50", "MAX_UPLOADS=2", "MAX_SEGMENT_PAGE=100", "MAX_POINTS=3", "MAX_SUMMARY=4KiB")
	d.summarise("今天讨论预算。")
	id := d.create(`{"title":"周会","name":"a.wav"}`).ID
	d.want(201, d.ask("POST", "/minutes/"+id+"/uploads", `{"name":"a.srt"}`))
	long := strings.Repeat("会", 11)
	for _, c := range []struct {
		method, path, body string
		status             int
		code, message      string
	}{
		{"GET", "/elsewhere", "", 404, "not_found", ""},
		{"GET", "/minutes/" + up2, "", 404, "not_found", ""},
		{"GET", "/minutes/%00", "", 404, "not_found", ""},
		{"GET", "/minutes/%ff%fe", "", 404, "not_found", ""},
		{"DELETE", "/minutes/" + up2, "", 404, "not_found", ""},
		{"DELETE", "/minutes/x", "", 404, "not_found", ""},
		{"PATCH", "/minutes/%ff", `{"title":"x"}`, 404, "not_found", ""},
		{"GET", "/minutes/" + rec + "/revisions/%00", "", 404, "not_found", ""},
		{"PATCH", "/minutes/" + up2, `{"title":"x"}`, 404, "not_found", ""},
		{"POST", "/minutes/" + up2 + "/uploads", `{}`, 404, "not_found", ""},
		{"PUT", "/minutes", "", 405, "not_allowed", "GET, POST"},
		{"PUT", "/minutes/" + rec, "", 405, "not_allowed", "DELETE, GET, PATCH"},
		{"POST", "/minutes", "", 400, "invalid_body", "ends too early"},
		{"POST", "/minutes", "[]", 400, "invalid_body", "array"},
		{"POST", "/minutes", `{"title":1}`, 400, "invalid_body", `"title" is a JSON number, want string`},
		{"POST", "/minutes", `{"titel":"x"}`, 400, "invalid_body", `no field "titel"`},
		{"POST", "/minutes", `{} {}`, 400, "invalid_body", "more after"},
		{"POST", "/minutes", `{"title":"` + long + `"}`, 400, "invalid_field", "title: want 0 to 10 characters"},
		{"POST", "/minutes", `{"title":"a\u0000b"}`, 400, "invalid_field", "title: want no control"},
		{"POST", "/minutes", `{"title":"a\nb"}`, 400, "invalid_field", "title: want no control"},
		{"POST", "/minutes", `{"language":"中文"}`, 400, "invalid_field", "language: want a language tag such as zh"},
		{"POST", "/minutes", `{"name":"` + strings.Repeat("x", 3000) + `"}`, 413, "body_large", "2048 bytes"},
		{"POST", "/minutes/" + id + "/uploads", `{"name":"b.srt"}`, 409, "too_many_uploads", "at most 2"},
		{"PATCH", "/minutes/" + id, `{"title":""}`, 400, "invalid_field", "title: want 1 to 10 characters"},
		{"PATCH", "/minutes/" + id, `{"title":"` + long + `"}`, 400, "invalid_field", "title: want 1 to 10 characters"},
		{"PATCH", "/minutes/" + id, `{"title":"a\tb"}`, 400, "invalid_field", "title: want no control"},
		{"GET", "/minutes?page=2", "", 400, "invalid_field", "no parameter page; there are limit, after, state, q"},
		{"GET", "/minutes?limit=0", "", 400, "invalid_field", "limit: want a whole number from 1 to 50"},
		{"GET", "/minutes?limit=51", "", 400, "invalid_field", "limit: want a whole number from 1 to 50"},
		{"GET", "/minutes?limit=ten", "", 400, "invalid_field", "limit"},
		{"GET", "/minutes?after=x", "", 400, "invalid_field", "after: want the next of the page before"},
		{"GET", "/minutes?after=MTIzLjAwJzsgRFJPUCBUQUJMRQ", "", 400, "invalid_field", "after"},
		{"GET", "/minutes?state=done", "", 400, "invalid_field", "want one of awaiting_upload, uploaded, transcribing"},
		{"GET", "/minutes?q=123456", "", 400, "invalid_field", "q: want 0 to 5 characters"},
		{"GET", "/minutes?q=%00", "", 400, "invalid_field", "q: want no control"},
		{"GET", "/minutes?q=%ff", "", 400, "invalid_field", "q"},
		{"GET", "/minutes/" + id + "/transcript", "", 409, "no_transcript", ""},
		{"GET", "/minutes/" + rec + "/transcript?limit=101", "", 400, "invalid_field", "limit: want a whole number from 1 to 100"},
		{"GET", "/minutes/" + rec + "/transcript?from=-1", "", 400, "invalid_field", "from"},
		{"GET", "/minutes/" + rec + "/transcript?words=yes", "", 400, "invalid_field", "words: want a whole number from 0 to 1"},
		{"GET", "/minutes/" + id + "/summary", "", 409, "no_summary", ""},
		{"GET", "/minutes/" + rec + "/revisions/edit-9", "", 404, "not_found", ""},
		{"GET", "/minutes/" + rec + "/export", "", 400, "invalid_field", "format: want one of docx, md, txt, srt, vtt, json, zip"},
		{"GET", "/minutes/" + rec + "/export?format=html", "", 400, "invalid_field", "format: want one of docx, md, txt, srt, vtt, json, zip"},
		{"GET", "/minutes/" + rec + "/export?format=md&lang=fr", "", 400, "invalid_field", "lang: want one of zh, en"},
		{"GET", "/minutes/" + id + "/export?format=srt", "", 409, "no_transcript", ""},
		{"PUT", "/minutes/" + rec + "/summary", "{}", 428, "if_match_missing", "If-Match"},
	} {
		d.refused(c.status, c.code, c.message, d.ask(c.method, c.path, c.body))
	}
	d.refused(400, "invalid_field", "X-Unit: want 1 to 128 visible ASCII", d.ask("GET", "/minutes", "", "X-Unit: 财政局"))
	d.refused(400, "invalid_field", "X-Auth-Id", d.ask("GET", "/minutes", "", "X-Auth-Id: "+strings.Repeat("a", 129)))
	d.refused(400, "invalid_field", "Idempotency-Key", d.ask("POST", "/minutes", "{}", "Idempotency-Key: a b"))
}

// TestCreate: from nothing to an uploaded recording, as an app does it.
func TestCreate(t *testing.T) {
	d := open(t)
	server := httptest.NewServer(d.store)
	defer server.Close()
	d.store.Base = server.URL
	d.put("recordings", "first", nil) // makes the bucket
	made := d.create(`{"title":"周例会","language":"zh","name":"周 例会.m4a"}`, "X-Unit: finance", "X-Auth-Id: u42")
	v := decoded[Detail](t, d.ask("GET", "/minutes/"+made.ID, "", "X-Unit: finance"))
	want := Detail{ID: made.ID, Unit: "finance", Author: "u42", Title: "周例会", Language: "zh", CreatedAt: v.CreatedAt, State: AwaitingUpload,
		StateText: "waiting for the recording to be uploaded", Speakers: []events.Speaker{}, Access: &Access{May: "delete", Owner: "u42", Visibility: OpenToUnit}}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	req, _ := http.NewRequest(made.Upload.Method, made.Upload.URL, strings.NewReader("RIFF"))
	req.Header = made.Upload.Headers
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("upload: %v %v", res, err)
	}
	info, err := d.store.Head(t.Context(), "recordings", made.ID+"/周 例会.m4a", "")
	wantMetadata := map[string]string{"title": "周例会", "language": "zh", "unit": "finance", "authid": "u42"}
	if err != nil || cmp.Diff(wantMetadata, info.Metadata) != "" {
		t.Errorf("%v %s", err, cmp.Diff(wantMetadata, info.Metadata))
	}
}

func TestIdempotencyKey(t *testing.T) {
	d := open(t)
	first := d.create(`{"title":"周会","name":"a.wav"}`, "Idempotency-Key: k1")
	again := d.create(`{"title":"周会","name":"a.wav"}`, "Idempotency-Key: k1")
	other := d.create(`{"title":"周会","name":"a.wav"}`, "Idempotency-Key: k1", "X-Unit: other")
	if again.ID != first.ID || other.ID == first.ID {
		t.Errorf("ids %s, again %s, of another unit %s", first.ID, again.ID, other.ID)
	}
	d.refused(409, "key_reused", "", d.ask("POST", "/minutes", `{"title":"年会","name":"a.wav"}`, "Idempotency-Key: k1"))
	d.want(204, d.ask("DELETE", "/minutes/"+first.ID, ""))
	d.refused(410, "deleted", "", d.ask("POST", "/minutes", `{"title":"周会","name":"a.wav"}`, "Idempotency-Key: k1"))
}

// TestUnits: nobody reads, edits or takes over another unit's minutes.
func TestUnits(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	const other = "X-Unit: other"
	for _, c := range []struct{ method, path, body string }{
		{"GET", "", ""}, {"GET", "/transcript", ""}, {"GET", "/summary", ""}, {"GET", "/revisions", ""}, {"GET", "/export?format=md", ""},
		{"PATCH", "", `{"title":"x"}`}, {"DELETE", "", ""}, {"POST", "/uploads", `{}`}, {"PUT", "/summary", "{}"},
	} {
		d.refused(404, "not_found", "", d.ask(c.method, "/minutes/"+rec+c.path, c.body, other, `If-Match: "x"`))
	}
	for _, q := range []string{"", "?q=预算", "?state=summarised"} {
		if got := d.want(200, d.ask("GET", "/minutes"+q, "", other)).body; got != `{"minutes":[]}`+"\n" {
			t.Errorf("another unit sees %s", got)
		}
	}
	intruder := d.uploaded(up2, 500)
	intruder.SetExtension(events.Unit, "other")
	d.tell(intruder)
	if v := d.detail(rec); v.Name != "会议-aa.wav" || v.State != Summarised {
		t.Errorf("another unit's upload took over: %+v", v)
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec, ""))
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec, "", other)) // a tombstone is nobody else's business either
}

func TestList(t *testing.T) {
	d := open(t)
	var ids []string
	for i := range 7 {
		id := fmt.Sprintf("%032d", i)
		e := event(t, id, i/2, events.RecordingUploaded{Recording: id, Upload: id, Object: events.Object{Bucket: "recordings", Key: id}, Name: fmt.Sprintf("第%d次.wav", i), MediaType: "audio/wav"})
		d.tell(e)
		ids = append([]string{id}, ids...)
	}
	var got []string
	next, pages := "", 0
	for more := true; more; more = next != "" {
		p := decoded[listing](t, d.want(200, d.ask("GET", "/minutes?limit=3&after="+next, "")))
		for _, m := range p.Minutes {
			got = append(got, m.ID)
		}
		next = p.Next
		pages++
	}
	if diff := cmp.Diff(ids, got); diff != "" || pages != 3 {
		t.Errorf("%d pages (-want +got)\n%s", pages, diff)
	}
	if p := decoded[listing](t, d.ask("GET", "/minutes?state=summarised", "")); len(p.Minutes) != 0 {
		t.Errorf("summarised: %+v", p)
	}
	p := decoded[listing](t, d.ask("GET", "/minutes?state=uploaded&limit=1", "", "Accept-Language: zh"))
	want := Item{ID: ids[0], Title: "第6次", CreatedAt: event(t, "x", 3, events.MinutesDeleted{Recording: rec}).Time(), State: Uploaded, StateText: "已上传，等待转写"}
	if diff := cmp.Diff(want, p.Minutes[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSearch: a text is found as it stands, whatever it means to SQL.
func TestSearch(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论年度预算。", `增长 100%_\ 左右，it's "fine"; DROP TABLE minutes; --`, "ＡＢＣ公司 Straße", "<script>alert(1)</script>")
	for q, at := range map[string]int64{
		"年度预算": 0, "度预": 0, "100%_\\": 10_000, "%_": 10_000, `\ `: 10_000, "it's": 10_000, `"fine"; drop`: 10_000, "--": 10_000,
		"abc公司": 20_000, "ａｂｃ": 20_000, "straße": 20_000, "<SCRIPT>": 30_000,
	} {
		p := decoded[listing](t, d.want(200, d.ask("GET", "/minutes?q="+url.QueryEscape(q), "")))
		if len(p.Minutes) != 1 || p.Minutes[0].Match == nil || p.Minutes[0].Match.StartMS != at {
			t.Errorf("%q: %+v, want a match at %d", q, p.Minutes, at)
		}
	}
	for _, q := range []string{"%", "_", "1%左", "' OR '1'='1", "'; DELETE FROM minutes; --", "预%算", "\\\\", "$1", "预算年度"} {
		want := 0
		if q == "%" || q == "_" {
			want = 1 // they stand in the text
		}
		p := decoded[listing](t, d.want(200, d.ask("GET", "/minutes?q="+url.QueryEscape(q), "")))
		if len(p.Minutes) != want {
			t.Errorf("%q: %+v, want %d", q, p.Minutes, want)
		}
	}
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"title":"第三季度 100%"}`))
	p := decoded[listing](t, d.ask("GET", "/minutes?q="+url.QueryEscape("三季度"), ""))
	if len(p.Minutes) != 1 || p.Minutes[0].Match != nil {
		t.Errorf("by title: %+v", p)
	}
}

func TestSearchTime(t *testing.T) {
	d := open(t, "SEARCH_TIME=1ns")
	d.refused(503, "search_slow", "", d.ask("GET", "/minutes?q=x", ""))
}

// asLines is a transcript that nobody edited.
func asLines(t events.Transcript) (all []Line) {
	for _, s := range t.Segments {
		all = append(all, Line{Segment: s})
	}
	return all
}

func TestTranscript(t *testing.T) {
	d := open(t)
	d.summarise("一", "二", "三")
	get := func(query string) transcriptPage {
		return decoded[transcriptPage](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/transcript"+query, "")))
	}
	want := meeting(up1, 1, "一", "二", "三")
	whole := get("?words=1")
	if diff := cmp.Diff(asLines(want), whole.Segments); diff != "" || whole.Next != nil {
		t.Errorf("with words (-want +got)\n%s", diff)
	}
	for i := range want.Segments {
		want.Segments[i].Words = nil
	}
	if diff := cmp.Diff(asLines(want), get("").Segments); diff != "" {
		t.Errorf("without words (-want +got)\n%s", diff)
	}
	first := get("?limit=2")
	if first.Next == nil || *first.Next != 2 || len(first.Segments) != 2 {
		t.Fatalf("first page: %+v", first)
	}
	for _, query := range []string{"?from=2&limit=2", "?from=2&limit=2&words=1"} {
		last := get(query)
		if last.Next != nil || len(last.Segments) != 1 || last.Segments[0].Text != "三" {
			t.Errorf("last page: %+v", last)
		}
	}
	if past := get("?from=99&words=1"); len(past.Segments) != 0 || past.Next != nil {
		t.Errorf("past the end: %+v", past)
	}
}

// TestReads: however many ask, only so many transcripts are held in memory.
func TestReads(t *testing.T) {
	d := open(t, "MAX_READS=2")
	watched := &watchedStore{Store: d.store}
	d.minutes.Store = watched
	d.summarise("一", "二")
	answers := make(chan answer)
	for range 12 {
		go func() { answers <- d.ask("GET", "/minutes/"+rec+"/transcript?words=1", "") }()
	}
	for range 12 {
		d.want(200, <-answers)
	}
	if most := watched.most.Load(); most < 1 || most > 2 {
		t.Errorf("%d transcripts were read at the same moment", most)
	}
}

// watchedStore counts how many objects are being read.
type watchedStore struct {
	blob.Store
	open, most atomic.Int32
}

func (s *watchedStore) Get(ctx context.Context, bucket, key, version string) (io.ReadCloser, blob.Info, error) {
	body, info, err := s.Store.Get(ctx, bucket, key, version)
	now := s.open.Add(1)
	for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
	}
	return &watchedBody{body, s}, info, err
}

type watchedBody struct {
	io.ReadCloser
	store *watchedStore
}

func (b *watchedBody) Close() error {
	b.store.open.Add(-1)
	return b.ReadCloser.Close()
}

// TestNames: whatever a file is called, its key is one that every store takes.
func TestNames(t *testing.T) {
	d := open(t)
	for name, want := range map[string]string{
		"周例会.m4a": "周例会.m4a", "": "recording", ".": "recording", "..": "recording", "../../etc/passwd": "passwd", `C:\录音\a.wav`: "a.wav",
		"a/": "recording", ".mp3": "mp3", "a\r\nX-Evil: 1.wav": "aX-Evil: 1.wav", "<script>alert(1)</script>.wav": "script>.wav",
		"a\u202egpj.exe": "agpj.exe", " b .wav ": "b .wav", "\u0000": "recording", "100%+ .wav": "100%+ .wav",
		strings.Repeat("长", 300) + ".wav": strings.Repeat("长", 65) + ".wav",
		"a." + strings.Repeat("x", 300):   "a." + strings.Repeat("x", 198),
	} {
		body, _ := json.Marshal(map[string]string{"name": name})
		made := d.create(string(body))
		address, err := url.Parse(made.Upload.URL)
		if err != nil {
			t.Fatal(err)
		}
		if got := path.Base(address.Path); got != want || len(got) > 255 {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func TestLaterUploads(t *testing.T) {
	d := open(t)
	made := d.create(`{"title":"周会","language":"zh","name":"a.wav"}`)
	second := decoded[granted](t, d.want(201, d.ask("POST", "/minutes/"+made.ID+"/uploads", `{"name":"a.wav","language":"en"}`)))
	if second.ID != made.ID || !strings.Contains(second.Upload.URL, "a%20%282%29.wav") {
		t.Errorf("second upload: %+v", second)
	}
	if got := second.Upload.Headers.Get("X-Amz-Meta-Language"); got != "en" {
		t.Errorf("language %q", got)
	}
}

// TestHostileTitle: a title is data wherever it goes.
func TestHostileTitle(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	title := "<script>alert(1)</script>\"; filename=x.html \\ é 会"
	body, _ := json.Marshal(map[string]string{"title": title})
	a := d.want(200, d.ask("PATCH", "/minutes/"+rec, string(body)))
	if v := decoded[Detail](t, a); v.Title != title || strings.Contains(a.body, "<script>") {
		t.Errorf("title %q in %s", v.Title, a.body)
	}
	a = d.want(200, d.ask("GET", "/minutes/"+rec+"/export?format=md", ""))
	want := `attachment; filename="minutes.md"; filename*=UTF-8''_script_alert%281%29__script__%3B%20filename%3Dx.html%20_%20%C3%A9%20%E4%BC%9A.md`
	if got := a.header.Get("Content-Disposition"); got != want {
		t.Errorf("Content-Disposition %s\nwant %s", got, want)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Content-Type") != "text/markdown; charset=utf-8" || strings.Contains(a.body, "<script>") {
		t.Errorf("%v %s", a.header, a.body)
	}
}

// TestDelete: rows and objects go, others are told once and the same, and
// nothing that comes late brings the minutes back.
func TestDelete(t *testing.T) {
	d := open(t)
	story := d.longStory()
	for _, e := range story {
		d.Deliver(t, e)
	}
	unnoticed := d.put("recordings", rec+"/never told of.wav", []byte("RIFF"))
	stranger := d.put("recordings", up2+"/another's.wav", []byte("RIFF"))
	outside := d.put("recordings", "inbox/direct.wav", []byte("RIFF direct"))
	replaced := d.put("recordings", "inbox/replaced.wav", []byte("RIFF new"))
	replaced.ETag = "that of an older one"
	for i, o := range []events.Object{outside, replaced} {
		id := fmt.Sprintf("%032d", i)
		d.tell(event(t, id, 50+i, events.RecordingUploaded{Recording: rec, Upload: id, Object: o, Name: "a.wav", MediaType: "audio/wav"}))
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: u42"))
	for _, o := range []events.Object{unnoticed, outside, {Bucket: "recordings", Key: rec + "/会议-aa.wav"}, {Bucket: "recordings", Key: rec + "/会议-bb.wav"}} {
		if d.has(o) {
			t.Errorf("%s is still there", o.Key)
		}
	}
	if !d.has(stranger) || !d.has(replaced) {
		t.Error("an object of other minutes was deleted")
	}
	late := d.uploaded(up2, 900)
	late.SetID("uploaded again")
	replay := d.Deliver(t, late)
	if len(replay.Sent) != 1 || replay.Sent[0].Type() != (events.MinutesDeleted{}).EventType() || d.has(events.Object{Bucket: "recordings", Key: rec + "/会议-bb.wav"}) {
		t.Errorf("a late upload: %+v", replay)
	}
	for _, e := range story {
		e.SetID("late " + e.ID())
		if a := d.Twice(t, e); a.Status != 204 {
			t.Errorf("late %s: %d %s", e.Type(), a.Status, a.Body)
		}
	}
	d.gone()
	d.want(204, d.ask("DELETE", "/minutes/"+rec, ""))
}

// gone wants nothing left but the tombstone.
func (d *desk) gone() {
	d.Helper()
	d.refused(410, "deleted", "deleted", d.ask("GET", "/minutes/"+rec, ""))
	if got := d.ask("GET", "/minutes", "").body; got != `{"minutes":[]}`+"\n" {
		d.Errorf("the list shows %s", got)
	}
	var rows int
	var tombstone string
	err := d.minutes.DB.QueryRow(d.Context(), `SELECT (SELECT count(*) FROM upload) + (SELECT count(*) FROM segment) + (SELECT count(*) FROM summary),
		(SELECT author || given_title || title || folded || upload || language || request || state FROM minutes WHERE id = $1)`, rec).Scan(&rows, &tombstone)
	if err != nil || rows != 0 || tombstone != "deleted" {
		d.Errorf("%d rows are left, and a tombstone %q (%v)", rows, tombstone, err)
	}
}

// TestDeleteTellsTheSame: when the broker is down, asking again sends the very
// same event.
func TestDeleteTellsTheSame(t *testing.T) {
	sink := &sink{failing: 1}
	broker := httptest.NewServer(sink)
	defer broker.Close()
	d := open(t, "K_SINK="+broker.URL)
	d.summarise("今天讨论预算。")
	d.refused(500, "internal", "try again", d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: u42"))
	d.want(204, d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: u42"))
	d.want(204, d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: u43"))
	got := sink.events()
	if len(got) != 2 || got[0] != got[1] {
		t.Fatalf("sent %q", got)
	}
	for _, want := range []string{"dev.xietong.minutes.deleted.v1 /functions/minutes ", " unit=default authid=u42 ", `{"recording":"` + rec + `"}`} {
		if !strings.Contains(got[0], want) {
			t.Errorf("sent %q, want %q in it", got[0], want)
		}
	}
}

// sink is a broker that fails a few times and then writes down what it is sent.
type sink struct {
	mu      sync.Mutex
	failing int
	got     []string
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing > 0 {
		s.failing--
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	body, _ := io.ReadAll(r.Body)
	e, err := ce.Read(r.Context(), r.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.got = append(s.got, fmt.Sprintf("%s %s %s unit=%s authid=%s %s", e.Type(), e.Source(), e.ID(), e.Extensions()["unit"], e.Extensions()["authid"], e.Data()))
	w.WriteHeader(http.StatusAccepted)
}

func (s *sink) events() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.got...)
}

// TestDeleteFails: where the store is down nothing is lost, and asking again works.
func TestDeleteFails(t *testing.T) {
	d := open(t)
	down := &downStore{Store: d.store, down: true}
	d.minutes.Store = down
	d.summarise("今天讨论预算。")
	for range 6 { // past MAX_FAILURES
		d.refused(500, "internal", "", d.ask("DELETE", "/minutes/"+rec, ""))
	}
	if v := d.detail(rec); v.State != Summarised {
		t.Errorf("state %s", v.State)
	}
	down.set(false)
	d.want(204, d.ask("DELETE", "/minutes/"+rec, ""))
	d.gone()
}

// downStore is a store that refuses to delete while it is down.
type downStore struct {
	blob.Store
	mu   sync.Mutex
	down bool
}

func (s *downStore) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *downStore) Erase(ctx context.Context, bucket, key, version string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return 0, fmt.Errorf("erase %s: the store is down", key)
	}
	return s.Store.Erase(ctx, bucket, key, version)
}
