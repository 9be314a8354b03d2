package machine

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"xietong.dev/shared/manifest"
)

// guest is a Service that somebody else runs on this machine: events are delivered to it
// as its manifest says, and that is all we do for it.
type guest struct {
	manifest.Function
	address *url.URL
}

// invite reads the manifests of guests.
func (m *Machine) invite() (all []guest, err error) {
	for _, also := range m.Also {
		file, address, _ := strings.Cut(also, "=")
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) {
			return nil, fmt.Errorf("--also %s: want FILE=http://127.0.0.1:PORT", also)
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(m.Root, file)
		}
		f, err := manifest.Load(filepath.Dir(file))
		if err != nil {
			return nil, fmt.Errorf("--also %s: %w", also, err)
		}
		if slices.ContainsFunc(m.Functions, func(o manifest.Function) bool { return o.Word == f.Word }) {
			return nil, fmt.Errorf("--also %s: the function %s runs here", also, f.Word)
		}
		all = append(all, guest{f, u})
	}
	return all, nil
}

func (g guest) do(req *http.Request) (*http.Response, error) {
	req.URL.Scheme, req.URL.Host = g.address.Scheme, g.address.Host
	return http.DefaultTransport.RoundTrip(req)
}
