package minutes

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// TestZip: everything in one file, with the recording as it is, under the minutes' name.
func TestZip(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"title":"预算/会议"}`))
	a := d.want(200, d.ask("GET", "/minutes/"+rec+"/export?format=zip&lang=zh", ""))
	z, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		if f.NonUTF8 || f.Flags&0x800 == 0 {
			t.Errorf("%q is not flagged as UTF-8", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(text[:min(4, len(text))])
	}
	want := map[string]string{"预算_会议.docx": "PK\x03\x04", "预算_会议.txt": "预算"[:4], "预算_会议.srt": "1\n00", "预算_会议.json": "{\n  ", "预算_会议.wav": "RIFF"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestZipLimit(t *testing.T) {
	d := open(t, "MAX_ZIP=4")
	d.summarise("今天讨论预算。")
	d.refused(413, "zip_large", "MAX_ZIP", d.ask("GET", "/minutes/"+rec+"/export?format=zip", ""))
}

// TestZipWithoutSound: a recording that is no longer there is left out.
func TestZipWithoutSound(t *testing.T) {
	d := open(t)
	d.summarise("今天讨论预算。")
	if err := d.store.Delete(t.Context(), "recordings", rec+"/会议-aa.wav"); err != nil {
		t.Fatal(err)
	}
	a := d.want(200, d.ask("GET", "/minutes/"+rec+"/export?format=zip", ""))
	if z, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body))); err != nil || len(z.File) != 4 {
		t.Errorf("%v: %v", z, err)
	}
}

// TestExportOptions: what text formats hold beside the usual.
func TestExportOptions(t *testing.T) {
	d := open(t)
	spoken := meeting(up1, 1, "今天讨论预算。")
	s := summaryOf(spoken)
	point := s.Abstract[0]
	point.Translations = []events.Translation{{Language: "en", Text: "The budget is discussed."}}
	s.Kind, s.Abstract, s.Questions, s.Risks, s.Numbers = "meeting", []events.Point{point}, []events.Point{point}, []events.Point{point}, []events.Point{point}
	s.Actions = []events.Action{{Point: point, Owner: "李四", Due: "周五前", DueOn: "2026-03-06"}}
	d.tell(d.uploaded(up1, 0), d.transcribed(10, spoken), d.summarised(20, s))
	for query, c := range map[string]struct{ holds, lacks []string }{
		"format=md&lang=zh":                       {[]string{"## 待解决的问题", "## 风险与困难", "## 相关数据", "期限：周五前（2026年3月6日）", "**00:00 张三**"}, []string{"The budget"}},
		"format=md&lang=en":                       {[]string{"## Open questions\n\n- The budget is discussed. *(00:00)*", "(6 March 2026)"}, nil},
		"format=txt&lang=zh,en":                   {[]string{"- 今天讨论预算。 (00:00)\n  The budget is discussed."}, nil},
		"format=txt&lang=zh&times=0":              {[]string{"张三  今天讨论预算。"}, []string{"00:00"}},
		"format=txt&lang=zh&speakers=0":           {[]string{"00:00  今天讨论预算。"}, []string{"张三"}},
		"format=txt&lang=zh&transcript=0":         {nil, []string{"文字稿"}},
		"format=txt&lang=zh&kind=party":           {[]string{"党支部会议记录", "主持人：＿＿", "出席：张三、李四"}, []string{"待办事项"}},
		"format=srt&speakers=0":                   {[]string{"\n今天讨论预算。"}, []string{"张三"}},
		"format=vtt&speakers=1":                   {[]string{"<v 张三>"}, nil},
		"format=md&lang=zh&kind=official&times=1": {[]string{"会议纪要"}, nil},
	} {
		text := d.want(200, d.ask("GET", "/minutes/"+rec+"/export?"+query, "")).body
		for _, w := range c.holds {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", query, w, text)
			}
		}
		for _, w := range c.lacks {
			if strings.Contains(text, w) {
				t.Errorf("%s: %q in\n%s", query, w, text)
			}
		}
	}
	for query, field := range map[string]string{"format=exe": "format", "format=pdf": "format", "format=md&lang=fr": "lang", "format=md&kind=x": "kind", "format=md&times=2": "times", "format=md&x=1": "x"} {
		if a := d.ask("GET", "/minutes/"+rec+"/export?"+query, ""); a.status != 400 || !strings.Contains(a.body, field) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
}

// TestTemplates: every kind has a form, and every word in it stands in both languages.
func TestTemplates(t *testing.T) {
	for _, kind := range events.Kinds() {
		form, has := templates[kind]
		if !has {
			t.Errorf("there is no form of %s", kind)
		}
		keys := append(append([]string{}, form.facts...), form.names...)
		for _, s := range form.sections {
			keys = append(keys, s.heading)
		}
		for _, key := range keys {
			if text, has := exportWords[key]; key != "origin" && (!has || text.Zh == "" || text.En == "") {
				t.Errorf("%s says %q, for which there are no words", kind, key)
			}
		}
	}
}
