package plain

import (
	"encoding/xml"
	"strconv"
	"strings"

	"xietong.dev/shared/archive"
)

// odfSlide is a slide whose title may come last.
type odfSlide struct {
	kept  *collector
	outer *builder
}

func (o *odf) startSlide(e xml.StartElement) error {
	o.slides++
	if o.byName["drawing-page/"+archive.Attr(e, "style-name")].hidden {
		o.b.notes.HiddenSlides++
		return o.x.Skip()
	}
	if o.slide != nil {
		return nil
	}
	o.slide = &odfSlide{&collector{}, o.b}
	o.b = &builder{page: o.slide.kept, limit: o.b.limit, used: o.b.used}
	return nil
}

func (o *odf) endSlide() error {
	s := o.slide
	if s == nil {
		return nil
	}
	if err := o.b.close(); err != nil {
		return err
	}
	s.outer.used = o.b.used
	o.b, o.slide = s.outer, nil
	return s.kept.onto(o.b.page, strconv.Itoa(o.slides))
}

// object reads the titles and the labels of a chart in a part of its own.
func (o *odf) object(href string) error {
	part := strings.TrimPrefix(href, "./") + "/content.xml"
	if o.a == nil || href == "" || !o.a.Has(part) {
		return nil
	}
	number := false
	return tokens(o.a, part, func(x *archive.XML, token xml.Token) error {
		e, ok := token.(xml.StartElement)
		switch {
		case !ok:
			return nil
		case e.Name.Local == "table-cell":
			number = archive.Attr(e, "value-type") != "string"
		case e.Name.Local == "title":
			number = false
		case e.Name.Local == "p":
			text, err := x.Text()
			if err != nil || number {
				return err
			}
			return o.b.para(para{}, text)
		}
		return nil
	})
}
