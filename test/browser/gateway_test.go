package browser

import (
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"xietong.dev/test/drive"
)

// asked remembers the addresses that were asked for.
type asked struct {
	mu  sync.Mutex
	all []string
}

func (a *asked) add(address string) {
	a.mu.Lock()
	a.all = append(a.all, address)
	a.mu.Unlock()
}

// with returns the addresses that hold a text.
func (a *asked) with(part string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []string
	for _, address := range a.all {
		if strings.Contains(address, part) {
			found = append(found, address)
		}
	}
	return found
}

func (a *asked) forget() {
	a.mu.Lock()
	a.all = nil
	a.mu.Unlock()
}

// gateway is what stands before the runtime in an office: it knows who asks.
type gateway struct {
	asked
	origin string
	to     atomic.Pointer[drive.Runtime]
	reader string // who asks
}

// listen opens a gateway. It says who asks, or is the one that lets the parts of books
// through to whoever has their address.
func listen(t *testing.T, says bool) *gateway {
	g := &gateway{reader: rand.Text()}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		front, _ := url.Parse(g.to.Load().Front)
		p.SetURL(front)
		p.Out.Host = p.In.Host
		for _, name := range []string{"Authorization", "X-Unit", "X-Auth-Id"} {
			p.Out.Header.Del(name)
		}
		if says && !strings.HasPrefix(p.In.URL.Path, "/library/content/") {
			p.Out.Header.Set("Authorization", "Bearer "+g.to.Load().APIToken)
			p.Out.Header.Set("X-Unit", "haixin")
			p.Out.Header.Set("X-Auth-Id", g.reader)
		}
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }} // who asked has gone
	g.origin = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.add(r.Method + " " + r.URL.RequestURI())
		proxy.ServeHTTP(w, r)
	}), nil)
	return g
}

func (g *gateway) lead(to *drive.Runtime) { g.to.Store(to) }

// serve serves on loopback until the test ends, and returns the origin.
func serve(t *testing.T, h http.Handler, accepted func()) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew && accepted != nil {
			accepted()
		}
	}}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}

// canary hears whoever calls out.
type canary struct {
	asked
	origin      string
	connections atomic.Int64
}

// pixel is what the canary answers to whatever wants a picture: GIF, one pixel.
const pixel = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

func sit(t *testing.T) *canary {
	c := &canary{}
	c.origin = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.add(r.Method + " " + r.URL.RequestURI())
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "no-store")
		if slices.Contains([]string{"/script", "/ran"}, r.URL.Path) {
			w.Header().Set("Content-Type", "text/javascript")
			return
		}
		w.Header().Set("Content-Type", "image/gif")
		w.Write([]byte(pixel))
	}), func() { c.connections.Add(1) })
	return c
}
