package probe

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/report"
	"xietong.dev/shared/fault"
)

var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// receiver is the least that can understand a probe: the protocol, and no decision.
type receiver struct {
	*testing.T
	*httptest.Server
	keys    report.ServerKeys
	tickets report.Tickets
	devices map[string]report.Key
	windows map[string]report.Window
	ids     []string
	took    []string // account of each report that was taken
	gaps    int
	down    int // so many requests more are answered with 503
	lost    int // so many answers more are lost
}

func newReceiver(t *testing.T) *receiver {
	keys, err := report.NewServerKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &receiver{T: t, keys: keys, tickets: report.Tickets{Secrets: [][]byte{bytes.Repeat([]byte{1}, 32)}},
		devices: map[string]report.Key{}, windows: map[string]report.Window{}}
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(body []byte) (any, error){
		"GET /score/keys":     func([]byte) (any, error) { return map[string]any{"keys": s.keys.Public()}, nil },
		"POST /score/devices": s.enrol,
		"POST /score/reports": s.report,
		"POST /score/batches": s.batch,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, handle) })
	}
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *receiver) serve(w http.ResponseWriter, r *http.Request, handle func([]byte) (any, error)) {
	if s.down > 0 {
		s.down--
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Error(err)
	}
	answer, err := handle(body)
	if s.lost > 0 {
		s.lost--
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		answer = map[string]any{"error": map[string]string{"code": fault.Code(err), "message": err.Error()}}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.Error(err)
	}
}

func (s *receiver) enrol(body []byte) (any, error) {
	e, key, err := report.ParseEnrolment(body)
	if err != nil {
		return nil, err
	}
	if _, err := s.tickets.Check(e.Ticket, report.PurposeDevice, e.App, noon); err != nil {
		return nil, err
	}
	id := report.DeviceID([]byte("tenant"), "finance", []byte(e.PublicKey))
	s.devices[id] = key
	return map[string]string{"device": id}, nil
}

func (s *receiver) report(sealed []byte) (any, error) {
	parsed, err := report.Parse(sealed)
	if err != nil {
		return nil, err
	}
	return s.take(parsed)
}

func (s *receiver) take(parsed report.Sealed) (any, error) {
	verified, err := parsed.Verify(s.devices[parsed.Header.Device])
	if err != nil {
		return nil, err
	}
	h := verified.Header()
	if _, err := report.Fresh(h, noon, report.DefaultWindow, report.DefaultLate); err != nil {
		return nil, err
	}
	body, err := verified.Body(s.keys, nil)
	if err != nil {
		return nil, err
	}
	window, isNew := s.windows[h.Device].Accept(h.Counter)
	if !isNew && slices.Contains(s.ids, h.Report) {
		return Answer{Report: h.Report, Outcome: "allow"}, nil // the same again
	}
	if !isNew {
		return nil, fault.Refusef("replay", "counter %d was seen", h.Counter)
	}
	s.windows[h.Device] = window
	s.ids = append(s.ids, h.Report)
	s.took = append(s.took, fmt.Sprintf("%d %s", h.Counter, body.Account))
	return Answer{Report: h.Report, Outcome: "allow", NextS: 50}, nil
}

func (s *receiver) batch(data []byte) (any, error) {
	b, err := report.ReadBatch(bytes.NewReader(data))
	if err == nil {
		err = b.Verify(s.devices[b.Header.Device])
	}
	if err != nil {
		return nil, err
	}
	s.gaps += b.Gaps()
	for _, l := range b.Lines {
		if l.Err != nil {
			return nil, l.Err
		}
		if _, err := s.take(l.Sealed); err != nil {
			return nil, err
		}
	}
	return map[string]int{"taken": len(b.Lines)}, nil
}

// probe makes a probe that keeps its state where the test can see it.
func (s *receiver) probe(suite report.Suite) (*Probe, *State) {
	key, err := report.NewSigningKey(suite, rand.Reader)
	if err != nil {
		s.Fatal(err)
	}
	var saved State
	p := &Probe{URL: s.URL, App: "cn.example.oa", Key: key, Client: s.Client(), Now: func() time.Time { return noon }, Random: rand.Reader,
		Save: func(state State) error { saved = state; return nil }}
	if suite == report.HMAC {
		s.lend(p)
		return p, &saved
	}
	ticket, err := s.tickets.Give(report.Ticket{Purpose: report.PurposeDevice, App: p.App, Expires: report.At(noon.Add(time.Hour)), Nonce: "n"})
	if err != nil {
		s.Fatal(err)
	}
	if err := p.Enrol(s.Context(), report.Enrolment{Ticket: ticket, Platform: "android"}); err != nil {
		s.Fatal(err)
	}
	return p, &saved
}

func (s *receiver) lend(p *Probe) {
	p.State.Device = "00112233445566778899aabbccddeeff"
	ticket, err := s.tickets.Give(report.Ticket{Purpose: report.PurposeSession, App: p.App, Device: p.State.Device, Expires: report.At(noon.Add(time.Hour)), Nonce: "n"})
	if err != nil {
		s.Fatal(err)
	}
	lent, err := s.tickets.Lend(ticket)
	if err != nil {
		s.Fatal(err)
	}
	if p.Key, err = report.ParseSigningKey(report.HMAC, lent); err != nil {
		s.Fatal(err)
	}
	if s.devices[p.State.Device], err = s.tickets.SessionKey(ticket, p.App, p.State.Device, noon); err != nil {
		s.Fatal(err)
	}
	p.State.Ticket = ticket
}

func body(account string) report.Body { return report.Body{Platform: "android", Account: account} }

func TestAProbeFromEnrolmentToBatches(t *testing.T) {
	for _, suite := range []report.Suite{report.SM, report.P256, report.HMAC} {
		t.Run(string(suite), func(t *testing.T) {
			s := newReceiver(t)
			p, saved := s.probe(suite)
			answer, err := p.Report(t.Context(), body("a"))
			if err != nil || answer.Outcome != "allow" || answer.NextS != 50 {
				t.Fatalf("%+v, %v", answer, err)
			}
			for _, account := range []string{"b", "c"} {
				if err := p.Keep(t.Context(), body(account)); err != nil {
					t.Fatal(err)
				}
			}
			// A restart in between: what was saved is all that is left.
			p = &Probe{URL: p.URL, App: p.App, Key: p.Key, Client: p.Client, Now: p.Now, Random: p.Random, Save: p.Save, State: *saved}
			for _, account := range []string{"d", "e"} {
				if err := p.Keep(t.Context(), body(account)); err != nil {
					t.Fatal(err)
				}
				if err := p.Batch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Batch(t.Context()); err != nil { // nothing is left
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1 a", "2 b", "3 c", "4 d", "5 e"}, s.took); diff != "" || s.gaps != 0 {
				t.Errorf("%d gaps (-want +got)\n%s", s.gaps, diff)
			}
		})
	}
}

func TestAProbeMeetsNewServerKeys(t *testing.T) {
	s := newReceiver(t)
	p, _ := s.probe(report.SM)
	for range 2 {
		if _, err := p.Report(t.Context(), body("a")); err != nil {
			t.Fatal(err)
		}
		var err error
		if s.keys, err = report.NewServerKeys(rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"1 a", "2 a"}, s.took); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestALostAnswer(t *testing.T) {
	s := newReceiver(t)
	p, _ := s.probe(report.SM)
	if _, err := p.Report(t.Context(), body("a")); err != nil {
		t.Fatal(err)
	}
	s.lost = 1
	if answer, err := p.Report(t.Context(), body("b")); err != nil || answer.Outcome != "allow" {
		t.Errorf("%+v, %v", answer, err)
	}
	if diff := cmp.Diff([]string{"1 a", "2 b"}, s.took); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAProbeIsToldToWait(t *testing.T) {
	s := newReceiver(t)
	p, _ := s.probe(report.P256)
	if err := p.Keep(t.Context(), body("a")); err != nil {
		t.Fatal(err)
	}
	s.down = 2
	_, err := p.Report(t.Context(), body("b"))
	if after, busy := fault.RetryAfter(err); !busy || after != 7*time.Second {
		t.Errorf("a report: %v", err)
	}
	if err := p.Batch(t.Context()); err == nil || fault.IsInvalid(err) {
		t.Errorf("a batch: %v", err)
	}
	if err := p.Batch(t.Context()); err != nil {
		t.Errorf("the same batch later: %v", err)
	}
	if diff := cmp.Diff([]string{"1 a"}, s.took); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAProbeLearnsWhatIsWrong(t *testing.T) {
	s := newReceiver(t)
	p, saved := s.probe(report.SM)
	p.Now = func() time.Time { return noon.Add(-time.Hour) }
	if _, err := p.Report(t.Context(), body("a")); fault.Code(err) != report.CodeStale {
		t.Errorf("a clock that is an hour behind: %v", err)
	}
	if saved.Counter != 1 {
		t.Errorf("counter %d: it must grow before anything is sent", saved.Counter)
	}
}

func TestABatchTakesWhatFits(t *testing.T) {
	many := make([][]byte, report.MaxBatchReport+1)
	if got := len(fitting(many)); got != report.MaxBatchReport {
		t.Errorf("%d small reports in one batch", got)
	}
	big := [][]byte{make([]byte, report.MaxBatch/2), make([]byte, report.MaxBatch/2)}
	if got := len(fitting(big)); got != 1 {
		t.Errorf("%d reports of half a batch in one batch", got)
	}
}
