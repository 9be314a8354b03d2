package formats

import (
	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

// Why a file is refused, besides the reasons of package archive.
const (
	CodeEmpty       = "empty_file"  // nothing in the file
	CodeUnsupported = "unsupported" // none of the formats, or no way to the one that is wanted
)

func unreadablef(format string, args ...any) error {
	return fault.Refusef(archive.CodeUnreadable, format, args...)
}
func unsupportedf(format string, args ...any) error {
	return fault.Refusef(CodeUnsupported, format, args...)
}
