package hostile

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"xietong.dev/test/documents/parts"
)

// names are those of a harmless document that mean something to a shell, a
// browser, a path or a reader.
func (m *maker) names() {
	data := simpleWord().Bytes()
	for kind, name := range []string{
		"100%20percent.docx", "%2e%2e%2f%2e%2e%2fetc%2fpasswd.docx", "a\nb.docx", "a\r\nX-Header: 1\r\n\r\n.docx", "say \"yes\".docx", "it's.docx", "`id`.docx", "$(touch outside).docx", "a;id;.docx", "a|id.docx", "a&b<c>.docx",
		"-rf.docx", "--headless.docx", "--outdir=..docx", "-env:UserInstallation=file:x.docx", "@list.docx", "~.docx", "nul\x00.docx", "a.docx\x00.pdf", "../../outside.docx", `..\..\outside.docx`, "/etc/outside.docx", "C:\\outside.docx", "file:///etc/outside.docx", "http://127.0.0.1/a.docx",
		strings.Repeat("长", 83) + ".docx", strings.Repeat("a", 250) + ".docx", strings.Repeat("a", 5000) + ".docx", "\u202excod.exe", "invoice\u202efdp.docx", "a\u0000b\u200b\u2060.docx", "é.docx", "e\u0301.docx", "．．／a.docx", "<img src=x onerror=alert(1)>.docx", "'; DROP TABLE documents; --.docx", "{{7*7}}.docx", "%s%n%x.docx", "\xff\xfe.docx",
		"CON.docx", "aux.docx", "a:b.docx", " .docx", "..docx", ".docx", "docx", "a.docx.", "a.DOCX", "a.docx.exe", "a.exe.docx", "\x1b[31mred.docx", "文档\t.docx", "🗂️.docx", "a\u2028b.docx", "*.docx", "?.docx", "[a].docx", "a.docx#fragment", "a.docx?query",
	} {
		m.add(File{Kind: fmt.Sprintf("%d, %.60q", kind, name), Name: name, MayConvert: true}, data)
	}
}

// empties hold nothing, or next to nothing.
func (m *maker) empties() {
	for _, extension := range strings.Fields("docx doc rtf odt fodt wps xlsx xls ods csv et pptx ppt odp dps pdf txt md html epub png jpeg tiff svg zip") {
		m.refuse("nothing, called "+extension, extension, nil)
	}
	for _, extension := range strings.Fields("docx doc odt xlsx xls pptx ppt pdf epub png") {
		m.may("one byte, called "+extension, extension, []byte("P")) // which is a text
		m.refuse("100 kB of zeros, called "+extension, extension, make([]byte, 100_000))
	}
	for _, extension := range strings.Fields("docx xlsx pptx odt epub") {
		m.refuse("empty archive, called "+extension, extension, parts.Zip())
		m.refuse("archive of one text, called "+extension, extension, parts.Zip(parts.Part{Name: "a.txt", Data: []byte("a")}))
	}
	m.may("only blanks", "txt", bytes.Repeat([]byte(" \n"), 100))
	m.may("only a mark", "txt", []byte("\xef\xbb\xbf"))
	m.may("a document that says nothing", "docx", (&parts.Word{}).Bytes())
	m.may("a presentation of no slide", "pptx", (&parts.Deck{}).Bytes())
}

// others are no documents, whatever their names say.
func (m *maker) others() {
	elf := append([]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00\x01\x00\x00\x00"), m.random(4000)...)
	all := map[string][]byte{
		"program of Linux": elf, "program of Windows": append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"), m.random(4000)...), "class of Java": append([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x41"), m.random(2000)...),
		"film": append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), m.random(9000)...), "music": append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"), m.random(9000)...), "sound": append([]byte("RIFF\x24\x20\x00\x00WAVEfmt \x10\x00\x00\x00"), m.random(8000)...),
		"noise": m.random(50_000), "7z archive": append([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), m.random(2000)...), "rar archive": append([]byte("Rar!\x1a\x07\x01\x00"), m.random(2000)...), "tar archive": append(append([]byte("a.txt"), make([]byte, 252)...), "ustar\x0000"...),
		"database": append([]byte("SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20"), m.random(4000)...), "disk": append(make([]byte, 32769), "CD001\x01\x00"...), "font": append([]byte("OTTO\x00\x09\x00\x80\x00\x03\x00\x10"), m.random(3000)...), "WebAssembly": append([]byte("\x00asm\x01\x00\x00\x00"), m.random(1000)...),
		"capture of a network": append([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00"), m.random(1000)...), "picture of a virtual machine": append([]byte("QFI\xfb\x00\x00\x00\x03"), m.random(2000)...),
	}
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		for _, extension := range []string{"docx", "xls", "pdf"} {
			m.refuse(kind+", called "+extension, extension, all[kind])
		}
	}
}
