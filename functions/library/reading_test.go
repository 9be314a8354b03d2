package library

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/functions/library/librarytest"
	"xietong.dev/functions/library/reading"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
	"xietong.dev/shared/web"
)

// onShelf are the editions of a test.
type onShelf map[string]events.BookCatalogued

func (s onShelf) Book(_ context.Context, edition string) (events.BookCatalogued, error) {
	c, has := s[edition]
	if !has {
		return c, reading.ErrNoBook
	}
	return c, nil
}

// room is where people read in a test: real tables, a clock that stands still.
type room struct {
	*testing.T
	*Readers
	shelf onShelf
	now   time.Time
	mux   *http.ServeMux
}

var lamp = librarytest.Book{Title: "灯", Reading: []librarytest.File{
	{Name: "a.xhtml", MediaType: "application/xhtml+xml", Title: "一", Body: librarytest.Chapter("一", "灯亮了。")},
	{Name: "b.xhtml", MediaType: "application/xhtml+xml", Title: "二", Body: librarytest.Chapter("二", "灯灭了。")}}}

func openRoom(t *testing.T, variables ...string) *room {
	t.Helper()
	settings := map[string]string{"CONTENT_KEY": "a key of the tests"}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		settings[name] = value
	}
	getenv := func(name string) string { return settings[name] }
	store := &blob.Memory{}
	r := &room{T: t, shelf: onShelf{}, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), mux: http.NewServeMux()}
	server := &reading.Server{Objects: reading.Stored{Store: store}}
	r.Readers = &Readers{DB: pgtest.Open(t, "library", os.DirFS("migrations")), Zone: time.FixedZone("CST", 8*3600), Now: func() time.Time { return r.now },
		Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	for _, part := range []any{&r.ReadingConfig, &server.Limits} {
		if err := conf.Read(getenv, part); err != nil {
			t.Fatal(err)
		}
	}
	ids := 0
	var mu sync.Mutex
	r.NewID = func() string {
		mu.Lock()
		defer mu.Unlock()
		ids++
		return fmt.Sprintf("loan-%d", ids)
	}
	r.Content = &reading.Content{Server: server, Shelf: r.shelf, Key: reading.Key(r.ContentKey), Now: r.Now, Log: r.Log, Origin: r.ContentURL, Page: r.PageURL}
	r.shelf["e1"] = lamp.Put(t, store)
	api := web.API{Token: "secret", Messages: ReadingMessages, Log: r.Log}
	for path, methods := range r.Routes() {
		r.mux.Handle(path, api.Methods(methods))
	}
	r.mux.Handle(reading.Prefix, r.Parts())
	r.mux.Handle("/", api.Nothing())
	return r
}

// ask sends a request as an account of the default unit, and returns status and body.
func (r *room) ask(account, method, path, body string, headers ...string) string {
	r.Helper()
	req := httptest.NewRequestWithContext(r.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer secret")
	req.Header.Set("Accept-Language", "en")
	if account != "" {
		req.Header.Set("X-Auth-Id", account)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	r.mux.ServeHTTP(w, req)
	text, _ := io.ReadAll(w.Result().Body)
	return strings.TrimSpace(fmt.Sprintf("%d %s", w.Code, text))
}

func (r *room) want(want, got string) {
	r.Helper()
	if got != want {
		r.Errorf("got  %s\nwant %s", got, want)
	}
}

const somewhere = `{"href":"a.xhtml","type":"application/xhtml+xml","locations":{"progression":0.5,"totalProgression":0.25}}`

func at(id, when, locator string) string {
	return fmt.Sprintf(`{"id":%q,"at":%q,"locator":%s}`, id, when, locator)
}

// TestOpen: from an edition to its parts, with nothing but what the answer holds.
func TestOpen(t *testing.T) {
	r := openRoom(t)
	var o opened
	status, text, _ := strings.Cut(r.ask("u1", "GET", "/library/editions/e1/open", ""), " ")
	if err := json.Unmarshal([]byte(text), &o); err != nil || status != "200" {
		t.Fatalf("%s %s", status, text)
	}
	if o.Expires != r.now.Add(12*time.Hour) || o.Format != "epub" || o.Position != nil {
		t.Errorf("%+v", o)
	}
	if got := r.ask("", "GET", o.Manifest, "", "Authorization: none"); !strings.HasPrefix(got, `200 {"@context"`) {
		t.Error(got)
	}
	if got := r.ask("", "GET", o.Base+"b.xhtml", "", "Authorization: none"); !strings.Contains(got, "灯灭了。") {
		t.Error(got)
	}
	r.want(`200 {"locators":[{"href":"b.xhtml","type":"application/xhtml+xml","title":"二","locations":{"progression":0.3333333333333333,"totalProgression":0.6666666666666666},"text":{"highlight":"灯灭","after":"了。"}}]}`,
		r.ask("u1", "GET", "/library/editions/e1/inside?q=%E7%81%AF%E7%81%AD", ""))
	r.want(`200 {"href":"b.xhtml","type":"application/xhtml+xml","title":"二","locations":{"progression":0.3333333333333333,"totalProgression":0.6666666666666666},"text":{"highlight":"灯灭","after":"了。"}}`,
		r.ask("u1", "GET", "/library/editions/e1/place?href=b.xhtml&offset=2&length=2", ""))
	r.now = r.now.Add(12 * time.Hour)
	r.want("403 open the book again: this address holds no longer", r.ask("", "GET", o.Base+"b.xhtml", ""))
}

// TestPositions: the last write by the reader's clock counts, however they arrive.
func TestPositions(t *testing.T) {
	r := openRoom(t)
	const path = "/library/editions/e1/position"
	r.want(`404 {"error":{"code":"not_found","message":"not found"}}`, r.ask("u1", "GET", path, ""))
	kept := func(id, when, locator string) string {
		return fmt.Sprintf(`200 {"id":%q,"at":%q,"total":0.25,"locator":%s}`, id, when, locator)
	}
	stored := `{"href":"a.xhtml","type":"application/xhtml+xml","locations":{"progression":0.5,"totalProgression":0.25}}`
	same := func(want, got string) {
		t.Helper()
		ws, wb, _ := strings.Cut(want, " ")
		gs, gb, _ := strings.Cut(got, " ")
		var w, g any
		json.Unmarshal([]byte(wb), &w)
		json.Unmarshal([]byte(gb), &g)
		if ws != gs || !cmp.Equal(w, g) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	phone, desk := kept("p1", "2026-05-01T11:00:00Z", stored), kept("d1", "2026-05-01T11:30:00Z", stored)
	same(phone, r.ask("u1", "PUT", path, at("p1", "2026-05-01T11:00:00Z", somewhere)))
	same(desk, r.ask("u1", "PUT", path, at("d1", "2026-05-01T19:30:00+08:00", somewhere)))
	same(desk, r.ask("u1", "PUT", path, at("p1", "2026-05-01T11:00:00Z", somewhere))) // again, late
	same(desk, r.ask("u1", "PUT", path, at("d1", "2026-05-01T11:30:00Z", somewhere))) // again
	same(kept("x9", "2026-05-01T11:30:00Z", stored), r.ask("u1", "PUT", path, at("x9", "2026-05-01T11:30:00Z", somewhere)))
	same(kept("f1", "2026-05-01T12:00:00Z", stored), r.ask("u1", "PUT", path, at("f1", "2030-01-01T00:00:00Z", somewhere))) // a clock that is ahead
	r.want(`404 {"error":{"code":"not_found","message":"not found"}}`, r.ask("u2", "GET", path, ""))
	r.want(`404 {"error":{"code":"not_found","message":"not found"}}`, r.ask("u1", "GET", path, "", "X-Unit: other"))
	if got := r.ask("u1", "GET", "/library/reading", ""); !strings.HasPrefix(got, `200 {"recent":[{"edition":"e1","id":"f1"`) {
		t.Error(got)
	}
}

// TestPositionsAtOnce: many devices at the same moment leave the newest.
func TestPositionsAtOnce(t *testing.T) {
	r := openRoom(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			p := Position{ID: fmt.Sprint(i), At: r.now.Add(time.Duration(i-20) * time.Second), Locator: json.RawMessage(somewhere)}
			if _, err := r.WritePosition(t.Context(), Reader{"u", "a"}, "e1", p); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if p, _, err := r.ReadPosition(t.Context(), Reader{"u", "a"}, "e1"); err != nil || p.ID != "19" {
		t.Errorf("%+v %v", p, err)
	}
}

func TestMarks(t *testing.T) {
	r := openRoom(t, "MAX_MARKS=2")
	mark := func(id, when, note string) string {
		return r.ask("u1", "PUT", "/library/editions/e1/marks/"+id, fmt.Sprintf(`{"kind":"note","at":%q,"note":%q,"locator":%s}`, when, note, somewhere))
	}
	notes := func() (all []string) {
		marks, err := r.Marks(t.Context(), Reader{"default", "u1"}, "e1")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range marks {
			all = append(all, m.ID+" "+m.Note)
		}
		return all
	}
	same := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, notes()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	r.want("204", mark("m1", "2026-05-01T10:00:00Z", "first"))
	r.want("204", mark("m1", "2026-05-01T10:00:00Z", "first")) // again
	r.want("204", mark("m1", "2026-05-01T10:05:00Z", "changed"))
	r.want("204", mark("m1", "2026-05-01T10:01:00Z", "late"))
	same("m1 changed")
	r.want("204", mark("m2", "2026-05-01T10:02:00Z", "second"))
	r.want(`409 {"error":{"code":"too_many_marks","message":"a book takes at most 2 marks"}}`, mark("m3", "2026-05-01T10:03:00Z", "third"))
	r.want("204", mark("m2", "2026-05-01T10:02:00Z", "second")) // again, though there is no room
	same("m2 second", "m1 changed")
	r.want("204", r.ask("u2", "DELETE", "/library/editions/e1/marks/m1", "")) // another's
	same("m2 second", "m1 changed")
	r.want("204", r.ask("u1", "DELETE", "/library/editions/e1/marks/m1", ""))
	r.want("204", r.ask("u1", "DELETE", "/library/editions/e1/marks/m1", ""))
	r.want("204", mark("m1", "2026-05-01T11:00:00Z", "back?"))
	same("m2 second")
}

func TestSessions(t *testing.T) {
	r := openRoom(t)
	for _, s := range []struct {
		id      string
		seconds int
	}{{"s1", 60}, {"s1", 240}, {"s1", 120}, {"s1", 240}, {"s2", 65}} {
		r.want("204", r.ask("u1", "PUT", "/library/editions/e1/sessions/"+s.id, fmt.Sprintf(`{"seconds":%d}`, s.seconds)))
	}
	r.now = time.Date(2026, 5, 1, 16, 30, 0, 0, time.UTC) // the next day in China
	r.want("204", r.ask("u1", "PUT", "/library/editions/e1/sessions/s3", `{"seconds":600}`))
	r.want(`200 {"recent":[],"days":[{"day":"2026-05-01","minutes":5,"reads":1},{"day":"2026-05-02","minutes":10,"reads":1}]}`, r.ask("u1", "GET", "/library/reading", ""))
	r.want(`200 {"recent":[],"days":[{"day":"2026-05-02","minutes":10,"reads":1}]}`, r.ask("u1", "GET", "/library/reading?days=1", ""))
}

// TestReadsOrderLists: each session is one read, however often it is told of, and
// lists follow once they are ordered anew.
func TestReadsOrderLists(t *testing.T) {
	r := openRoom(t, "ORDER_BY_READS=10m")
	for i, id := range []string{"e1", "e2"} {
		if err := r.DB.InTx(t.Context(), func(tx pg.Tx) error { return PutEdition(t.Context(), tx, edition(id, i, id)) }); err != nil {
			t.Fatal(err)
		}
	}
	tell := func(session string) {
		r.want("204", r.ask("u1", "PUT", "/library/editions/e1/sessions/"+session, `{"seconds":60}`))
	}
	lists := func(want string) {
		t.Helper()
		page, err := (&Shelf{DB: r.DB}).Search(t.Context(), Query{})
		if got := books(page.Hits); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	if _, err := r.DB.Exec(t.Context(), `UPDATE reads_taken SET at = $1`, r.now); err != nil {
		t.Fatal(err)
	}
	lists("e2 e1")
	tell("s1")
	tell("s1")
	lists("e2 e1") // ordered a moment ago
	r.now = r.now.Add(10 * time.Minute)
	tell("s1") // nothing new
	lists("e2 e1")
	tell("s2")
	lists("e1 e2")
	var reads, popularity int64
	if err := r.DB.QueryRow(t.Context(), `SELECT reads, popularity FROM edition WHERE book = 'e1'`).Scan(&reads, &popularity); err != nil || reads != 2 || popularity != 2 {
		t.Errorf("%d reads, lists know %d, %v: want 2", reads, popularity, err)
	}
}

// license sets the licence of e1.
func (r *room) license(l events.Licence) {
	r.Helper()
	err := r.DB.InTx(r.Context(), func(tx pg.Tx) error { return WriteLicence(r.Context(), tx, "e1", &l) })
	if err != nil {
		r.Fatal(err)
	}
}

// TestLoans: borrow, read, return, expiry, the licence's end, a withdrawal.
func TestLoans(t *testing.T) {
	r := openRoom(t)
	const path, open = "/library/editions/e1/loan", "/library/editions/e1/open"
	needed := `403 {"error":{"code":"loan_needed","message":"borrow this book first"}}`
	r.license(events.Licence{Copies: 1, LendingDays: 14, Ends: "2026-06-30"})
	r.want(needed, r.ask("u1", "GET", open, ""))
	r.want(`200 {"copies":{"total":1,"lent":0}}`, r.ask("u1", "GET", path, ""))
	lent := `200 {"loan":{"id":"loan-1","edition":"e1","began_at":"2026-05-01T12:00:00Z","due_at":"2026-05-15T12:00:00Z"},"copies":{"total":1,"lent":1}}`
	r.want(lent, r.ask("u1", "POST", path, ""))
	r.want(lent, r.ask("u1", "POST", path, "")) // again
	if got := r.ask("u1", "GET", open, ""); !strings.HasPrefix(got, "200 ") {
		t.Error(got)
	}
	r.want(`409 {"error":{"code":"all_lent","message":"all copies are lent; come again later"}}`, r.ask("u2", "POST", path, ""))
	r.want(needed, r.ask("u2", "PUT", "/library/editions/e1/position", at("p", "2026-05-01T11:00:00Z", somewhere)))
	r.want("204", r.ask("u1", "DELETE", path, ""))
	r.want("204", r.ask("u1", "DELETE", path, ""))
	r.want(needed, r.ask("u1", "GET", open, ""))
	if got := r.ask("u2", "POST", path, ""); !strings.HasPrefix(got, "200 ") {
		t.Error(got)
	}
	r.now = r.now.Add(14 * 24 * time.Hour) // u2's loan is over
	r.want(`200 {"loans":[]}`, r.ask("u2", "GET", "/library/loans", ""))
	if got := r.ask("u1", "POST", path, ""); !strings.Contains(got, `"due_at":"2026-05-29T12:00:00Z"`) {
		t.Error(got)
	}
	r.now = time.Date(2026, 6, 25, 12, 0, 0, 0, time.UTC)
	if got := r.ask("u3", "POST", path, ""); !strings.Contains(got, `"due_at":"2026-06-30T16:00:00Z"`) {
		t.Error(got) // midnight in China
	}
	if err := r.DB.InTx(t.Context(), func(tx pg.Tx) error { return EndLoans(t.Context(), tx, "e1", r.now) }); err != nil {
		t.Error(err)
	}
	r.want(needed, r.ask("u3", "GET", open, ""))
	r.now = time.Date(2026, 6, 30, 16, 0, 0, 0, time.UTC)
	ended := `403 {"error":{"code":"licence_ended","message":"the licence of this book has ended"}}`
	r.want(ended, r.ask("u3", "POST", path, ""))
	r.want(ended, r.ask("u3", "GET", open, ""))
}

// TestTokenEndsWithLoan: no address outlasts what was lent.
func TestTokenEndsWithLoan(t *testing.T) {
	r := openRoom(t)
	r.license(events.Licence{LendingDays: 1})
	r.ask("u1", "POST", "/library/editions/e1/loan", "")
	r.now = r.now.Add(20 * time.Hour)
	if got := r.ask("u1", "GET", "/library/editions/e1/open", ""); !strings.Contains(got, `"expires":"2026-05-02T12:00:00Z"`) {
		t.Error(got)
	}
}

// TestNeverMoreThanCopies: sixty readers at the same moment want three copies.
func TestNeverMoreThanCopies(t *testing.T) {
	r := openRoom(t)
	r.license(events.Licence{Copies: 3, LendingDays: 7})
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[error]int{}
	for i := range 60 {
		all.Go(func() {
			_, err := r.Borrow(t.Context(), Reader{"u", fmt.Sprint(i)}, "e1")
			mu.Lock()
			got[err]++
			mu.Unlock()
		})
	}
	all.Wait()
	if got[nil] != 3 || got[errAllLent] != 57 {
		t.Errorf("%v", got)
	}
}

// TestBorrowTwiceAtOnce: one reader has one loan, licence or not.
func TestBorrowTwiceAtOnce(t *testing.T) {
	r := openRoom(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := r.Borrow(t.Context(), Reader{"u", "a"}, "e1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if loans, err := r.Loans(t.Context(), Reader{"u", "a"}); err != nil || len(loans) != 1 {
		t.Errorf("%v %v", loans, err)
	}
}

// TestReadingRefusals: what is wrong is named.
func TestReadingRefusals(t *testing.T) {
	r := openRoom(t, "MAX_READING=9000", "MAX_LOCATOR=300", "MAX_NOTE=5", "MAX_INSIDE_QUERY=5", "MAX_FOUND=10", "CONTENT_URL=https://books.example", "PAGE_URL=https://office.example")
	e1 := "/library/editions/e1/"
	long := strings.Repeat("x", 400)
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/library/editions/e2/open", "", "404 not_found"},
		{"GET", "/library/editions/%00/open", "", "404 not_found"},
		{"POST", "/library/editions/e2/loan", "", "404 not_found"},
		{"PUT", e1 + "position", "", "400 unexpected end"},
		{"PUT", e1 + "position", long, "400 the body is not"},
		{"PUT", e1 + "position", strings.Repeat(" ", 9001), "413 9000 bytes"},
		{"PUT", e1 + "position", at("", "2026-05-01T11:00:00Z", somewhere), "400 id: want 1 to 128"},
		{"PUT", e1 + "position", at("p", "yesterday", somewhere), "400 the body is not"},
		{"PUT", e1 + "position", at("p", "2026-05-01T11:00:00Z", `{"href":"`+long+`"}`), "400 locator has over 300 bytes"},
		{"PUT", e1 + "position", at("p", "2026-05-01T11:00:00Z", strings.Replace(somewhere, "0.5", "1.5", 1)), "400 locator: want a place"},
		{"PUT", e1 + "position", at("p", "2026-05-01T11:00:00Z", strings.Replace(somewhere, "a.xhtml", `a\u0000`, 1)), "400 locator: want a place"},
		{"PUT", e1 + "position", at("p", "2026-05-01T11:00:00Z", `{"href":"","type":"x"}`), "400 locator: want a place"},
		{"PUT", e1 + "marks/m", `{"kind":"star","locator":` + somewhere + `}`, "400 want one of bookmark, highlight, note"},
		{"PUT", e1 + "marks/m", `{"kind":"note","note":"123456","locator":` + somewhere + `}`, "400 note: want 0 to 5"},
		{"PUT", e1 + "sessions/s", `{"seconds":99999}`, "400 seconds: want a whole number from 0 to 43200"},
		{"GET", e1 + "inside?q=", "", "400 q: want 1 to 5"},
		{"GET", e1 + "inside?q=123456", "", "400 q: want 1 to 5"},
		{"GET", e1 + "inside?q=x&limit=11", "", "400 limit: want a whole number from 1 to 10"},
		{"GET", e1 + "place?href=a.xhtml&offset=-1", "", "400 offset: want a whole number from 0 to"},
		{"GET", e1 + "place?href=a.xhtml&length=201", "", "400 length: want a whole number from 1 to 200"},
		{"GET", e1 + "place?href=a.xhtml&offset=5000", "", "404 not_found"},
		{"GET", e1 + "place?href=no.xhtml", "", "404 not_found"},
		{"GET", "/library/reading?days=0", "", "400 days"},
		{"GET", "/library/page/../reading.go", "", "307 "},
		{"GET", "/library/page/words.go", "", "404 not_found"},
		{"GET", "/library/page/read.html", "", "404 not_found"},
		{"DELETE", e1 + "open", "", "405 GET"},
		{"GET", "https://books.example/library/editions/e1/open", "", "404 not_found"},
	} {
		got, want := r.ask("u1", c.method, c.path, c.body), strings.SplitN(c.want, " ", 2)
		if !strings.HasPrefix(got, want[0]) || !strings.Contains(got, want[1]) {
			t.Errorf("%s %s %.80s\ngot  %s\nwant %s", c.method, c.path, c.body, got, c.want)
		}
	}
	if got := r.ask("", "GET", e1+"open", ""); !strings.Contains(got, "X-Auth-Id: want 1 to 128") {
		t.Error(got)
	}
}

// TestPage: the page is in the reader's language and lets only itself run.
func TestPage(t *testing.T) {
	r := openRoom(t)
	for language, word := range map[string]string{"zh-CN": "上一页", "en": "Previous page"} {
		req := httptest.NewRequest("GET", "/library/editions/e1/read", nil)
		for name, value := range map[string]string{"Authorization": "Bearer secret", "X-Auth-Id": "u1", "Accept-Language": language} {
			req.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		r.mux.ServeHTTP(w, req)
		if got := w.Body.String(); w.Code != 200 || !strings.Contains(got, word) || !strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("%s: %d %s %v", language, w.Code, got, w.Header())
		}
	}
	for _, file := range []string{"read.js", "frame.js", "read.css"} {
		if got := r.ask("u1", "GET", "/library/page/"+file, ""); !strings.HasPrefix(got, "200 ") {
			t.Errorf("%s: %.60s", file, got)
		}
	}
}
