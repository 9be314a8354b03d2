package reading

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var declared = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// decoded returns a chapter in UTF-8, whatever it is written in.
func decoded(raw []byte) []byte {
	for mark, label := range map[string]string{"\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be"} {
		if bytes.HasPrefix(raw, []byte(mark)) {
			return inUTF8(raw, label)
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if utf8.Valid(raw) {
		return raw
	}
	if found := declared.FindSubmatch(raw); found != nil && !strings.HasPrefix(strings.ToLower(string(found[1])), "utf") {
		return inUTF8(raw, string(found[1]))
	}
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
		return text
	}
	return bytes.ToValidUTF8(raw, []byte("\ufffd"))
}

func inUTF8(raw []byte, label string) []byte {
	r, err := charset.NewReaderLabel(label, bytes.NewReader(raw))
	if err != nil {
		return bytes.ToValidUTF8(raw, []byte("\ufffd"))
	}
	text, _ := io.ReadAll(r) // of memory
	return text
}
