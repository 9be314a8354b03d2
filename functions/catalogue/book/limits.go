package book

import (
	"fmt"
	"slices"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages"
)

// Why a book is refused.
const (
	CodeEmpty       = "empty_book"           // nothing to read in it
	CodeTooLarge    = archive.CodeTooLarge   // more than a limit allows, though nothing is wrong with it
	CodeUnreadable  = archive.CodeUnreadable // truncated or corrupt
	CodeUnsupported = "unsupported"          // none of the formats
	CodeEncrypted   = pages.CodeEncrypted    // wants a password
	CodeTooMany     = pages.CodeTooManyPages // pages of a PDF
	CodeBomb        = archive.CodeBomb       // built to grow when it is opened
	CodeUnsafe      = archive.CodeUnsafe     // an archive whose directory lies or points elsewhere
	CodeAdept       = "drm_adept"            // Adobe
	CodeLCP         = "drm_lcp"              // Readium
	CodeKindle      = "drm_kindle"           // Amazon
	CodeFairPlay    = "drm_fairplay"         // Apple
	CodeKobo        = "drm_kobo"             // Rakuten
	CodeDRM         = "drm_unknown"          // encrypted by nobody we know
)

// Limits is what a book may be at most. Where a list in a book's description is
// longer than that it is cut, with a warning: the book can be read all the same.
type Limits struct {
	Archive archive.Limits

	File     conf.Bytes `env:"MAX_BOOK,default=1GiB"`             // of the file
	Whole    conf.Bytes `env:"MAX_BOOK_WHOLE,default=64MiB"`      // of a book that is held in memory: TXT, FB2 and the text of MOBI
	PDF      conf.Bytes `env:"MAX_BOOK_PDF,default=256MiB"`       // of a PDF
	Package  conf.Bytes `env:"MAX_BOOK_PACKAGE,default=32MiB"`    // of a file that describes the book, such as OPF and NCX
	Part     conf.Bytes `env:"MAX_BOOK_PART,default=64MiB"`       // of one chapter
	Cover    conf.Bytes `env:"MAX_BOOK_COVER,default=64MiB"`      // of the picture, packed as it is
	Parts    int        `env:"MAX_BOOK_PARTS,default=50000"`      // and resources, each
	Letters  int        `env:"MAX_BOOK_LETTERS,default=50000000"` // of the whole text
	Headings int        `env:"MAX_BOOK_HEADINGS,default=20000"`   // cut
	Levels   int        `env:"MAX_BOOK_LEVELS,default=16"`        // of headings within headings; deeper ones are lifted
	Fields   int        `env:"MAX_BOOK_FIELDS,default=500"`       // contributors, and subjects; cut
	Field    int        `env:"MAX_BOOK_FIELD,default=1000"`       // letters of a title, a name; cut
	Summary  int        `env:"MAX_BOOK_SUMMARY,default=20000"`    // letters; cut
}

func (l Limits) checkSize(size int64) error {
	switch {
	case size == 0:
		return emptyf("the file is empty")
	case size > int64(l.File):
		return fault.Refusef(CodeTooLarge, "the file has %d bytes, MAX_BOOK allows %d", size, l.File)
	}
	return nil
}

func (l Limits) checkWhole(size int64) error {
	if size > int64(l.Whole) {
		return fault.Refusef(CodeTooLarge, "the book has %d bytes of text, MAX_BOOK_WHOLE allows %d", size, l.Whole)
	}
	return nil
}

func (l Limits) checkParts(count int, what string) error {
	if count > l.Parts {
		return fault.Refusef(CodeTooLarge, "the book has %d %s, MAX_BOOK_PARTS allows %d", count, what, l.Parts)
	}
	return nil
}

func emptyf(format string, args ...any) error { return fault.Refusef(CodeEmpty, format, args...) }
func unreadablef(format string, args ...any) error {
	return fault.Refusef(CodeUnreadable, format, args...)
}
func unsupportedf(format string, args ...any) error {
	return fault.Refusef(CodeUnsupported, format, args...)
}

// harmless reports whether an error spoils only the part that was read: the part
// is damaged or missing, and the rest of the book is not.
func harmless(err error) bool {
	switch fault.Code(err) {
	case CodeUnreadable, archive.CodeXML:
		return true
	}
	return false
}

// warn keeps what is wrong with a book, each once. A hundred warnings say it all.
func (b *Book) warn(format string, args ...any) {
	const most = 100
	warning := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(b.Warnings, warning):
	case len(b.Warnings) < most:
		b.Warnings = append(b.Warnings, warning)
	case len(b.Warnings) == most:
		b.Warnings = append(b.Warnings, "there is more like this")
	}
}
