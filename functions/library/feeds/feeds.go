// Package feeds writes a library's catalogue as reading apps read it.
//
//	in   feeds, books, facets and links as plain values, with their addresses
//	out  OPDS 1.2 (Atom, and a description of its search), OPDS 2.0 (JSON), ODL's
//	     License Info Document, and the Authentication Document that whoever is not
//	     let in gets
//
// Nothing is refused. Characters that a document cannot hold are left out, and in
// lists what is too long is cut: the document of the one book has the whole.
// The rules are those of https://specs.opds.io/opds-1.2, https://drafts.opds.io/opds-2.0
// and https://drafts.opds.io/odl-1.0.
package feeds

import (
	"net/url"
	"regexp"
	"time"

	"xietong.dev/events"
)

// Version is one of OPDS.
type Version string

// The versions, as they stand in addresses.
const (
	V1 Version = "v1.2"
	V2 Version = "v2"
)

// Kind is what a link leads to, where it stays in the catalogue.
type Kind int

// The kinds. Other is outside the catalogue, and has a media type of its own.
const (
	Other  Kind = iota
	Menu        // a feed of feeds
	List        // a feed of books
	Item        // the document of one book
	Search      // OPDS 1.2: the description; OPDS 2.0: the address itself, with {?query}
)

// The relations that are not everybody's.
const (
	RelNewest  = "http://opds-spec.org/sort/new"
	RelPopular = "http://opds-spec.org/sort/popular"
	RelShelf   = "http://opds-spec.org/shelf"
	RelOpen    = "http://opds-spec.org/acquisition/open-access"
	RelHave    = "http://opds-spec.org/acquisition"
	RelBorrow  = "http://opds-spec.org/acquisition/borrow"
	// RelReturn is of no specification: Palace's servers and apps return loans by it.
	RelReturn = "http://librarysimplified.org/terms/rel/revoke"

	relFacet     = "http://opds-spec.org/facet"
	relCover     = "http://opds-spec.org/image"
	relThumbnail = "http://opds-spec.org/image/thumbnail"
)

// ManifestType is that of a Readium manifest.
const ManifestType = "application/webpub+json"

// types are the media types of links into the catalogue.
var types = map[Version]map[Kind]string{
	V1: {
		Menu:   "application/atom+xml;profile=opds-catalog;kind=navigation",
		List:   "application/atom+xml;profile=opds-catalog;kind=acquisition",
		Item:   "application/atom+xml;type=entry;profile=opds-catalog",
		Search: "application/opensearchdescription+xml",
	},
	V2: {Menu: "application/opds+json", List: "application/opds+json", Item: "application/opds-publication+json", Search: "application/opds+json"},
}

// Type is the media type of a document of a kind.
func (v Version) Type(k Kind) string { return types[v][k] }

// FileType is the media type of the file of a book, by its format.
func FileType(format string) string {
	switch format {
	case events.BookEPUB:
		return "application/epub+zip"
	case events.BookPDF:
		return "application/pdf"
	case events.BookTXT:
		return "text/plain"
	case events.BookFB2:
		return "application/x-fictionbook+xml"
	case events.BookMOBI:
		return "application/x-mobipocket-ebook"
	case events.BookCBZ:
		return "application/vnd.comicbook+zip"
	}
	return "application/octet-stream"
}

// Link is an address and what is told of it.
type Link struct {
	Rel, Href string
	Kind      Kind
	Type      string // where the kind is Other
	Title     string
	Books     int  // behind it; 0 where nobody has counted
	Active    bool // the facet that is chosen

	// Of links that a book is had by. Formats are the media types that a loan ends in.
	Formats      []string
	Availability *Availability
}

// Availability says whether a book can be had. Times that are zero are not told, and
// without Total nobody counts copies.
type Availability struct {
	Available    bool
	Since, Until time.Time
	Total, Free  int
}

// Feed is one document of the catalogue: a menu or a list.
type Feed struct {
	Kind     Kind // Menu or List
	ID       string
	Title    string
	Library  string // its author
	Language string
	Updated  time.Time
	Links    []Link
	Choices  []Choice // of a menu
	Books    []Book   // of a list
	Facets   []Facet
	Total    int // books on all pages; 0 where nobody has counted
	PerPage  int
}

// Choice is one line of a menu.
type Choice struct {
	ID, About string
	Link      Link // with a title
}

// Facet is one way to narrow or to order a list.
type Facet struct {
	Title string
	Links []Link // one of them may be active
}

// Book is one book of the catalogue.
type Book struct {
	ID       string // a URI that stays; see [ID]
	Metadata events.BookMetadata
	Updated  time.Time
	Self     string // the document of this one book
	Cover    string // JPEG; may be empty
	Small    string // the same for lists
	Links    []Link // how it is had
	Licences []Licence
}

// hexadecimal are ids that can be written as a UUID.
var hexadecimal = regexp.MustCompile(`^[0-9a-f]{32}$`)

// ID is the URI of a book.
func ID(book string) string {
	if hexadecimal.MatchString(book) {
		return "urn:uuid:" + book[:8] + "-" + book[8:12] + "-" + book[12:16] + "-" + book[16:20] + "-" + book[20:]
	}
	return Name("book", book)
}

// Name is a URI that stays for anything of the library.
func Name(what, which string) string {
	return "urn:xietong:library:" + what + ":" + url.QueryEscape(which)
}

// Write returns a feed in a version of OPDS, and its media type.
func (f Feed) Write(v Version) (media string, text []byte) {
	if v == V1 {
		return v.Type(f.Kind), f.atom()
	}
	return v.Type(f.Kind), f.json()
}

// Write returns the document of one book, and its media type. The library is named as
// the author of books that have none.
func (b Book) Write(v Version, library, language string) (media string, text []byte) {
	if v == V1 {
		return v.Type(Item), b.atom(library, language)
	}
	return v.Type(Item), b.json()
}
