package book

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/letters"
)

// zipped is a book in a zip file; its entries tell which.
const zipped = "zip"

// headBytes is how much of a file is looked at.
const headBytes = 4 << 10

// signatures are how files begin that are told by it. Those without a format are
// refused, and the text says as what.
var signatures = []struct {
	at           int
	mark, format string
	name         string
}{
	{0, "PK\x03\x04", zipped, ""},
	{0, "PK\x05\x06", zipped, ""},
	{60, "BOOKMOBI", events.BookMOBI, ""},
	{60, "TEXtREAd", events.BookMOBI, ""},
	{0, "TPZ", "", "a Topaz book"},
	{0, "CONT\x02\x00", "", "a KFX book"},
	{0, "Rar!\x1a\x07", "", "a RAR archive (CBR): pack it as CBZ"},
	{0, "7z\xbc\xaf\x27\x1c", "", "a 7z archive (CB7): pack it as CBZ"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "an old Office document"},
	{0, "AT&TFORM", "", "a DjVu document"},
	{0, "ITSF", "", "a CHM help file"},
	{0, "{\\rtf", "", "an RTF document"},
}

// detect tells the format of a file.
func detect(file io.ReaderAt, size int64) (string, error) {
	head := make([]byte, min(size, headBytes))
	if n, err := file.ReadAt(head, 0); n < len(head) {
		return "", fmt.Errorf("read the beginning of the book: %w", err)
	}
	if bytes.HasPrefix(head, []byte("\xeaDRMION\xee")) {
		return "", fault.Refusef(CodeKindle, "the book is under Amazon's DRM (KFX): it cannot be taken in")
	}
	for _, s := range signatures {
		if len(head) < s.at || !bytes.HasPrefix(head[s.at:], []byte(s.mark)) {
			continue
		}
		if s.format == "" {
			return "", unsupportedf("the file is %s: it is none of EPUB, PDF, TXT, FB2, MOBI, AZW3, CBZ", s.name)
		}
		return s.format, nil
	}
	// PDF allows other things before its mark, ISO 32000 appendix H: 1024 bytes.
	if bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")) {
		return events.BookPDF, nil
	}
	return detectText(head)
}

// detectText tells the formats that are texts.
func detectText(head []byte) (string, error) {
	text, encoding := letters.Decode(head)
	if (encoding == "" || !reads(text)) && len(bytes.TrimSpace(head)) > 0 {
		return "", unsupportedf("the file is no text, and none of EPUB, PDF, FB2, MOBI, AZW3, CBZ")
	}
	text = strings.ToLower(strings.TrimLeft(text, "\ufeff \t\r\n"))
	switch {
	case strings.Contains(text, "<fictionbook"):
		return events.BookFB2, nil
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"):
		return "", unsupportedf("the file is a page of HTML: it is none of EPUB, PDF, TXT, FB2, MOBI, AZW3, CBZ")
	}
	return events.BookTXT, nil
}

// reads reports whether a text has few characters that no text has: bytes of any
// kind may pass for some encoding.
func reads(text string) bool {
	odd, all := 0, 0
	for _, r := range text {
		all++
		if r == utf8.RuneError || r < ' ' && !strings.ContainsRune("\t\n\r\f\x1a\x1b", r) || r >= 0x7f && r < 0xa0 {
			odd++
		}
	}
	return odd <= 2 || odd*50 <= all // the last may be cut off
}
