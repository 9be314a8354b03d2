package convert

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

// What names a family in each kind of document, and what only looks so.
func TestFamilies(t *testing.T) {
	for text, want := range map[string]string{
		`<w:rFonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:ascii="Calibri" w:eastAsia="宋体"/>`:                                                                "Calibri 宋体",
		`<w:name xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:val="heading 1"/>`:                                                                                  "",
		`<name xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" val="等线"/>`:                                                                                                  "等线",
		`<name xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main" val="等线"/>`:                                                                                                              "等线",
		`<a:latin xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" typeface="+mn-lt"/>`:                                                                                        "",
		`<a:ea xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" typeface="黑体"/>`:                                                                                               "黑体",
		`<style:font-face xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" svg:font-family="'仿宋_GB2312'"/>`: "仿宋_GB2312",
	} {
		token, err := xml.NewDecoder(strings.NewReader(text)).Token()
		if err != nil {
			t.Fatal(err)
		}
		if got := familiesOf(token.(xml.StartElement)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s\nnames %q, want %q", text, got, want)
		}
	}
}
