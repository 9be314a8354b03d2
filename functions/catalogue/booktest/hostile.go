package booktest

import (
	"fmt"
	"strings"
)

// Hostile is a file that means harm, or is broken.
type Hostile struct {
	Name string // what is wrong with it
	File []byte
	Code string // of the refusal; "" where it is read as far as it goes
}

// Hostiles are books that no library wants, and how they are to be met under
// the standard limits.
func Hostiles() []Hostile {
	three, two := EPUB3(Small()), EPUB2(Small())
	all := []Hostile{
		{"nothing", nil, "empty_book"},
		{"an archive of nothing", Zip(), "empty_book"},
		{"a bomb", Bomb("OEBPS/content.opf", 64<<20), "archive_bomb"},
		{"a bomb in a book", Zip(append(Unzip(three), File{Name: "OEBPS/zeros.xhtml", Body: make([]byte, 64<<20)})...), "archive_bomb"},
		{"2,000 entries that share a header", Shared(2000, 8<<20), "archive_bomb"},
		{"2,000 small entries that share a header", Shared(2000, 800<<10), "archive_bomb"},
		{"100,000 entries", Many(three, 100_000), "archive_bomb"},
		{"an entry that leads upwards", With(three, "../../etc/passwd", "x"), "archive_unsafe"},
		{"an entry that leads to the root", With(three, "/etc/passwd", "x"), "archive_unsafe"},
		{"two entries of a name", Zip(append(Unzip(three), File{Name: Package, Body: []byte("x")})...), "archive_unsafe"},
		{"a package document that is larger than it says", Lying(three, Package, 10), "unreadable"},
		{"a chapter that is larger than it says", Lying(three, ChapterFile(1), 10), ""},
		{"a chapter that is smaller than it says", Lying(three, ChapterFile(1), 20_000), ""},
		{"a chapter whose bytes are damaged", flipped(three, ChapterFile(2)), ""},
		{"half a book", three[:len(three)/2], "unreadable"},
		{"half a text", TXT(Small(), nil)[:99], ""},
		{"half a MOBI", MOBI{Packed: 2}.Make(Small())[:600], "unreadable"},
		{"half a FictionBook", FB2(Small())[:1800], ""},
		{"random bytes", noise(4096), "unsupported"},
		{"a zip file of something else", Zip(File{Name: "a.txt", Body: []byte("x")}), "unsupported"},
		{"an Office document", Zip(File{Name: "[Content_Types].xml", Body: []byte("<Types/>")}, File{Name: "word/media/a.png"}), "unsupported"},
		{"a RAR archive", []byte("Rar!\x1a\x07\x01\x00 and more"), "unsupported"},
		{"an empty text", []byte(" \r\n　\r\n"), "empty_book"},
		{"an empty FictionBook", []byte(`<?xml version="1.0"?><FictionBook><description/><body><section/></body></FictionBook>`), "empty_book"},
	}
	return append(append(all, hostileEPUBs(three, two)...), underDRM(three)...)
}

func hostileEPUBs(three, two []byte) []Hostile {
	return []Hostile{
		{"no container", Without(three, Container), ""},
		{"a broken container", With(three, Container, "<container><rootfi"), ""},
		{"no package document", Without(three, Package), "unreadable"},
		{"a package document that is none", With(three, Package, "this is not it"), "unreadable"},
		{"a package document that ends in its middle", cut(three, Package, 0.7), "empty_book"},
		{"a package document without a spine", Replaced(three, Package, "<itemref ", "<other "), ""},
		{"a package document that reads other files", Replaced(three, Package, "<package ", `<!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/passwd">]><package a="&x;" `), ""},
		{"entities that grow", Replaced(three, Package, "<package ", `<!DOCTYPE package [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><package a="&b;" `), ""},
		{"a spine of what is not there", Replaced(three, Package, `href="text/`, `href="nowhere/`), "empty_book"},
		{"one chapter is missing", Without(three, ChapterFile(2)), ""},
		{"links that lead upwards", Replaced(three, Package, `href="text/c1.xhtml"`, `href="../../../../etc/passwd"`), ""},
		{"links to other servers", Replaced(three, Package, `href="style.css"`, `href="https://example.org/style.css"`), ""},
		{"a broken nav", With(three, Nav, "<nav epub:type='toc'><ol><li><a href="), ""},
		{"a nav without end", With(three, Nav, `<nav epub:type="toc">`+strings.Repeat("<ol><li><a href='text/c1.xhtml'>x</a>", 25_000)), ""},
		{"a broken NCX", With(two, NCX, "<ncx><navMap><navPoint"), ""},
		{"an NCX without end", With(two, NCX, "<ncx><navMap>"+strings.Repeat("<navPoint><navLabel><text>x</text></navLabel><content src='text/c1.xhtml'/>", 12_000)), ""},
		{"elements 200,000 deep", Replaced(three, Package, "<metadata", strings.Repeat("<a>", 200_000)+"<metadata"), ""},
		{"a chapter 200,000 deep", With(three, ChapterFile(1), "<html><body>"+strings.Repeat("<div>", 200_000)+"深"), ""},
		{"a manifest of 80,000 items", Replaced(three, Package, "<manifest>", "<manifest>"+items(80_000)), "too_large"},
		{"a spine that names one part 40,000 times", Replaced(three, Package, `<itemref idref="c1"/>`, strings.Repeat(`<itemref idref="c1"/>`, 40_000)), ""},
		{"a chapter in GBK that says UTF-8", With(three, ChapterFile(1), "<html><body><p>\xd6\xd0\xb9\xfa\xd6\xd0\xb9\xfa\xce\xc4\xd1\xa7\xa1\xa3</p></body></html>"), ""},
		{"an empty chapter", With(three, ChapterFile(1), ""), ""},
		{"a cover of 60,000 by 60,000 pixels", With(three, CoverFile, string(HugePNG(60_000, 60_000))), ""},
	}
}

// Encryption is META-INF/encryption.xml that names one entry.
func Encryption(algorithm, entry, key string) string {
	return fmt.Sprintf(`<?xml version="1.0"?><encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="%s"/>%s<enc:CipherData><enc:CipherReference URI="%s"/></enc:CipherData></enc:EncryptedData></encryption>`, algorithm, key, entry)
}

func underDRM(three []byte) []Hostile {
	const file, aes = "META-INF/encryption.xml", "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
	return []Hostile{
		{"Adobe's ADEPT", With(three, file, Encryption(aes, ChapterFile(1), `<KeyInfo><resource xmlns="http://ns.adobe.com/adept">urn:uuid:1</resource></KeyInfo>`)), "drm_adept"},
		{"Adobe's rights", With(three, "META-INF/rights.xml", `<rights xmlns="http://ns.adobe.com/adept"/>`), "drm_adept"},
		{"Readium LCP", With(three, "META-INF/license.lcpl", "{}"), "drm_lcp"},
		{"Readium LCP without its licence", With(three, file, Encryption("http://www.w3.org/2001/04/xmlenc#aes256-cbc", ChapterFile(1),
			`<KeyInfo><RetrievalMethod URI="license.lcpl#/encryption/content_key" Type="http://readium.org/2014/01/lcp#EncryptedContentKey"/></KeyInfo>`)), "drm_lcp"},
		{"Apple's FairPlay", With(three, "META-INF/sinf.xml", "<fairplay/>"), "drm_fairplay"},
		{"Kobo's", With(three, "META-INF/rights.xml", "<kdrm/>"), "drm_kobo"},
		{"a DRM that nobody knows", With(three, file, Encryption(aes, ChapterFile(1), "")), "drm_unknown"},
		{"Amazon's", MOBI{Packed: 2, Encrypted: true}.Make(Small()), "drm_kindle"},
		{"Amazon's, KFX", []byte("\xeaDRMION\xee and more"), "drm_kindle"},
	}
}

func items(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<item id="x%d" href="x%[1]d.xhtml" media-type="application/xhtml+xml"/>`, i)
	}
	return b.String()
}

// cut returns a book of which one entry ends early.
func cut(packed []byte, name string, share float64) []byte {
	for _, f := range Unzip(packed) {
		if f.Name == name {
			return With(packed, name, string(f.Body[:int(float64(len(f.Body))*share)]))
		}
	}
	panic("no entry " + name)
}

// flipped returns a book of which an entry's packed bytes are damaged.
func flipped(packed []byte, name string) []byte {
	at := strings.Index(string(packed), name) + len(name) + 40
	out := []byte(string(packed))
	for i := range 8 {
		out[at+i] ^= 0x5a
	}
	return out
}

func noise(n int) []byte {
	b := make([]byte, n)
	v := uint32(2463534242)
	for i := range b {
		v ^= v << 13
		v ^= v >> 17
		v ^= v << 5
		b[i] = byte(v)
	}
	return b
}
