package reading

import (
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/library/librarytest"
)

var otf = "OTTO" + strings.Repeat("0123456789", 200)

// scrambled is a font as an EPUB has it, made apart from the code under test.
func scrambled(how string) string {
	key, length := sha1.New(), 1040
	key.Write([]byte("urn:uuid:7f3a1d52-0d2b-4c53-9d5c-1f6f4f3a2b1c"))
	mask := key.Sum(nil)
	if how == "adobe" {
		mask, _ = hex.DecodeString("7f3a1d520d2b4c539d5c1f6f4f3a2b1c")
		length = 1024
	}
	out := []byte(otf)
	for i := range length {
		out[i] ^= mask[i%len(mask)]
	}
	return string(out)
}

// TestParts: each part, and what is given out.
func TestParts(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night, "txt": plainText, "pdf": pdf, "cbz": comic})
	svg := night.Resources[2].Body
	for _, c := range []struct{ edition, href, headers, want string }{
		{"night", "OEBPS/css/style.css", "", "200 text/css; charset=utf-8 p{text-indent:2em}"},
		{"night", "OEBPS/img/cover.png", "", "200 image/png \x89PNG stored bytes of a picture"},
		{"night", "OEBPS/img/cover.png", "Range: bytes=1-3", "206 image/png PNG"},
		{"night", "OEBPS/img/cover.png", "Range: bytes=-7", "206 image/png picture"},
		{"night", "OEBPS/img/cover.png", "Range: bytes=900-", "416 "},
		{"night", "OEBPS/img/map.svg", "", "200 image/svg+xml " + svg},
		{"night", "OEBPS/img/map.svg", "Range: bytes=0-3", "206 image/svg+xml <svg"},
		{"night", "OEBPS/fonts/a.otf", "", "200 font/otf " + otf},
		{"night", "OEBPS/fonts/b.otf", "", "200 font/otf " + otf},
		{"night", "OEBPS/js/run.js", "", "404 "},
		{"night", "OEBPS/nothing.xhtml", "", "404 "},
		{"night", "mimetype", "", "404 "},
		{"night", "../night/OEBPS/css/style.css", "", "404 "},
		{"night", "book.pdf", "", "404 "},
		{"night", "", "", "404 "},
		{"txt", "%23c2", "", "200 application/xhtml+xml; charset=utf-8 " + `<?xml version="1.0" encoding="utf-8"?>` + "\n<!DOCTYPE html>\n" +
			`<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title></head><body>` + "\n<p>没有标题。</p>\n</body></html>\n"},
		{"pdf", "book.pdf", "", "200 application/pdf %PDF-1.7 0123456789"},
		{"pdf", "book.pdf", "Range: bytes=9-12", "206 application/pdf 0123"},
		{"cbz", "p/002.png", "", "200 image/png two"},
		{"other", "OEBPS/css/style.css", "", "404 "},
	} {
		headers := []string{}
		if c.headers != "" {
			headers = append(headers, c.headers)
		}
		res := r.get(c.edition, strings.ReplaceAll(c.href, " ", "%20"), headers...)
		got := fmt.Sprintf("%d ", res.StatusCode)
		if res.StatusCode < 300 {
			got += res.Header.Get("Content-Type") + " " + strings.TrimRight(body(t, res), "")
		}
		if strings.TrimSpace(got) != strings.TrimSpace(c.want) {
			t.Errorf("%s %s %s\ngot  %q\nwant %q", c.edition, c.href, c.headers, got, c.want)
		}
	}
}

func TestMadeChapter(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"txt": plainText})
	if got := body(t, r.get("txt", "%23c1")); !strings.Contains(got, "<body>\n<h1>第一章 风起</h1>\n<p>风&lt;起&gt;了。</p>\n<p>云涌。</p>\n</body>") {
		t.Error(got)
	}
}

// TestGzip: a packed part goes out as it lies in the file, and is whole.
func TestGzip(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	part, _ := r.book("night").Part("OEBPS/img/map.svg")
	res := r.get("night", "OEBPS/img/map.svg", "Accept-Encoding: br, gzip;q=0.8")
	if res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("%v", res.Header)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body = z
	if got := body(t, res); got != night.Resources[2].Body {
		t.Error(got)
	}
	if diff := cmp.Diff([][2]int64{{part.Offset, part.Packed}}, r.objects.read); diff != "" {
		t.Errorf("ranges read of the file (-want +got)\n%s", diff)
	}
	for accepts, want := range map[string]bool{"gzip": true, "*": true, "": false, "br": false, "gzip;q=0": false, "gzip; q=0.0": false, "x, gzip": true} {
		if got := r.get("night", "OEBPS/img/map.svg", "Accept-Encoding: "+accepts).Header.Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("%q: gzip %v", accepts, got)
		}
	}
}

// TestOneRange: what is asked for is what is fetched, once.
func TestOneRange(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night, "pdf": pdf})
	part, _ := r.book("night").Part("OEBPS/img/cover.png")
	body(t, r.get("night", "OEBPS/img/cover.png", "Range: bytes=1-3"))
	body(t, r.get("pdf", "book.pdf", "Range: bytes=9-12"))
	body(t, r.get("night", "OEBPS/text/c2.xhtml"))
	chapter, _ := r.book("night").Part("OEBPS/text/c2.xhtml")
	want := [][2]int64{{part.Offset + 1, 3}, {9, 4}, {chapter.Offset, chapter.Packed}}
	if diff := cmp.Diff(want, r.objects.read); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestConditions(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	for _, href := range []string{"OEBPS/text/c2.xhtml", "OEBPS/img/cover.png", "OEBPS/img/map.svg"} {
		tag := r.get("night", href).Header.Get("Etag")
		before := len(r.objects.read)
		if res := r.get("night", href, "If-None-Match: "+tag); res.StatusCode != 304 || len(r.objects.read) != before {
			t.Errorf("%s: %d, %d ranges read", href, res.StatusCode, len(r.objects.read)-before)
		}
	}
}

func TestProtection(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	const ownParts = "img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; media-src 'self'"
	for href, fetches := range map[string]string{"OEBPS/text/c2.xhtml": ownParts, "nothing": ownParts, ManifestName: ownParts, "OEBPS/img/map.svg": "img-src data:; style-src 'unsafe-inline'; font-src data:"} {
		h := r.get("night", href).Header
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; " + fetches + "; base-uri 'none'; form-action 'none'; sandbox"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", href, name, got)
			}
		}
		if h.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie", href)
		}
	}
}

// TestTokens: which let in. Nothing of a token can be changed.
func TestTokens(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night, "txt": plainText})
	good := r.Key.Sign("night", noon.Add(time.Second))
	status := func(token, href string) int { return r.at(Prefix + token + "/" + href).StatusCode }
	if got := status(good, "OEBPS/text/c2.xhtml"); got != 200 {
		t.Errorf("a good token: %d", got)
	}
	if got := status(good, "%23c1"); got != 404 {
		t.Errorf("another book's part: %d", got)
	}
	for name, token := range map[string]string{"expired": r.Key.Sign("night", noon), "of another key": Key("another").Sign("night", noon.Add(time.Hour)),
		"of another purpose": r.Key.For("feeds").Sign("night", noon.Add(time.Hour)),
		"empty":              "", "a dot": ".", "no mac": strings.Split(good, ".")[0] + ".", "longer": good + "A", "cut": good[:len(good)-1]} {
		if got := status(token, "OEBPS/text/c2.xhtml"); got != 403 {
			t.Errorf("%s: %d", name, got)
		}
	}
	for i := range good {
		changed := []byte(good)
		if changed[i] = 'A'; good[i] == 'A' {
			changed[i] = 'B'
		}
		if got := status(string(changed), "OEBPS/text/c2.xhtml"); got != 403 {
			t.Errorf("changed at %d: %d", i, got)
		}
	}
}

// TestPurposes: a key of another purpose opens its own tokens alone.
func TestPurposes(t *testing.T) {
	k := Key("a key of the tests")
	token := k.For("feeds").Sign("default u1", noon.Add(time.Second))
	if got, err := k.For("feeds").Open(token, noon); got != "default u1" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	for name, other := range map[string]Key{"the key itself": k, "another purpose": k.For("loans"), "another key": Key("another").For("feeds")} {
		if got, err := other.Open(token, noon); err == nil {
			t.Errorf("%s opens it: %q", name, got)
		}
	}
}

// TestOwnOrigin: with an origin of their own, parts are served nowhere else.
func TestOwnOrigin(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	r.Origin, r.Page = "https://books.example", "https://office.example"
	base := r.Base("night", noon.Add(time.Hour))
	res := r.at(base + "OEBPS/img/cover.png")
	if res.StatusCode != 200 || res.Header.Get("Access-Control-Allow-Origin") != "https://office.example" || res.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if res := r.at(strings.Replace(base, "books.", "office.", 1) + "OEBPS/img/cover.png"); res.StatusCode != 403 {
		t.Errorf("at the page's origin: %d", res.StatusCode)
	}
}

// TestLimits: each is crossed.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits Limits
		href   string
		status int
	}{
		"MAX_BOOK_CONTENTS": {Limits{Contents: 100, Text: 1 << 20, Part: 1 << 20, Parts: 9}, "OEBPS/css/style.css", 413},
		"MAX_BOOK_PARTS":    {Limits{Contents: 1 << 20, Text: 1 << 20, Part: 1 << 20, Parts: 7}, "OEBPS/css/style.css", 413},
		"MAX_BOOK_PART":     {Limits{Contents: 1 << 20, Text: 1 << 20, Part: 50, Parts: 9}, "OEBPS/text/c2.xhtml", 413},
		"none of them":      {limits, "OEBPS/text/c2.xhtml", 200},
	} {
		r := enter(t, map[string]librarytest.Book{"night": night})
		r.Server.Limits = c.limits
		if got := r.get("night", c.href).StatusCode; got != c.status {
			t.Errorf("%s: %d, want %d", name, got, c.status)
		}
	}
	r := enter(t, map[string]librarytest.Book{"txt": plainText})
	r.Server.Limits.Text = 50
	if got := r.get("txt", "%23c1").StatusCode; got != 413 {
		t.Errorf("MAX_BOOK_TEXT: %d", got)
	}
}

// TestLargePart: what is too large to be held goes out all the same, bit by bit.
func TestLargePart(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	r.Server.Limits.Part = 50
	if got := body(t, r.get("night", "OEBPS/img/map.svg", "Range: bytes=0-3")); got != night.Resources[2].Body {
		t.Error(got)
	}
}

func TestMethods(t *testing.T) {
	r := enter(t, map[string]librarytest.Book{"night": night})
	if got := r.at(Prefix + "x/y").StatusCode; got != 403 {
		t.Errorf("GET: %d", got)
	}
}
