package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/test/drive"
)

// A page with the probe reports to the function itself, with a key of its own and with
// one that it was lent, and is decided on: it is driven by a program, which the probe
// sees.
func TestProbePageIsDecidedOn(t *testing.T) {
	state := t.TempDir()
	os.Chmod(filepath.Dir(state), 0o755) // the database's own user looks in
	os.Chmod(state, 0o755)
	r, err := drive.Up(t.Context(), root, program, state)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Down)
	app := map[string]any{"name": "办公", "fail": "closed", "interval_s": 60}
	if status, err := r.Call(t.Context(), "PUT", "/score/apps/cn.example.oa", app, nil); status != 200 {
		t.Fatalf("%d %v", status, err)
	}
	site := appSite(t, r)
	for name, probe := range map[string]string{"p256": own, "hmac": lent} {
		b := chromium(t, t.TempDir(), wide)
		b.open(site.URL)
		got := awaited[[]string](b, `(async p => [await p.report(), await p.report()].map(a => a.outcome + ' ' + a.decided))(%s)`, probe)
		if diff := cmp.Diff([]string{"warn true", "warn true"}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		b.quit()
	}
	var list struct {
		Decisions []struct{ Rules []string }
	}
	if status, err := r.Call(t.Context(), "GET", "/score/decisions", nil, &list); status != 200 || len(list.Decisions) != 4 {
		t.Errorf("%d %v: %+v, want four decisions", status, err, list)
	}
}

// appSite is the site of an app: its page, its own way to tickets, and the function
// under the same origin.
func appSite(t *testing.T, r *drive.Runtime) *httptest.Server {
	t.Helper()
	front, err := url.Parse(r.Front)
	if err != nil {
		t.Fatal(err)
	}
	script := compiled(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!doctype html><meta charset="utf-8"><title>办公</title><script src="/probe.js"></script>`)
	})
	mux.HandleFunc("GET /probe.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(script)
	})
	mux.Handle("/score/", &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(front)
		p.SetXForwarded()
	}})
	ticket := func(purpose string) http.HandlerFunc {
		return func(w http.ResponseWriter, req *http.Request) {
			var given map[string]any
			status, err := r.Call(req.Context(), "POST", "/score/tickets", map[string]string{"app": "cn.example.oa", "purpose": purpose, "account": "张伟"}, &given)
			if status != 201 {
				t.Errorf("ticket: %d %v", status, err)
			}
			if purpose == "device" {
				fmt.Fprintf(w, "%q", given["ticket"])
				return
			}
			fmt.Fprintf(w, `{"device":%q,"ticket":%q,"key":%q}`, given["device"], given["ticket"], given["key"])
		}
	}
	mux.HandleFunc("GET /ticket", ticket("device"))
	mux.HandleFunc("GET /lend", ticket("session"))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}
