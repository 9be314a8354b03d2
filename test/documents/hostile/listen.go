package hostile

import (
	"crypto/rand"
	"fmt"
	"image"
	"image/color"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"xietong.dev/test/documents/parts"
)

// Listener waits for what must not come. It listens on the loopback device.
type Listener struct {
	Addr string

	server      *http.Server
	mu          sync.Mutex
	connections int
	requests    []string
}

// Listen starts a listener. It answers as a server would that has what was asked
// for, so that a client goes on.
func Listen() (*Listener, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for what hostile files call: %w", err)
	}
	l := &Listener{Addr: socket.Addr().String()}
	// net/http tells of each connection before it is read, so one that speaks no
	// HTTP counts as well.
	l.server = &http.Server{Handler: l, ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			l.mu.Lock()
			l.connections++
			l.mu.Unlock()
		}
	}}
	go l.server.Serve(socket)
	return l, nil
}

// ServeHTTP remembers a request and answers it.
func (l *Listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.requests = append(l.requests, r.Method+" "+r.URL.Path)
	l.mu.Unlock()
	switch {
	case strings.Contains(r.URL.Path, "css"), strings.Contains(r.URL.Path, "style"):
		w.Header().Set("Content-Type", "text/css")
		io.WriteString(w, "p { color: red }")
	default:
		w.Header().Set("Content-Type", "image/png")
		w.Write(parts.PNG(parts.Drawing(16, 16, 1)))
	}
}

// Connections is how many came, whatever they spoke.
func (l *Listener) Connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.connections
}

// Requests are the method and path of each request that came.
func (l *Listener) Requests() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// Close ends it.
func (l *Listener) Close() error { return l.server.Close() }

// Canary is a secret that lies beside a converter, in a text and in a picture.
type Canary struct {
	Dir    string
	Token  string      // in canary.txt, .html and .csv
	Colour color.NRGBA // of canary.png, and of nothing else
}

// NewCanary writes a canary into a directory.
func NewCanary(dir string) (Canary, error) {
	raw := make([]byte, 16)
	rand.Read(raw) // it does not fail (Go 1.24)
	c := Canary{Dir: dir, Token: fmt.Sprintf("canary%x", raw), Colour: color.NRGBA{R: 200 + raw[0]%50, G: raw[1] % 50, B: 200 + raw[2]%50, A: 255}}
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		m.SetNRGBA(i%64, i/64, c.Colour)
	}
	for name, data := range map[string]string{
		"canary.txt": c.Token + "\n", "canary.csv": "a," + c.Token + "\n", "canary.html": "<p>" + c.Token + "</p>", "canary.png": string(parts.PNG(m)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			return Canary{}, fmt.Errorf("write the canary: %w", err)
		}
	}
	return c, nil
}

// Shows reports whether a picture holds the canary's colour, in enough places to
// be no accident.
func (c Canary) Shows(m image.Image) bool {
	found, b := 0, m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if near(m.At(x, y), c.Colour) {
				found++
			}
		}
	}
	return found >= 16
}

// near allows for what JPEG and colour profiles change.
func near(a, b color.Color) bool {
	r, g, bl, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	off := func(x, y uint32) bool { return max(x, y)-min(x, y) > 4*257 }
	return !off(r, r2) && !off(g, g2) && !off(bl, b2)
}
