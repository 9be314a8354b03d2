package plain

import (
	"bytes"
	"io"
	"testing"

	"xietong.dev/functions/convert/formats"
)

func BenchmarkText(b *testing.B) {
	for _, name := range []string{"notice.docx", "notice.odt", "budget.xlsx", "report.pptx"} {
		content := fileOf(b, name)
		b.Run(name, func(b *testing.B) {
			l := defaults(b)
			for b.Loop() {
				if _, err := Text(io.Discard, bytes.NewReader(content), int64(len(content)), formats.ByExtension(name), l); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
