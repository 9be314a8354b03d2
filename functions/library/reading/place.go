package reading

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// places tells where the addresses in a part lead.
type places struct {
	from string // the part
	has  func(href string) bool
}

// resolve returns a relative address of what raw leads to, where that is a part of
// the same book; nothing else is an address. The fragment stays.
func (p places) resolve(raw string) (string, bool) {
	raw = strings.TrimSpace(raw)
	if strings.ContainsAny(raw, "\x00\t\n\r\\") {
		return "", false
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || strings.HasPrefix(raw, "//") {
		return "", false
	}
	if u.Path == "" {
		return fragment(u.Fragment), u.Fragment != ""
	}
	target := path.Join(path.Dir(p.from), u.Path)
	if path.IsAbs(u.Path) {
		target = strings.TrimPrefix(path.Clean(u.Path), "/")
	}
	if target = norm.NFC.String(target); !p.has(target) { // as the catalogue writes names
		return "", false
	}
	return relative(p.from, target) + fragment(u.Fragment), true
}

func fragment(name string) string {
	if name == "" {
		return ""
	}
	return "#" + (&url.URL{Fragment: name}).EscapedFragment()
}

// relative returns the way from one part to another.
func relative(from, to string) string {
	return strings.Repeat("../", strings.Count(from, "/")) + Escape(to)
}

// Escape writes a part's name as a relative address.
func Escape(href string) string {
	segments := strings.Split(href, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.ReplaceAll(strings.Join(segments, "/"), ":", "%3A") // before the first slash it would end a scheme
}
