package parts

import (
	"fmt"
	"strings"
)

const (
	presentation = "ppt/presentation.xml"
	slideXML     = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`
	group        = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`
)

// Deck is a presentation under way (pptx and its relatives).
type Deck struct {
	Package
	Kind  string // of the main part; empty for pptx
	Title string
	Old   bool // 4:3 instead of 16:9

	slides int
	said   strings.Builder
	noted  bool
}

// Slide adds a slide of shapes, with notes where they are not empty.
func (d *Deck) Slide(notes string, shapes ...string) {
	name := d.Part()
	xml := fmt.Sprintf(`<p:sld %s><p:cSld><p:spTree>%s%s</p:spTree></p:cSld></p:sld>`, slideXML, group, strings.Join(shapes, ""))
	d.AddXML(name, OfficeXML+"presentationml.slide+xml", xml)
	d.Relate(name, "slideLayout", "../slideLayouts/slideLayout1.xml")
	d.said.WriteString(Text([]byte(xml), "t", "p"))
	if notes != "" {
		d.note(name, notes)
	}
	d.slides++
}

// Part names the slide that is added next, so that its shapes can refer to what
// lies beside it.
func (d *Deck) Part() string { return fmt.Sprintf("ppt/slides/slide%d.xml", d.slides+1) }

// Says is every text of the slides, without their notes.
func (d *Deck) Says() string { return d.said.String() }

func (d *Deck) note(slide, text string) {
	number := strings.TrimPrefix(slide, "ppt/slides/slide")
	name := "ppt/notesSlides/notesSlide" + number
	d.noted = true
	d.AddXML(name, OfficeXML+"presentationml.notesSlide+xml", fmt.Sprintf(`<p:notes %s><p:cSld><p:spTree>%s<p:sp><p:nvSpPr><p:cNvPr id="2" name="备注"/><p:cNvSpPr/><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>%s</p:txBody></p:sp></p:spTree></p:cSld></p:notes>`, slideXML, group, Lines(1200, text)))
	d.Relate(name, "slide", "../slides/slide"+number)
	d.Relate(name, "notesMaster", "../notesMasters/notesMaster1.xml")
	d.Relate(slide, "notesSlide", "../notesSlides/notesSlide"+number)
}

// Box is where something lies on a slide, in millimetres.
type Box struct{ X, Y, Width, Height int }

func (b Box) xfrm(prefix string) string {
	return fmt.Sprintf(`<%s:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></%s:xfrm>`, prefix, b.X*36000, b.Y*36000, b.Width*36000, b.Height*36000, prefix)
}

// Lines are paragraphs of a shape, in hundredths of a point.
func Lines(size int, lines ...string) string {
	var out strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&out, `<a:p><a:r><a:rPr lang="zh-CN" sz="%d"/><a:t>%s</a:t></a:r></a:p>`, size, Escape(line))
	}
	return out.String()
}

// Bullets are paragraphs with a mark before each.
func Bullets(size int, lines ...string) string {
	return strings.ReplaceAll(Lines(size, lines...), `<a:p>`, `<a:p><a:pPr marL="342900" indent="-342900"><a:buFont typeface="Arial"/><a:buChar char="•"/></a:pPr>`)
}

// Shape is a shape with text. Form is a preset's name (rect, rightArrow, …);
// fill is a colour, empty for none.
func Shape(form, fill string, b Box, paragraphs string) string {
	colour := `<a:noFill/>`
	if fill != "" {
		colour = `<a:solidFill><a:srgbClr val="` + fill + `"/></a:solidFill>`
	}
	return fmt.Sprintf(`<p:sp><p:nvSpPr><p:cNvPr id="5" name="形状"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>%s<a:prstGeom prst="%s"><a:avLst/></a:prstGeom>%s</p:spPr><p:txBody><a:bodyPr wrap="square" anchor="ctr"/>%s</p:txBody></p:sp>`, b.xfrm("a"), form, colour, paragraphs)
}

// Heading is the title of a slide.
func Heading(text string) string {
	return fmt.Sprintf(`<p:sp><p:nvSpPr><p:cNvPr id="2" name="标题"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>%s</p:txBody></p:sp>`, Lines(3200, text))
}

// Grid is a table on a slide.
func Grid(b Box, rows [][]string) string {
	var cells strings.Builder
	width, height := b.Width*36000/len(rows[0]), b.Height*36000/len(rows)
	for range rows[0] {
		fmt.Fprintf(&cells, `<a:gridCol w="%d"/>`, width)
	}
	cells.WriteString(`</a:tblGrid>`)
	for _, row := range rows {
		fmt.Fprintf(&cells, `<a:tr h="%d">`, height)
		for _, text := range row {
			cells.WriteString(`<a:tc><a:txBody><a:bodyPr/>` + Lines(1400, text) + `</a:txBody><a:tcPr/></a:tc>`)
		}
		cells.WriteString(`</a:tr>`)
	}
	return fmt.Sprintf(`<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="6" name="表格"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>%s<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1" bandRow="1"><a:tableStyleId>{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}</a:tableStyleId></a:tblPr><a:tblGrid>%s</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`, b.xfrm("p"), cells.String())
}

// Chart shows a chart on the slide that is added next.
func (d *Deck) Chart(b Box, c Chart) string {
	id := d.Relate(d.Part(), "chart", "../"+d.addChart("ppt", c))
	return fmt.Sprintf(`<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="7" name="图表"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>%s`+graphic+`</p:graphicFrame>`, b.xfrm("p"), id)
}

// Image shows a picture on the slide that is added next.
func (d *Deck) Image(extension string, data []byte) string {
	return Pic("p", fmt.Sprintf(`r:embed="%s"`, d.Picture(d.Part(), extension, data)))
}

// Entries are what the presentation's zip file holds. It is called once.
func (d *Deck) Entries() []Part {
	kind := d.Kind
	if kind == "" {
		kind = OfficeXML + "presentationml.presentation.main+xml"
	}
	width := 12192000
	if d.Old {
		width = 9144000
	}
	masters := fmt.Sprintf(`<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="%s"/></p:sldMasterIdLst>`, d.Relate(presentation, "slideMaster", "slideMasters/slideMaster1.xml"))
	if d.noted {
		masters += fmt.Sprintf(`<p:notesMasterIdLst><p:notesMasterId r:id="%s"/></p:notesMasterIdLst>`, d.Relate(presentation, "notesMaster", "notesMasters/notesMaster1.xml"))
	}
	var list strings.Builder
	for i := range d.slides {
		fmt.Fprintf(&list, `<p:sldId id="%d" r:id="%s"/>`, 256+i, d.Relate(presentation, "slide", fmt.Sprintf("slides/slide%d.xml", i+1)))
	}
	d.AddXML(presentation, kind, fmt.Sprintf(`<p:presentation %s>%s<p:sldIdLst>%s</p:sldIdLst><p:sldSz cx="%d" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`, slideXML, masters, list.String(), width))
	d.Relate("", "officeDocument", presentation)
	d.properties(d.Title)
	d.masters()
	return d.Package.Entries()
}

// Bytes is the finished presentation. It is called once.
func (d *Deck) Bytes() []byte { return Zip(d.Entries()...) }

func (d *Deck) masters() {
	const (
		colours = `<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>`
		title   = `<p:sp><p:nvSpPr><p:cNvPr id="2" name="标题"/><p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="600000" y="360000"/><a:ext cx="7900000" cy="1000000"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:p/></p:txBody></p:sp>`
		body    = `<p:sp><p:nvSpPr><p:cNvPr id="3" name="备注"/><p:cNvSpPr/><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="685800" y="4343400"/><a:ext cx="5486400" cy="4114800"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:p/></p:txBody></p:sp>`
	)
	tree := func(shapes string) string { return `<p:cSld><p:spTree>` + group + shapes + `</p:spTree></p:cSld>` }
	d.AddXML("ppt/slideMasters/slideMaster1.xml", OfficeXML+"presentationml.slideMaster+xml", `<p:sldMaster `+slideXML+`>`+tree(title)+colours+`<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>`)
	d.Relate("ppt/slideMasters/slideMaster1.xml", "slideLayout", "../slideLayouts/slideLayout1.xml")
	d.Relate("ppt/slideMasters/slideMaster1.xml", "theme", "../theme/theme1.xml")
	d.AddXML("ppt/slideLayouts/slideLayout1.xml", OfficeXML+"presentationml.slideLayout+xml", `<p:sldLayout `+slideXML+` type="titleOnly">`+tree(title)+`</p:sldLayout>`)
	d.Relate("ppt/slideLayouts/slideLayout1.xml", "slideMaster", "../slideMasters/slideMaster1.xml")
	d.AddXML("ppt/theme/theme1.xml", OfficeXML+"theme+xml", theme)
	if d.noted {
		d.AddXML("ppt/notesMasters/notesMaster1.xml", OfficeXML+"presentationml.notesMaster+xml", `<p:notesMaster `+slideXML+`>`+tree(body)+colours+`</p:notesMaster>`)
		d.Relate("ppt/notesMasters/notesMaster1.xml", "theme", "../theme/theme2.xml")
		d.AddXML("ppt/theme/theme2.xml", OfficeXML+"theme+xml", theme)
	}
}

var theme = func() string {
	var colours strings.Builder
	for i, name := range []string{"dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"} {
		value := []string{"000000", "FFFFFF", "1F3864", "E7E6E6", "C00000", "2E75B6", "70AD47", "FFC000", "7030A0", "00B0F0", "0563C1", "954F72"}[i]
		fmt.Fprintf(&colours, `<a:%s><a:srgbClr val="%s"/></a:%s>`, name, value, name)
	}
	const font = `<a:latin typeface="Calibri"/><a:ea typeface="微软雅黑"/><a:cs typeface=""/>`
	const fill, line, effect = `<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>`, `<a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>`, `<a:effectStyle><a:effectLst/></a:effectStyle>`
	return `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="滨海"><a:themeElements><a:clrScheme name="滨海">` + colours.String() + `</a:clrScheme><a:fontScheme name="滨海"><a:majorFont>` + font + `</a:majorFont><a:minorFont>` + font + `</a:minorFont></a:fontScheme><a:fmtScheme name="滨海"><a:fillStyleLst>` + strings.Repeat(fill, 3) + `</a:fillStyleLst><a:lnStyleLst>` + strings.Repeat(line, 3) + `</a:lnStyleLst><a:effectStyleLst>` + strings.Repeat(effect, 3) + `</a:effectStyleLst><a:bgFillStyleLst>` + strings.Repeat(fill, 3) + `</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`
}()
