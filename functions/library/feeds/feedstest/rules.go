package feedstest

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	navigation  = "application/atom+xml;profile=opds-catalog;kind=navigation"
	acquisition = "application/atom+xml;profile=opds-catalog;kind=acquisition"
	entry       = "application/atom+xml;type=entry;profile=opds-catalog"
	description = "application/opensearchdescription+xml"
)

// rule is one must of a specification. It is told the media type that the document
// came with.
type rule struct {
	says   string
	broken func(media string, d *node) bool
}

// entries are what a feed lists; of the document of one book, itself.
func entries(d *node) []*node {
	if d.name == "entry" {
		return []*node{d}
	}
	return d.all(atom, "entry")
}

// some reports whether something holds of one of all.
func some[T any](all []T, holds func(T) bool) bool { return slices.ContainsFunc(all, holds) }

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs()
}

func mediaType(s string) bool {
	_, _, err := mime.ParseMediaType(s)
	return err == nil && strings.Contains(s, "/")
}

// plain reports whether a feed or an entry has one id, one title and one time.
func plain(n *node) bool {
	id, hasID := n.one(atom, "id")
	_, hasTitle := n.one(atom, "title")
	updated, hasTime := n.one(atom, "updated")
	_, err := time.Parse(time.RFC3339, updated)
	return hasID && absolute(id) && hasTitle && hasTime && err == nil
}

func hasAuthor(n *node) bool {
	return some(n.all(atom, "author"), func(a *node) bool { name, has := a.one(atom, "name"); return has && name != "" })
}

// doubled reports whether two of the links have the same key.
func doubled(all []*node, key func(*node) string) bool {
	seen := map[string]bool{}
	return some(all, func(n *node) bool {
		k := key(n)
		was := seen[k]
		seen[k] = true
		return was
	})
}

// linksOf are the links of a document and of its entries.
func linksOf(d *node) []*node {
	all := d.links("")
	if d.name == "feed" {
		for _, e := range entries(d) {
			all = append(all, e.links("")...)
		}
	}
	return all
}

// feedRules are those of Atom and of OPDS 1.2, in the order of their texts.
func feedRules() []rule {
	facet := func(d *node) []*node { return d.links("http://opds-spec.org/facet") }
	group := func(l *node) string { return l.attr(opds, "facetGroup") }
	return []rule{
		{"RFC 4287, 4.1: the document is a feed or an entry", func(_ string, d *node) bool { return d.space != atom || d.name != "feed" && d.name != "entry" }},
		{"RFC 4287, 4.1: a feed and each entry have one id, title and updated", func(_ string, d *node) bool {
			return some(append(entries(d), d), func(n *node) bool { return !plain(n) })
		}},
		{"RFC 4287, 4.1: the feed has an author, or each entry", func(_ string, d *node) bool {
			return !hasAuthor(d) && (d.name == "entry" || len(entries(d)) == 0 || some(entries(d), func(e *node) bool { return !hasAuthor(e) }))
		}},
		{"RFC 4287, 4.1.2: an entry without content has an alternate link", func(_ string, d *node) bool {
			return some(entries(d), func(e *node) bool { return len(e.all(atom, "content")) == 0 && len(e.links("alternate")) == 0 })
		}},
		{"RFC 4287, 4.1.2: an entry has at most one summary and one content", func(_ string, d *node) bool {
			return some(entries(d), func(e *node) bool { return len(e.all(atom, "summary")) > 1 || len(e.all(atom, "content")) > 1 })
		}},
		{"RFC 4287, 4.1.2: two alternate links differ in type", func(_ string, d *node) bool {
			return some(append(entries(d), d), func(n *node) bool {
				return doubled(n.links("alternate"), func(l *node) string { return l.attr("", "type") })
			})
		}},
		{"RFC 4287, 4.2.6: no two entries have one id", func(_ string, d *node) bool {
			return doubled(entries(d), func(e *node) string { id, _ := e.one(atom, "id"); return id })
		}},
		{"RFC 4287, 4.2.7: a link has an address and a media type", func(_ string, d *node) bool {
			return some(linksOf(d), func(l *node) bool {
				_, err := url.Parse(l.attr("", "href"))
				return err != nil || l.attr("", "href") == "" || !mediaType(l.attr("", "type"))
			})
		}},
		{"OPDS 2: the document is what its media type says, and links to itself as that", func(media string, d *node) bool {
			return (media == entry) != (d.name == "entry") || !some(d.links("self"), func(l *node) bool { return l.attr("", "type") == media })
		}},
		{"OPDS 2: a feed is one of books or one of feeds", func(media string, d *node) bool {
			return d.name == "feed" && some(entries(d), func(e *node) bool { return (len(e.acquisitions()) > 0) != (media == acquisition) })
		}},
		{"OPDS 2.1: a feed leads to the catalogue's root", func(_ string, d *node) bool {
			return d.name == "feed" && !some(d.links("start"), func(l *node) bool { return l.attr("", "type") == navigation })
		}},
		{"OPDS 2.4 and Thorium: only feeds of books are paged", func(media string, d *node) bool { return media != acquisition && len(d.links("next")) > 0 }},
		{"OPDS 3: the search is described by OpenSearch", func(_ string, d *node) bool {
			return some(d.links("search"), func(l *node) bool { return l.attr("", "type") != description })
		}},
		{"OPDS 4: facets are in feeds of books alone", func(media string, d *node) bool { return media != acquisition && len(facet(d)) > 0 }},
		{"OPDS 4: a facet is in one group", func(_ string, d *node) bool {
			return some(facet(d), func(l *node) bool { return group(l) == "" }) ||
				doubled(facet(d), func(l *node) string { return l.attr("", "href") + " " + l.attr("", "title") })
		}},
		{"OPDS 4: at most one facet of a group is active, and it says true", func(_ string, d *node) bool {
			active := slices.DeleteFunc(facet(d), func(l *node) bool { return l.attr(opds, "activeFacet") == "" })
			return doubled(active, group) || some(active, func(l *node) bool { return l.attr(opds, "activeFacet") != "true" })
		}},
		{"OPDS 5: the document of a book has an acquisition link", func(_ string, d *node) bool { return d.name == "entry" && len(d.acquisitions()) == 0 }},
		{"OPDS 5.1.1: the title is Atom's, not Dublin Core's", func(_ string, d *node) bool {
			return some(entries(d), func(e *node) bool {
				return len(e.all(dc, "title"))+len(e.all(dc, "creator"))+len(e.all(dc, "subject")) > 0
			})
		}},
		{"OPDS 5.1.2: a book in a feed leads to its document", func(media string, d *node) bool {
			return media == acquisition && some(entries(d), func(e *node) bool {
				return !some(e.links("alternate"), func(l *node) bool { return l.attr("", "type") == entry })
			})
		}},
		{"OPDS 5.1.3: a summary is text", func(_ string, d *node) bool {
			return some(entries(d), func(e *node) bool {
				return some(e.all(atom, "summary"), func(s *node) bool { return s.attr("", "type") != "text" || len(s.children) > 0 })
			})
		}},
		{"OPDS 5.2.2: pictures are GIF, JPEG or PNG", func(_ string, d *node) bool {
			return some(linksOf(d), func(l *node) bool {
				return strings.HasPrefix(l.attr("", "rel"), "http://opds-spec.org/image") && !slices.Contains([]string{"image/gif", "image/jpeg", "image/png"}, l.attr("", "type"))
			})
		}},
		{"OPDS 5.4: what is sold has a price", func(_ string, d *node) bool {
			return some(linksOf(d), func(l *node) bool {
				return strings.HasSuffix(l.attr("", "rel"), "/buy") && len(l.all(opds, "price")) == 0
			})
		}},
		{"OPDS 5.4: an indirect acquisition has a media type", func(_ string, d *node) (broken bool) {
			d.each(func(n *node) {
				broken = broken || n.space == opds && n.name == "indirectAcquisition" && !mediaType(n.attr("", "type"))
			})
			return broken
		}},
		{"OPDS 7.1: links into the catalogue have its very media types", func(_ string, d *node) bool {
			return some(linksOf(d), func(l *node) bool {
				t := l.attr("", "type")
				return strings.HasPrefix(t, "application/atom+xml") && !slices.Contains([]string{navigation, acquisition, entry}, t)
			})
		}},
		{"OPDS, appendix B: its namespace holds nothing else", func(_ string, d *node) (broken bool) {
			d.each(func(n *node) {
				broken = broken || n.space == opds && n.name != "price" && n.name != "indirectAcquisition" || !slices.Contains([]string{atom, dc, opds, look}, n.space)
				for _, a := range n.attrs {
					broken = broken || a.Name.Space == opds && a.Name.Local != "facetGroup" && a.Name.Local != "activeFacet"
				}
			})
			return broken
		}},
	}
}

// searchRules are those of OpenSearch 1.1 and of OPDS 1.2 for it.
func searchRules() []rule {
	within := func(d *node, name string, most int) bool {
		text, has := d.one(look, name)
		return has && text != "" && utf8.RuneCountInString(text) <= most
	}
	return []rule{
		{"OpenSearch: the document is a description", func(_ string, d *node) bool { return d.space != look || d.name != "OpenSearchDescription" }},
		{"OpenSearch: it has a name of at most 16 characters", func(_ string, d *node) bool { return !within(d, "ShortName", 16) }},
		{"OpenSearch: it has a description of at most 1,024 characters", func(_ string, d *node) bool { return !within(d, "Description", 1024) }},
		{"OPDS 3: the search finds feeds of books", func(_ string, d *node) bool {
			return !some(d.all(look, "Url"), func(u *node) bool {
				return u.attr("", "type") == acquisition && strings.Contains(u.attr("", "template"), "{searchTerms}")
			})
		}},
	}
}

func checkXML(media string, text []byte) error {
	d, err := parse(text)
	if err != nil {
		return err
	}
	rules := feedRules()
	if media == description {
		rules = searchRules()
	}
	var wrong []error
	for _, r := range rules {
		if r.broken(media, d) {
			wrong = append(wrong, fmt.Errorf("broken: %s", r.says))
		}
	}
	return errors.Join(wrong...)
}
