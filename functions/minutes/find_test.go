package minutes

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

type hits struct {
	Hits []Hit
	Next string
}

func (d *desk) find(query string) hits {
	d.Helper()
	return decoded[hits](d, d.want(200, d.ask("GET", "/minutes/search?"+query, "")))
}

// TestFind: words are found in title, place, names, summary and transcript; simplified and
// traditional characters are one, and names are found by their pinyin.
func TestFind(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论年度预算。", "AI 平台下周上线。", "预算没有问题。")
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"title":"红楼项目例会","place":"滨海厅","participants":[{"name":"赵六","role":"absent"}]}`))
	d.want(200, d.correct("1-10000", "AI 平台三月上線。", `"0"`, "u42"))
	for query, lines := range map[string][]int64{
		"q=预算": {0, 20_000}, "q=預算": {0, 20_000}, "q=上线": {10_000}, "q=三月": {10_000}, "q=下周": nil, "q=预算+ai": {0, 10_000, 20_000},
		"q=hongrou": nil, "q=honglou": {}, "q=hlxmlh": {}, "q=滨海": {}, "q=赵六": {}, "q=zhaoliu": {}, "q=预算&speaker=李四": {}, "q=ai&speaker=lisi": {10_000}, "speaker=张": {0, 20_000},
		"q=预算&kind=meeting": {0, 20_000}, "q=预算&kind=party": nil, "q=预算&from=2026-03-04&to=2026-03-04": {0, 20_000}, "q=预算&to=2026-03-03": nil,
	} {
		values, _ := url.ParseQuery(query)
		got := d.find(values.Encode())
		if (lines == nil) != (len(got.Hits) == 0) {
			t.Errorf("%s: %+v", query, got)
			continue
		}
		at := []int64{}
		for _, h := range got.Hits {
			for _, l := range h.Lines {
				at = append(at, l.StartMS)
			}
		}
		if lines == nil {
			lines = []int64{}
		}
		if diff := cmp.Diff(lines, at); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
	}
	h := d.find("q=" + url.QueryEscape("年度預算")).Hits[0]
	want := []LineHit{{Segment: "0-0", StartMS: 0, Speaker: "张三", Text: "今天讨论年度预算。", Marks: []Mark{{4, 8}}}}
	if diff := cmp.Diff(want, h.Lines); diff != "" || h.Title != "红楼项目例会" || len(h.Points) != 1 || h.Points[0].List != "abstract" {
		t.Errorf("%+v (-want +got)\n%s", h, diff)
	}
	for query, message := range map[string]string{"from=today": "from: want a day", "kind=x": "kind: want one of", "limit=0": "limit", "when=x": "no parameter when", "speaker=%00": "speaker"} {
		d.refused(400, "invalid_field", message, d.ask("GET", "/minutes/search?"+query, ""))
	}
	if got := d.want(200, d.ask("GET", "/minutes/search?q=x", "", "X-Unit: other")).body; got != `{"hits":[]}`+"\n" {
		t.Errorf("another unit finds %s", got)
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec, ""))
	if got := d.find("q=x"); len(got.Hits) != 0 {
		t.Errorf("deleted: %+v", got)
	}
}

// TestPointHits: a sentence that stands in two lists of a summary is shown once.
func TestPointHits(t *testing.T) {
	d := events.Summary{Abstract: []events.Point{said("讨论预算。", 0)}, Topics: []events.Topic{{Title: "预算", Points: []events.Point{said("讨论预算。", 0), said("预算通过。", 9)}}}}
	var texts []string
	for _, h := range pointHits(d, wordsOf("预算")) {
		texts = append(texts, h.List+" "+h.Text)
	}
	if diff := cmp.Diff([]string{"abstract 讨论预算。", "topics 预算", "topics 预算通过。"}, texts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTend: what a version wrote that knew no index is found after a while.
func TestTend(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	if _, err := d.minutes.DB.Exec(t.Context(), `DELETE FROM found`); err != nil {
		t.Fatal(err)
	}
	if got := d.find("q=" + url.QueryEscape("预算")); len(got.Hits) != 0 {
		t.Fatalf("not indexed, and found: %+v", got)
	}
	if err := d.minutes.tendFound(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := d.find("q=" + url.QueryEscape("预算")); len(got.Hits) != 1 {
		t.Errorf("indexed, and not found: %+v", got)
	}
}

// TestMarks: marks count characters of the text as it stands.
func TestMarks(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        []Mark
	}{
		{"预算和預算", "預算", []Mark{{0, 2}, {3, 5}}},
		{"😀ＡＢＣ公司", "abc", []Mark{{1, 4}}},
		{"ababab", "aba bab", []Mark{{0, 4}}},
		{"㎏ and kg", "kg", []Mark{{0, 1}, {6, 8}}},
		{"没有", "无", nil},
	} {
		if diff := cmp.Diff(c.want, marks(c.text, wordsOf(c.query))); diff != "" {
			t.Errorf("%s in %s (-want +got)\n%s", c.query, c.text, diff)
		}
	}
}
