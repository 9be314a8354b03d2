package events

// The story of one book in the reading library. A book is what one source calls by
// one id, in all its versions. Whoever gives a version a higher number replaces
// what was there; the same or a lower one changes nothing.

// BookUploaded says that the file of a book has arrived, or that a batch names it.
type BookUploaded struct {
	Book     string        `json:"book"` // follows from source and source id
	Upload   string        `json:"upload"`
	Origin   Origin        `json:"origin"`
	Object   Object        `json:"object"`
	Name     string        `json:"name"`               // the file's name as its source wrote it: untrusted
	Row      *BatchRow     `json:"row,omitempty"`      // where a batch named it
	Metadata *BookMetadata `json:"metadata,omitempty"` // from beside the file: it wins over the file's own
	Licence  *Licence      `json:"licence,omitempty"`
}

// Origin says which version of which book this is.
type Origin struct {
	Source  string `json:"source"`    // who supplies it, such as a publisher's short name
	ID      string `json:"source_id"` // what they call it
	Version int64  `json:"version"`   // grows with each change
}

// Licence is what a library may do with a book. Zero values bound nothing.
type Licence struct {
	Copies      int    `json:"copies,omitempty"`       // lent at the same time
	LendingDays int    `json:"lending_days,omitempty"` // how long a loan lasts
	Ends        string `json:"ends,omitempty"`         // the last day, 2030-12-31
}

// BookMetadata describes a book. All but the title may be empty.
type BookMetadata struct {
	Title         string        `json:"title"`
	Subtitle      string        `json:"subtitle,omitempty"`
	Contributors  []Contributor `json:"contributors,omitempty"` // in the book's own order
	Publisher     string        `json:"publisher,omitempty"`
	Published     string        `json:"published,omitempty"` // 2024, 2024-05 or 2024-05-17
	Language      string        `json:"language,omitempty"`  // BCP 47
	ISBN          string        `json:"isbn,omitempty"`      // 13 digits, checked
	Series        string        `json:"series,omitempty"`
	Position      float64       `json:"position,omitempty"` // in the series
	Subjects      []string      `json:"subjects,omitempty"`
	CLC           string        `json:"clc,omitempty"` // class of the 中图法, such as TP312
	Summary       string        `json:"summary,omitempty"`
	Accessibility []string      `json:"accessibility,omitempty"` // features, as schema.org's accessibilityFeature names them
}

// Contributor is a person or body with a part in a book.
type Contributor struct {
	Name string `json:"name"`
	Role string `json:"role"` // code of the MARC relators: aut, trl, edt, ill, …
}

// BookCatalogued says what a book is, and where its parts are. It is said again, of the
// same version and with the text, once the text of a book was read that takes its time:
// what has a text outdoes what has none.
type BookCatalogued struct {
	Book     string       `json:"book"`
	Upload   string       `json:"upload"`
	Origin   Origin       `json:"origin"`
	Row      *BatchRow    `json:"row,omitempty"`
	Format   string       `json:"format"` // one of the Book… constants
	File     Object       `json:"file"`   // under its own SHA-256: books with the same file share it
	SHA256   string       `json:"sha256"`
	Metadata BookMetadata `json:"metadata"`
	Contents Object       `json:"contents"`       // a [BookContents] in JSON
	Text     *Object      `json:"text,omitempty"` // of the form of shared/booktext; absent where the book has none, or none yet
	Letters  int          `json:"letters"`        // characters of the text; 0 where there is none yet
	HasCover bool         `json:"has_cover"`
	Licence  *Licence     `json:"licence,omitempty"`
}

// BookTextRequested asks for the text of a book. It is an event of its own so that a
// book is on the shelf before its text is read, which takes as long as all the rest.
type BookTextRequested struct {
	Book   string `json:"book"`
	Upload string `json:"upload"`
	Format string `json:"format"`
	File   Object `json:"file"`
	SHA256 string `json:"sha256"`
}

// BookCoverRequested asks for the pictures of a book's cover. It is an event of its
// own because decoding takes nine tenths of the time that a book takes.
type BookCoverRequested struct {
	Book   string `json:"book"`
	Upload string `json:"upload"`
	Format string `json:"format"`
	File   Object `json:"file"`
	SHA256 string `json:"sha256"`
}

// BookCovered says that a book's cover is there, and a small one for lists.
type BookCovered struct {
	Book      string `json:"book"`
	Upload    string `json:"upload"`
	SHA256    string `json:"sha256"` // of the book's file
	Cover     Object `json:"cover"`
	Thumbnail Object `json:"thumbnail"`
}

// BookWithdrawn takes a book out of shelves, feeds and search. It stays withdrawn
// until a [BookRestored] with a higher version.
type BookWithdrawn struct {
	Book   string    `json:"book"`
	Origin Origin    `json:"origin"`
	Row    *BatchRow `json:"row,omitempty"`
	Reason string    `json:"reason"`
}

// BookRestored puts a withdrawn book back.
type BookRestored struct {
	Book   string    `json:"book"`
	Origin Origin    `json:"origin"`
	Row    *BatchRow `json:"row,omitempty"`
	Reason string    `json:"reason"`
}

// BookRefused says that the work on a book's file has stopped, and why.
type BookRefused struct {
	Book   string    `json:"book"`
	Upload string    `json:"upload"`
	Row    *BatchRow `json:"row,omitempty"`
	Stage  string    `json:"stage"`
	Code   string    `json:"code"` // such as drm_adept
	Reason string    `json:"reason"`
}

// The formats of books.
const (
	BookEPUB = "epub"
	BookPDF  = "pdf"
	BookTXT  = "txt"
	BookFB2  = "fb2"
	BookMOBI = "mobi" // AZW3 too
	BookCBZ  = "cbz"
)

// BookFormats are all formats of books.
func BookFormats() []string {
	return []string{BookEPUB, BookPDF, BookTXT, BookFB2, BookMOBI, BookCBZ}
}

func (BookUploaded) EventType() string       { return "dev.xietong.book.uploaded.v1" }
func (BookCatalogued) EventType() string     { return "dev.xietong.book.catalogued.v1" }
func (BookTextRequested) EventType() string  { return "dev.xietong.book.text.requested.v1" }
func (BookCoverRequested) EventType() string { return "dev.xietong.book.cover.requested.v1" }
func (BookCovered) EventType() string        { return "dev.xietong.book.covered.v1" }
func (BookWithdrawn) EventType() string      { return "dev.xietong.book.withdrawn.v1" }
func (BookRestored) EventType() string       { return "dev.xietong.book.restored.v1" }
func (BookRefused) EventType() string        { return "dev.xietong.book.refused.v1" }

func (d BookUploaded) EventSubject() string       { return d.Book }
func (d BookCatalogued) EventSubject() string     { return d.Book }
func (d BookTextRequested) EventSubject() string  { return d.Book }
func (d BookCoverRequested) EventSubject() string { return d.Book }
func (d BookCovered) EventSubject() string        { return d.Book }
func (d BookWithdrawn) EventSubject() string      { return d.Book }
func (d BookRestored) EventSubject() string       { return d.Book }
func (d BookRefused) EventSubject() string        { return d.Book }
