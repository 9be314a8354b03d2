package minutes

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// TestExport: every format in both languages, from a meeting whose words try to
// be something else. The expected files are testdata/export/<lang>.<format>.
func TestExport(t *testing.T) {
	d := open(t)
	spoken := meeting(up1, 1, "# 今天讨论 2026 年预算，\n\n同意 100%。", "<b>增长</b> --> & *很快*", "  ", "1. 李四周五前交方案。", "السلام 👋 とうきょう")
	spoken.Segments[4].StartMS, spoken.Segments[4].EndMS = 3_600_000, 3_605_250
	spoken.DurationMS = 3_700_000
	spoken.Speakers[1].Label = "李<四>\n-->"
	spoken.Gaps = []events.Gap{{Track: 1, StartMS: 22_000, EndMS: 28_000, Reason: "engine_failed"}}
	spoken.Segments[0], spoken.Segments[3] = spoken.Segments[3], spoken.Segments[0] // not in the order of time
	d.tell(d.uploaded(up1, 0), d.transcribed(10, spoken), d.summarised(20, summaryOf(meeting(up1, 1, "今天讨论 2026 年预算"))))
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"title":"<script>alert(\"x\")</script> 第 1 次*周会*"}`))
	summary, tag := d.read()
	document := *summary.Document
	cite := func(text string, starts ...int64) events.Point {
		p := events.Point{ID: "p-" + text, Text: text}
		for _, start := range starts {
			p.Evidence = append(p.Evidence, events.Evidence{Segment: "0-0", StartMS: start, EndMS: start + 1, Quote: "预算"})
		}
		return p
	}
	document.Decisions = []events.Point{cite("- 同意预算", 0, 3_600_000)}
	document.Actions = []events.Action{{Point: cite("交方案", 30_000), Owner: "李四", Due: "周五前"}, {Point: cite("订会议室")}}
	document.Topics = []events.Topic{{Title: "预算", StartMS: 0, EndMS: 29_000, Points: []events.Point{cite("讨论预算", 0)}}, {Title: "其他", StartMS: 30_000, EndMS: 3_605_000}}
	d.want(200, d.save(document, tag, "u42"))
	d.fixTimes()
	for _, lang := range []string{"zh", "en"} {
		for _, f := range formats[1:6] { // those that are text
			a := d.want(200, d.ask("GET", "/minutes/"+rec+"/export?format="+f.name+"&lang="+lang, ""))
			if a.header.Get("Content-Type") != f.media || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; ") {
				t.Errorf("%s: headers %v", f.name, a.header)
			}
			golden(t, "testdata/export/"+lang+"."+f.name, a.body)
		}
	}
}

// fixTimes gives the edit, which happens now, a time that does not change.
func (d *desk) fixTimes() {
	d.Helper()
	if _, err := d.minutes.DB.Exec(d.Context(), `UPDATE summary SET at = $1 WHERE origin = 'person'`, second(59)); err != nil {
		d.Fatal(err)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", file, diff)
	}
}

// TestExportEarly: minutes without a transcript say where they stand.
func TestExportEarly(t *testing.T) {
	d := open(t)
	d.tell(d.uploaded(up1, 0))
	got := d.want(200, d.ask("GET", "/minutes/"+rec+"/export?format=md&lang=en", "")).body
	want := "# 会议-aa\n\n- Time: 4 March 2026\n- State: uploaded, waiting to be transcribed\n"
	if got != want {
		t.Errorf("got %q", got)
	}
}

func TestClock(t *testing.T) {
	for ms, want := range map[int64]string{0: "00:00", 59_999: "00:59", 3_599_999: "59:59", 3_600_000: "1:00:00", 360_000_000: "100:00:00"} {
		if got := clock(ms); got != want {
			t.Errorf("clock(%d) = %s, want %s", ms, got, want)
		}
	}
	if got := stamp(360_000_001, ","); got != "100:00:00,001" {
		t.Error(got)
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"预算 2.5 亿": "预算 2.5 亿", "1. 预算": `1\. 预算`, "12) x": `12\) x`, "# x": `\# x`, "- x": `\- x`, "+": `\+`, "=": `\=`,
		"a*b_c`d": "a\\*b\\_c\\`d", "[x](javascript:y)": `\[x\](javascript:y)`, "<img onerror=x>&amp;": "&lt;img onerror=x&gt;&amp;amp;",
		"a\r\n\r\nb\u2028c\x00d\te": "a b c d e", `\`: `\\`, "~~x~~|y": `\~\~x\~\~\|y`, "": "", "---": `\---`,
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestEscapeOpening(t *testing.T) {
	if got := markdown(document{title: "1. x", parts: []part{{heading: "h", lines: []line{{text: "> y"}}}}}); got != "# 1\\. x\n\n\n## h\n\n- &gt; y\n" {
		t.Errorf("%q", got)
	}
}

// day is a transcript of ten thousand seconds.
func day() (segments []events.Segment) {
	for i := range 100_000 {
		segments = append(segments, events.Segment{StartMS: int64(i) * 100, EndMS: int64(i)*100 + 90, Text: "今天讨论预算"})
	}
	return segments
}

func TestALongExportIsWhole(t *testing.T) {
	segments := day()
	if n := strings.Count(srt(reporter{}.cues(segments)), " --> "); n != len(segments) {
		t.Errorf("%d cues, want %d", n, len(segments))
	}
}

func BenchmarkLongExport(b *testing.B) {
	segments := day()
	for b.Loop() {
		srt(reporter{}.cues(segments))
	}
}
