// Package archive opens zip files, and the XML in them, that nobody trusts. Office
// documents and books are such files.
//
//	in   a zip file, and limits
//	out  its entries, each read within the limits
//
// Refused are archives whose directory lies, whose names lead elsewhere, whose
// entries share bytes or grow beyond reason, archives within archives deeper than
// is allowed, what is encrypted, and XML that declares entities of its own.
package archive

import (
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
)

// Why a file is refused. Functions that refuse for the same reason take the same
// code.
const (
	CodeTooLarge   = "too_large"      // more than a limit allows, though nothing is wrong with it
	CodeUnreadable = "unreadable"     // truncated or corrupt
	CodeEncrypted  = "encrypted"      // wants a password
	CodeBomb       = "archive_bomb"   // built to grow when it is opened
	CodeUnsafe     = "archive_unsafe" // an archive whose directory lies or points elsewhere
	CodeXML        = "xml_unsafe"     // XML with entities of its own, or nested beyond reason
)

// Limits is what an archive, and the XML in it, may be at most. Over 644 real
// OOXML files the largest ratio of an entry was 43, the largest total 15.3 MB and
// the most entries 382; known bombs have ratios of 397 and 437 in one entry.
type Limits struct {
	Entries   int        `env:"MAX_ARCHIVE_ENTRIES,default=10000"`
	Directory conf.Bytes `env:"MAX_ARCHIVE_DIRECTORY,default=4MiB"` // of what lists the entries
	Ratio     int64      `env:"MAX_ARCHIVE_RATIO,default=100"`      // of an entry, once it is larger than 1 MB
	Inflated  conf.Bytes `env:"MAX_ARCHIVE_INFLATED,default=1GiB"`  // of all entries together
	Nesting   int        `env:"MAX_ARCHIVE_NESTING,default=1"`      // archives within archives
	Nested    conf.Bytes `env:"MAX_ARCHIVE_NESTED,default=64MiB"`   // of one archive within

	XML       conf.Bytes `env:"MAX_XML,default=512MiB"` // of one XML file
	XMLToken  conf.Bytes `env:"MAX_XML_TOKEN,default=16MiB"`
	XMLTokens int        `env:"MAX_XML_TOKENS,default=50000000"`
	XMLDepth  int        `env:"MAX_XML_DEPTH,default=256"` // as libxml2 has it
}

// small is the size under which an entry may have any ratio: a table of spaces
// shrinks well and hurts nobody.
const small = 1 << 20

func bombf(format string, args ...any) error   { return fault.Refusef(CodeBomb, format, args...) }
func unsafef(format string, args ...any) error { return fault.Refusef(CodeUnsafe, format, args...) }
func unreadablef(format string, args ...any) error {
	return fault.Refusef(CodeUnreadable, format, args...)
}
