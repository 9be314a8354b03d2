// Package pdftest makes PDFs for tests: by LibreOffice, and by hand.
package pdftest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xietong.dev/shared/child"
)

// Office converts documents, named by their file names, in one run of
// LibreOffice, and returns the PDFs by the same names.
func Office(ctx context.Context, documents map[string]string) (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "pdftest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	args := []string{"-env:UserInstallation=file://" + dir + "/profile", "--headless", "--convert-to", "pdf", "--outdir", dir + "/out"}
	for name, text := range documents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
		args = append(args, filepath.Join(dir, name))
	}
	said, err := child.Run(ctx, child.Cmd{Path: "soffice", Args: args, Limits: child.Limits{Wall: 5 * time.Minute, Output: 1 << 20}})
	if err != nil {
		return nil, err
	}
	pdfs := map[string][]byte{}
	for name := range documents {
		out := name[:len(name)-len(filepath.Ext(name))] + ".pdf"
		if pdfs[name], err = os.ReadFile(filepath.Join(dir, "out", out)); err != nil {
			return nil, fmt.Errorf("%w: soffice said %s", err, said)
		}
	}
	return pdfs, nil
}

// Letter is a flat ODF text of one page: a title, and paragraphs.
func Letter(title, author string, paragraphs ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>%s</dc:title><meta:initial-creator>%s</meta:initial-creator></office:meta><office:body><office:text>`, title, author)
	for _, p := range paragraphs {
		fmt.Fprintf(&b, "<text:p>%s</text:p>", p)
	}
	b.WriteString("</office:text></office:body></office:document>")
	return b.String()
}

// Report is an HTML page of so many chapters, a printed page each, in Chinese
// and English.
func Report(chapters int) string {
	var b bytes.Buffer
	b.WriteString(`<html><head><meta charset="utf-8"><title>城市管理工作报告</title></head><body>`)
	for i := range chapters {
		fmt.Fprintf(&b, `<h2 style="page-break-before:always">第%d章 数字政府建设</h2>`, i+1)
		for k := range 12 {
			fmt.Fprintf(&b, "<p>%d.%d 关于进一步加强城市管理工作的通知，各区县人民政府、市政府各部门：为提升公共服务水平，现就有关事项通知如下。提高认识，加强领导；完善制度，规范流程；强化监督，注重实效。The quick brown fox jumps over the lazy dog.</p>", i+1, k+1)
		}
	}
	b.WriteString("</body></html>")
	return b.String()
}

// Build writes a PDF of the given objects; the first is number 1 and the catalog.
// Each is the text between "obj" and "endobj".
func Build(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// Stream is the text of a stream object; the dictionary's text has no length.
func Stream(dict string, data []byte) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

// Page is a PDF of one page with the given entries and content.
func Page(entries, content string) []byte {
	return Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R"+entries+">>", Stream("", []byte(content)))
}
