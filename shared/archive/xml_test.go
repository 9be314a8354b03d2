package archive

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xietong.dev/shared/fault"
)

// readXML reads to the end.
func readXML(text string, limits Limits) (tokens int, err error) {
	x := NewXML(strings.NewReader(text), "a.xml", limits)
	for ; err == nil; tokens++ {
		_, err = x.Token()
	}
	if err == io.EOF {
		err = nil
	}
	return tokens, err
}

func TestXMLLimits(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		limit func(*Limits)
		code  string
		says  string
	}{
		"a document":           {`<?xml version="1.0"?><a b="c">&lt;&#20320;</a>`, nil, "", ""},
		"a harmless type":      {`<!DOCTYPE html><a/>`, nil, "", ""},
		"a file of others":     {`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, nil, CodeXML, "entities"},
		"a billion laughs":     {`<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>`, nil, CodeXML, "entities"},
		"an unknown entity":    {`<a>&b;</a>`, nil, CodeXML, "entity"},
		"not well-formed":      {`<a><b></a>`, nil, CodeUnreadable, "well-formed"},
		"an end too early":     {`<a><b>`, nil, CodeUnreadable, "well-formed"},
		"deep":                 {strings.Repeat("<a>", 11), func(l *Limits) { l.XMLDepth = 10 }, CodeXML, "MAX_XML_DEPTH"},
		"many tokens":          {"<a>" + strings.Repeat("<b/>", 10) + "</a>", func(l *Limits) { l.XMLTokens = 10 }, CodeTooLarge, "MAX_XML_TOKENS"},
		"large":                {"<a>" + strings.Repeat("<b/>", 10_000) + "</a>", func(l *Limits) { l.XML = 1000 }, CodeTooLarge, "MAX_XML"},
		"a large text":         {"<a>" + strings.Repeat("x", 100_000) + "</a>", func(l *Limits) { l.XMLToken = 50_000 }, CodeTooLarge, "MAX_XML_TOKEN"},
		"a large attribute":    {`<a b="` + strings.Repeat("x", 100_000) + `"/>`, func(l *Limits) { l.XMLToken = 50_000 }, CodeTooLarge, "MAX_XML_TOKEN"},
		"a large comment":      {`<a><!--` + strings.Repeat("x", 100_000) + `--></a>`, func(l *Limits) { l.XMLToken = 50_000 }, CodeTooLarge, "MAX_XML_TOKEN"},
		"many texts, each fit": {"<a>" + strings.Repeat("<b>"+strings.Repeat("x", 10_000)+"</b>", 10) + "</a>", func(l *Limits) { l.XMLToken = 50_000 }, "", ""},
	} {
		limits := defaults(t)
		if c.limit != nil {
			c.limit(&limits)
		}
		_, err := readXML(c.text, limits)
		if fault.Code(err) != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v (%s), want %s that says %q", name, err, fault.Code(err), c.code, c.says)
		}
	}
}

func TestXMLEncodings(t *testing.T) {
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(`<?xml version="1.0" encoding="GBK"?><a>通知</a>`)
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`<?xml version="1.0" encoding="UTF-16"?><a>通知</a>`)
	for _, text := range []string{`<a>通知</a>`, "\ufeff<a>通知</a>", gbk, wide} {
		x := NewXML(strings.NewReader(text), "a.xml", defaults(t))
		var got string
		for {
			token, err := x.Token()
			if err != nil {
				if err != io.EOF {
					t.Errorf("%q: %v", text, err)
				}
				break
			}
			if _, ok := startOf(token); ok {
				got, _ = x.Text()
			}
		}
		if got != "通知" {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestEachStopsWhereItsElementEnds(t *testing.T) {
	x := NewXML(strings.NewReader(`<a><b><c>1</c><d/><c>2</c></b><e/></a>`), "a.xml", defaults(t))
	var got []string
	x.Token() // a
	x.Token() // b
	err := x.Each(func(token xml.Token) error {
		e, ok := startOf(token)
		switch {
		case !ok:
			return nil
		case e == "c":
			text, err := x.Text()
			got = append(got, text)
			return err
		}
		got = append(got, e)
		return x.Skip()
	})
	next, _ := x.Token()
	e, _ := startOf(next)
	if diff := cmp.Diff([]string{"1", "d", "2", "e"}, append(got, e)); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func startOf(token xml.Token) (string, bool) {
	e, ok := token.(xml.StartElement)
	return e.Name.Local, ok
}

func TestFailureToReadXMLIsNoRefusal(t *testing.T) {
	lost := errors.New("connection reset")
	for _, begun := range []string{"", "<a", "<a>text", `<?xml version="1.0"?><a><b/>`} {
		x := NewXML(io.MultiReader(strings.NewReader(begun), iotest.ErrReader(lost)), "a.xml", defaults(t))
		var err error
		for err == nil {
			_, err = x.Token()
		}
		if !errors.Is(err, lost) || fault.IsInvalid(err) {
			t.Errorf("behind %q: %v, want the connection's error, to be tried again", begun, err)
		}
	}
}
