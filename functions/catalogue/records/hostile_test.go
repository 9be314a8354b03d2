package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

// jsonBatch is a batch with a right header.
func jsonBatch(rows ...string) []byte {
	text := strings.Join(rows, "\n") + "\n"
	return fmt.Appendf(nil, `{"source":"s","batch":"b","seq":1,"mode":"delta","count":%d,"sha256":"%x"}`+"\n%s", len(rows), sha256.Sum256([]byte(text)), text)
}

func withdrawal(id string) string {
	return fmt.Sprintf(`{"op":"withdraw","source_id":%q,"version":1}`, id)
}

// Wherever a batch is cut, it is refused as a whole: in its header, between rows,
// within a row, or before the last line's end.
func TestCutAnywhere(t *testing.T) {
	content := jsonBatch(withdrawal("a"), withdrawal("b"), withdrawal("c"))
	header := bytes.IndexByte(content, '\n')
	for n := 1; n < len(content); n++ {
		_, _, err := read(t, content[:n], defaults(t))
		want := CodeCut
		if n < header {
			want = "unreadable"
		}
		if fault.Code(err) != want {
			t.Errorf("cut at %d of %d: %v (%s)", n, len(content), err, fault.Code(err))
		}
	}
	if _, rows, err := read(t, content, defaults(t)); err != nil || len(rows) != 3 {
		t.Errorf("whole: %d rows, %v", len(rows), err)
	}
	if _, _, err := read(t, append(content, withdrawal("d")...), defaults(t)); fault.Code(err) != CodeCorrupt {
		t.Errorf("a row too many: %v", err)
	}
}

const (
	mrk21   = "=LDR  00000nam a2200000 a 4500\n=001  %s\n=005  20260101000000.0\n=245  10$a%s"
	mrkCN   = "=LDR  00000nam0 2200000   450 \n=001  %s\n=005  20260101000000.0\n=200  1#$a%s"
	product = `<Product><RecordReference>%s</RecordReference><NotificationType>03</NotificationType><DescriptiveDetail><TitleDetail><TitleType>01</TitleType>` +
		`<TitleElement><TitleElementLevel>01</TitleElementLevel><TitleText>%s</TitleText></TitleElement></TitleDetail></DescriptiveDetail></Product>`
)

func onixOf(products ...string) []byte {
	return []byte(`<ONIXMessage release="3.0"><Header><SentDateTime>20260101</SentDateTime></Header>` + strings.Join(products, "") + `</ONIXMessage>`)
}

func utf8Record(format, id, title string) string {
	return string(iso2709(fmt.Sprintf(format, id, title), func(text string) string { return text }))
}

// outcome is what comes of a batch in short: ids of good rows, codes of bad ones.
func outcome(rows []shown) string {
	var all []string
	for _, r := range rows {
		code, _, bad := strings.Cut(r.Error, ":")
		if !bad {
			code = r.SourceID
		}
		all = append(all, code)
	}
	return strings.Join(all, " ")
}

// One bad record among good ones costs that record alone.
func TestBadAmongGood(t *testing.T) {
	a, b, c := utf8Record(mrk21, "a", "Emma"), utf8Record(mrk21, "b", "Persuasion"), utf8Record(mrk21, "c", "Sanditon")
	gbk := func(id, title string) string {
		return string(batch(t, "in.gbk.mrk", fmt.Sprintf(mrkCN, id, title)))
	}
	for name, c := range map[string]struct{ content, want string }{
		"three":                      {a + b + c, "a b c"},
		"lines between":              {a + "\r\n" + b + "\n" + c + "\n\x1a", "a b c"},
		"an end that is cut":         {a + b + c[:len(c)-20], "a b row_unreadable"},
		"a middle that is cut":       {a + b[:len(b)-20] + c, "a row_unreadable c"},
		"a sign of end that is lost": {a + b[:len(b)-1] + c, "a row_unreadable c"},
		"a length too short":         {a + "00050" + b[5:] + c, "a row_unreadable c"},
		"a length too long":          {a + "09999" + b[5:] + c, "a row_unreadable c"},
		"a length of letters":        {a + "xxxxx" + b[5:] + c, "a row_unreadable c"},
		"a base elsewhere":           {a + b[:12] + "00049" + b[17:] + c, "a row_unreadable c"},
		"a base behind":              {a + b[:12] + "99999" + b[17:] + c, "a row_unreadable c"},
		"a field outside":            {a + strings.Replace(b, "2450", "2459", 1) + c, "a row_unreadable c"},
		"a field that begins late":   {a + strings.Replace(b, "245001500019", "245001500018", 1) + c, "a row_unreadable c"},
		"something between":          {a + "no record at all\x1d" + c, "a row_unreadable c"},
		"Latin-1 called UTF-8":       {a + strings.Replace(b, "Persuasion", "Persuasi\xf3n", 1) + c, "a row_unreadable c"},
		"recoded without lengths":    {a + strings.Replace(b, "Persuasion", "劝导", 1) + c, "a row_unreadable c"},
		"GBK":                        {gbk("a", "红楼梦") + gbk("b", "围城") + gbk("c", "老人与海"), "a b c"},
		"GBK with a broken letter":   {gbk("a", "红楼梦与围城") + strings.Replace(gbk("b", "Persuasion"), "sua", "su\xff", 1) + gbk("c", "老人与海"), "a row_unreadable c"},
		"JSON":                       {string(jsonBatch(withdrawal("a"), "{", withdrawal("c"))), "a row_unreadable c"},
		"ONIX":                       {string(onixOf(fmt.Sprintf(product, "a", "Emma"), fmt.Sprintf(product, "", "No name"), fmt.Sprintf(product, "c", "围城"))), "a row_no_id c"},
		"CSV, a quote too many":      {"id,title\na,Emma\nb,\"Pers\nc,Sanditon\n", "a row_unreadable c"},
		"CSV, a quote within":        {"id,title\na,Emma\nb,5\" disks\nc,Sanditon\n", "a row_unreadable c"},
		"CSV, two quotes apart":      {"id,title\na,Emma\nb,5\" disks\nc,Sanditon\nd,\"Lady\nSusan\"\n", "a row_unreadable c d"},
		"CSV, GBK among UTF-8":       {"id,题名\na,傲慢与偏见和理智与情感\nb,\xba\xec\xc2\xa5\xc3\xce\nc,围城\n", "a row_unreadable c"},
		"CSV, a semicolon parts":     {"id;title\na;Emma, a novel\nc;Sanditon\n", "a c"},
	} {
		_, rows, err := read(t, []byte(c.content), defaultsWithVersion(t))
		if diff := cmp.Diff(c.want, outcome(rows)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func defaultsWithVersion(t testing.TB) Limits {
	l := defaults(t)
	l.Version = 1
	return l
}

// What is no batch, or is built to hurt, is refused as a whole.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ content, code string }{
		"nothing":            {"", CodeUnsupported},
		"blanks":             {" \r\n\t", CodeUnsupported},
		"a zip":              {"PK\x03\x04\x14\x00\x00\x00\x08\x00", CodeUnsupported},
		"a picture":          {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", CodeUnsupported},
		"other XML":          {"<html><body/></html>", CodeUnsupported},
		"no element":         {"<!-- -->", CodeUnsupported},
		"a half element":     {"<ONIXMessage", "unreadable"},
		"a header alone":     {`<ONIXMessage release="3.0">`, "unreadable"},
		"no header":          {`<ONIXMessage release="3.0"><Product/></ONIXMessage>`, "unreadable"},
		"XML that ends":      {string(onixOf(fmt.Sprintf(product, "a", "Emma")))[:300], "unreadable"},
		"crossed elements":   {string(onixOf("<Product><a></b></Product>")), "unreadable"},
		"entities":           {`<!DOCTYPE a [<!ENTITY b "ha">]><ONIXMessage release="3.0"><Header/></ONIXMessage>`, "xml_unsafe"},
		"entities late":      {string(onixOf(`<Product>&boom;</Product>`)), "xml_unsafe"},
		"a MARC end":         {`<collection xmlns="http://www.loc.gov/MARC21/slim"><record>`, "unreadable"},
		"an OPF end":         {`<package><metadata><title xmlns="x">a</title></metadata><manifest>`, "unreadable"},
		"a header in UTF-16": {"\xff\xfe{\x00\"\x00", CodeUnsupported},
	} {
		if _, _, err := read(t, []byte(c.content), defaultsWithVersion(t)); fault.Code(err) != c.code {
			t.Errorf("%s: %v (%s), want %s", name, err, fault.Code(err), c.code)
		}
	}
}

// Each limit is crossed, and its name is said. A row too large is one bad row; a
// batch too large is none.
func TestLimits(t *testing.T) {
	long := strings.Repeat("长", 400)
	subjects := `<DescriptiveDetail>` + strings.Repeat(`<Subject/>`, 40) + `</DescriptiveDetail>`
	for name, c := range map[string]struct {
		content string
		limit   func(*Limits)
		want    string // of rows
		says    string // in the refusal, or in the row's error
	}{
		"rows":             {string(jsonBatch(withdrawal("a"), withdrawal("b"), withdrawal("c"))), func(l *Limits) { l.Rows = 2 }, "a b", "MAX_BATCH_ROWS"},
		"bytes":            {string(jsonBatch(withdrawal("a"), withdrawal("b"))), func(l *Limits) { l.Batch = 100 }, "", "MAX_BATCH"},
		"bytes of XML":     {string(onixOf(fmt.Sprintf(product, "a", long))), func(l *Limits) { l.Batch = 500 }, "", "MAX_BATCH"},
		"a row of JSON":    {string(jsonBatch(withdrawal("a"), withdrawal(long), withdrawal("c"))), func(l *Limits) { l.Row = 300 }, "a row_too_large c", "MAX_BATCH_ROW"},
		"a header of JSON": {string(jsonBatch(withdrawal("a"))), func(l *Limits) { l.Row = 50 }, "", "MAX_BATCH_ROW"},
		"a list of JSON":   {string(jsonBatch(`{"op":"metadata","source_id":"a","version":1,"metadata":{"title":"x","subjects":["a","b","c"]}}`)), func(l *Limits) { l.Fields = 2 }, "row_too_large", "MAX_BATCH_FIELDS"},
		"a row of CSV":     {"id,title\na,x\nb," + long + "\nc,z\n", func(l *Limits) { l.Row = 300 }, "a row_too_large c", "MAX_BATCH_ROW"},
		"quoted lines":     {"id,title\na,x\nb,\"" + strings.Repeat("y\n", 400) + "\"\nc,z\n", func(l *Limits) { l.Row = 300; l.Rows = 500 }, "a row_unreadable" + strings.Repeat(" row_unreadable", 400) + " c", "quote"},
		"columns of CSV":   {"id,title,publisher,language\na,x,y,z\n", func(l *Limits) { l.Fields = 3 }, "", "MAX_BATCH_FIELDS"},
		"a MARC record":    {utf8Record(mrk21, "a", "x") + utf8Record(mrk21, "b", long) + utf8Record(mrk21, "c", "z"), func(l *Limits) { l.Row = 300 }, "a row_too_large c", "MAX_BATCH_ROW"},
		"a MARC directory": {utf8Record(mrk21, "a", "x"), func(l *Limits) { l.Fields = 2 }, "row_too_large", "MAX_BATCH_FIELDS"},
		"an ONIX product":  {string(onixOf(fmt.Sprintf(product, "a", "x"), fmt.Sprintf(product, "b", long), fmt.Sprintf(product, "c", "z"))), func(l *Limits) { l.Row = 300 }, "a row_too_large c", "MAX_BATCH_ROW"},
		"ONIX elements":    {string(onixOf(fmt.Sprintf(product, "a", "x"), "<Product>"+subjects+"</Product>", fmt.Sprintf(product, "c", "z"))), func(l *Limits) { l.Fields = 30 }, "a row_too_large c", "MAX_BATCH_FIELDS"},
		"ONIX texts":       {string(onixOf("<Product>" + strings.Repeat("<![CDATA[x]]>", 40) + "</Product>")), func(l *Limits) { l.Fields = 30 }, "row_too_large", "MAX_BATCH_FIELDS"},
		"an ONIX header":   {`<ONIXMessage release="3.0"><Header><SenderName>` + long + `</SenderName></Header></ONIXMessage>`, func(l *Limits) { l.Row = 300 }, "", "MAX_BATCH_ROW"},
		"depth":            {string(onixOf("<Product>" + strings.Repeat("<p>", 300) + strings.Repeat("</p>", 300) + "</Product>")), func(l *Limits) {}, "", "MAX_XML_DEPTH"},
		"a token":          {string(onixOf("<Product a='" + strings.Repeat("x", 100_000) + "'/>")), func(l *Limits) { l.XML.XMLToken = 1000 }, "", "MAX_XML_TOKEN"},
		"an OPF":           {"<package><metadata><title>" + long + "</title></metadata></package>", func(l *Limits) { l.Row = 300 }, "row_too_large", "MAX_BATCH_ROW"},
		"a MARCXML record": {"<collection><record><leader>00000nam a2200000 a 4500</leader><x>" + long + "</x></record></collection>", func(l *Limits) { l.Row = 300 }, "row_too_large", "MAX_BATCH_ROW"},
	} {
		limits := defaultsWithVersion(t)
		c.limit(&limits)
		_, rows, err := read(t, []byte(c.content), limits)
		said := fmt.Sprint(err)
		for _, r := range rows {
			said += " " + r.Error
		}
		if got := outcome(rows); got != c.want || !strings.Contains(said, c.says) || err != nil && !fault.IsInvalid(err) {
			t.Errorf("%s: got %q and %v, want %q that says %s", name, got, err, c.want, c.says)
		}
	}
}

// A failure to read is no damage of the batch, whatever form it has: it is tried again.
func TestFailureToRead(t *testing.T) {
	broken := errors.New("connection reset")
	for name, content := range map[string][]byte{
		"JSON": jsonBatch(withdrawal("a"), withdrawal("b")),
		"CSV":  []byte("id,title\na,x\n"),
		"MARC": []byte(utf8Record(mrk21, "a", "x")),
		"ONIX": onixOf(fmt.Sprintf(product, "a", "x")),
	} {
		// Far enough behind for Open to succeed, and right at the beginning.
		for _, padding := range []int{0, 2 * headBytes} {
			content = append(content[:len(content):len(content)], bytes.Repeat([]byte("\n"), padding)...)
			r, err := Open(context.Background(), io.MultiReader(bytes.NewReader(content), iotest.ErrReader(broken)), "in", defaultsWithVersion(t))
			for err == nil {
				_, err = r.Next()
			}
			if !errors.Is(err, broken) || fault.IsInvalid(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Open(ctx, bytes.NewReader(bytes.Repeat([]byte(utf8Record(mrk21, "a", "x")), 10_000)), "in", defaults(t))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for err == nil {
		_, err = r.Next()
	}
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// endless repeats a piece of text.
type endless struct {
	piece       string
	at, repeats int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.repeats == 0 {
		return 0, io.EOF
	}
	n := copy(p, e.piece[e.at:])
	if e.at += n; e.at == len(e.piece) {
		e.at = 0
		e.repeats--
	}
	return n, nil
}

// Many rows take the memory of one, whatever the form.
func TestMemoryIsThatOfARow(t *testing.T) {
	for name, c := range map[string]struct{ head, piece string }{
		"MARC": {"", utf8Record(mrk21, "a", strings.Repeat("长", 300))},
		"CSV":  {"id,title\n", "a," + strings.Repeat("长", 300) + "\n"},
		"ONIX": {`<ONIXMessage release="3.0"><Header><SentDateTime>20260101</SentDateTime></Header>`, fmt.Sprintf(product, "a", strings.Repeat("长", 300))},
	} {
		const rows = 20_000
		r, err := Open(context.Background(), io.MultiReader(strings.NewReader(c.head), &endless{c.piece, 0, rows}), "in", defaultsWithVersion(t))
		if err != nil {
			t.Fatal(name, err)
		}
		var most, before uint64
		before = heap()
		for n := 0; err == nil; n++ {
			if _, err = r.Next(); n%5000 == 4999 {
				most = max(most, heap())
			}
		}
		if r.count < rows || most > before+4<<20 {
			t.Errorf("%s: %d rows, %d bytes more than before (%v)", name, r.count, int64(most)-int64(before), err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
