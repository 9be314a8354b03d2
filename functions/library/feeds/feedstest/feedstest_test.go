package feedstest

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestRulesSee spoils good documents, each so that one rule is broken, and wants that
// rule to say so. Each rule in Go is broken once.
func TestRulesSee(t *testing.T) {
	archive, err := txtar.ParseFile("../testdata/documents.txtar")
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]string{}
	for _, f := range archive.Files {
		documents[f.Name] = string(f.Data)
	}
	media := map[string]string{"menu v1.2": navigation, "list v1.2": acquisition, "book v1.2": entry, "lent v1.2": entry, "search": description}
	said := map[string]bool{}
	for _, c := range []struct{ document, old, new, says string }{
		{"menu v1.2", `xmlns="http://www.w3.org/2005/Atom"`, `xmlns="http://www.w3.org/2006/Atom"`, "a feed or an entry"},
		{"menu v1.2", "<updated>2026-05-01T12:00:00Z</updated>", "<updated>yesterday</updated>", "one id, title and updated"},
		{"list v1.2", "<id>urn:xietong:library:book:b7</id>", "<id>b7</id>", "one id, title and updated"},
		{"menu v1.2", "<name>书库</name>", "<name></name>", "has an author"},
		{"lent v1.2", `<content type="text"></content>`, "", "without content"},
		{"book v1.2", `<content type="text">`, `<content type="text"></content><content type="text">`, "at most one summary"},
		{"list v1.2", `<link rel="http://opds-spec.org/image" href="/c/night/cover" type="image/jpeg">`, `<link rel="alternate" href="/o/other" type="application/atom+xml;type=entry;profile=opds-catalog">`, "alternate links differ"},
		{"list v1.2", "<id>urn:xietong:library:book:b7</id>", "<id>urn:uuid:01234567-89ab-cdef-0123-456789abcdef</id>", "no two entries"},
		{"list v1.2", `type="application/pdf"`, `type="pdf"`, "indirect acquisition has"},
		{"list v1.2", `href="/f/night/book.epub"`, `href=""`, "an address and a media type"},
		{"list v1.2", `rel="self"`, `rel="related"`, "links to itself"},
		{"list v1.2", "acquisition/borrow", "lend", "one of books or one of feeds"},
		{"menu v1.2", `rel="subsection"`, `rel="http://opds-spec.org/acquisition"`, "one of books or one of feeds"},
		{"menu v1.2", `rel="start"`, `rel="begin"`, "catalogue's root"},
		{"menu v1.2", `rel="search"`, `rel="next"`, "are paged"},
		{"menu v1.2", "application/opensearchdescription+xml", "application/xml", "described by OpenSearch"},
		{"menu v1.2", `rel="search"`, `rel="http://opds-spec.org/facet"`, "in feeds of books alone"},
		{"list v1.2", `opds:facetGroup="语言"`, "", "in one group"},
		{"list v1.2", `title="全部" opds:facetGroup="语言"`, `title="全部" opds:facetGroup="语言" opds:activeFacet="true"`, "at most one facet"},
		{"lent v1.2", "acquisition/borrow", "lend", "has an acquisition link"},
		{"book v1.2", "<title>", "<dc:title>长夜</dc:title><title>", "not Dublin Core's"},
		{"list v1.2", `rel="alternate"`, `rel="related"`, "leads to its document"},
		{"list v1.2", `<summary type="text">`, `<summary type="html">`, "summary is text"},
		{"list v1.2", "image/jpeg", "image/svg+xml", "GIF, JPEG or PNG"},
		{"lent v1.2", "acquisition/borrow", "acquisition/buy", "has a price"},
		{"menu v1.2", "profile=opds-catalog;kind=acquisition", "kind=acquisition", "very media types"},
		{"lent v1.2", "<opds:indirectAcquisition", `<opds:availability status="available"/><opds:indirectAcquisition`, "holds nothing else"},
		{"search", "OpenSearchDescription", "OpenSearch", "is a description"},
		{"search", "<ShortName>书库", "<ShortName>" + strings.Repeat("书", 17), "16 characters"},
		{"search", "<Description>", "<Description>" + strings.Repeat("书", 1025), "1,024 characters"},
		{"search", "{searchTerms}", "{query}", "finds feeds of books"},
	} {
		good := documents[c.document]
		if !strings.Contains(good, c.old) {
			t.Errorf("%s has no %q", c.document, c.old)
			continue
		}
		err := Check(media[c.document], []byte(strings.ReplaceAll(good, c.old, c.new)))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s with %q: got %v, want %q", c.document, c.new, err, c.says)
		}
		for _, r := range append(feedRules(), searchRules()...) {
			said[r.says] = said[r.says] || strings.Contains(r.says, c.says)
		}
	}
	for rule, seen := range said {
		if !seen {
			t.Errorf("nothing breaks the rule %q", rule)
		}
	}
	if err := Check(entry, []byte(documents["lent v1.2"]+"<")); err == nil {
		t.Error("a document that is not well-formed is taken")
	}
}

// TestSchemaSees is the same for JSON.
func TestSchemaSees(t *testing.T) {
	archive, err := txtar.ParseFile("../testdata/documents.txtar")
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]string{}
	for _, f := range archive.Files {
		documents[f.Name] = string(f.Data)
	}
	for _, c := range []struct{ media, document, old, new string }{
		{"feed", "menu v2", `"rel": "self"`, `"rel": "own"`},
		{"feed", "menu v2", `"navigation"`, `"menus"`},
		{"feed", "menu v2", `"title": "最新上架",`, ``},
		{"feed", "menu v2", `"rel": "start"`, `"rel": "next"`},
		{"feed", "menu v2", `"templated": true`, `"templated": false`},
		{"feed", "list v2", `"title": "长夜 & 灯"`, `"title": ""`},
		{"feed", "list v2", `"itemsPerPage": 2`, `"itemsPerPage": 0`},
		{"feed", "list v2", `"href": "/blank.jpg"`, `"hraf": "/blank.jpg"`},
		{"feed", "list v2", `"type": "image/jpeg"`, `"type": "image/svg+xml"`},
		{"feed", "list v2", `"state": "available"`, `"state": "here"`},
		{"feed", "list v2", `"published": "2024-05-17"`, `"published": "2024"`},
		{"feed", "list v2", `"language": "zh-CN"`, `"language": "中文"`},
		{"feed", "list v2", `"identifier": "urn:isbn:9787302511854"`, `"identifier": "9787302511854"`},
		{"feed", "list v2", "http://opds-spec.org/acquisition/borrow", "borrow"},
		{"feed", "list v2", `"title": "全部"`, `"rel": "self", "title": "全部"`},
		{"publication", "lent v2", `"images"`, `"pictures"`},
		{"publication", "lent v2", `"created"`, `"made"`},
		{"publication", "lent v2", "application/vnd.odl.info+json", "application/json"},
		{"info", "licence", `"status": "available"`, `"status": "good"`},
		{"info", "licence", `"patron_id"`, `"reader"`},
		{"authentication", "authentication", `"title"`, `"name"`},
		{"authentication", "authentication", `"type": "https:`, `"type": ":`},
	} {
		good := documents[c.document]
		if err := checkJSON(c.media, []byte(good)); err != nil || !strings.Contains(good, c.old) {
			t.Errorf("%s: %v; has %q: %v", c.document, err, c.old, strings.Contains(good, c.old))
		}
		if checkJSON(c.media, []byte(strings.ReplaceAll(good, c.old, c.new))) == nil {
			t.Errorf("%s with %q is taken", c.document, c.new)
		}
	}
	if Check("text/html", []byte("<p>")) == nil || checkJSON("feed", []byte("{")) == nil {
		t.Error("what is no document of a catalogue is taken")
	}
}
