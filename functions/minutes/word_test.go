package minutes

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
)

// said is a sentence that rests on something at a time.
func said(text string, at int64) events.Point {
	return events.Point{ID: "p", Text: text, Evidence: []events.Evidence{{Segment: "0-0", StartMS: at, EndMS: at + 1000, Quote: "x"}},
		Translations: []events.Translation{{Language: "en", Text: "In English: " + text}}}
}

// usual are minutes as they mostly come.
func usual(kind string) Detail {
	at := time.Date(2026, 3, 4, 1, 30, 0, 0, time.UTC)
	sentence := "会议讨论了2026年度政务云平台运行维护预算，第三季度支出同比增长12.5%，主要用于国产化服务器采购和网络安全等级保护测评。"
	s := events.Summary{Language: "zh", Engine: events.Engine{Name: "extractive"},
		Abstract:  []events.Point{said(sentence, 12_000), said("会议指出，各单位要在6月底前完成存量系统迁移，确保业务不中断。", 65_000), said("会议强调，数据安全是底线，任何单位不得将敏感数据存放在境外服务器。", 185_000)},
		Decisions: []events.Point{said("同意信息中心提交的平台运行维护预算方案。", 1_200_000), said("由办公室牵头建立月度通报机制。", 1_500_000)},
		Actions: []events.Action{{Point: said("提交存量系统清单和迁移计划", 1_600_000), Owner: "张三", Due: "下周五前", DueOn: "2026-03-13"},
			{Point: said("联系供应商确认服务器到货时间，并把到货安排报办公室备案，遇有变化及时沟通", 1_700_000), Owner: "李四（信息中心）"}, {Point: said("预订下次会议室", 1_800_000), Due: "三天内"}},
		Questions: []events.Point{said("老旧业务系统的接口改造费用由谁承担？", 900_000)},
		Risks:     []events.Point{said("服务器到货可能推迟两周，影响整体进度。", 1_000_000)},
		Numbers:   []events.Point{said("平台运行维护预算为1280万元。", 30_000)},
		Topics: []events.Topic{{Title: "年度预算", StartMS: 0, EndMS: 900_000, Points: []events.Point{said(sentence, 20_000), said("财务处建议把测评费用单独列支。", 80_000)}},
			{Title: "系统迁移安排", StartMS: 900_000, EndMS: 1_900_000, Points: []events.Point{said("迁移分三批进行，第一批为门户网站和邮件系统。", 950_000)}}},
		Keywords: []events.Keyword{{Term: "政务云", Count: 5}, {Term: "预算", Count: 4}, {Term: "等级保护", Count: 2}}}
	return Detail{ID: rec, Unit: "某市人民政府办公室", Title: "2026年第一季度信息化工作例会", Kind: kind, CreatedAt: at, RecordedAt: &at, State: Summarised, DurationMS: 3_900_000,
		Participants: []events.Participant{{Name: "张三"}, {Name: "李四"}, {Name: "王五"}, {Name: "欧阳娜娜"}, {Name: "赵六"}, {Name: "孙七"}, {Name: "周八"}, {Name: "吴九"}, {Name: "郑十"}, {Name: "钱十一"}},
		Speakers:     []events.Speaker{{ID: "s1", Label: "张三"}, {ID: "s2", Label: "李四", Track: 1}},
		Transcript:   &TranscriptView{Language: "zh"}, Summary: &SummaryView{Origin: ByMachine, At: at.Add(2 * time.Hour), Document: &s}}
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// word makes the docx of minutes in a language.
func word(t *testing.T, d Detail, w exportWish, lang string, segments ...events.Segment) []byte {
	t.Helper()
	file, err := reporter{w.choose(formatNamed("docx"), lang, d), d, shanghai}.render(segments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// printed returns what stands in a docx: the text of its paragraphs, one to a line.
func printed(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.ReplaceAll(string(text), "</w:p>", "\n")
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(lines, "")
}

// TestKindsOfWord: each kind has its own headings in their own order, leaves out what
// is empty, and keeps the blanks that its form wants.
func TestKindsOfWord(t *testing.T) {
	for kind, want := range map[string][]string{
		"meeting":   {"2026年第一季度信息化工作例会", "时间：2026年3月4日 09:30–10:35", "摘要由系统自动生成", "摘要", "决定", "待办事项", "下周五前（2026年3月13日）", "议题", "待解决的问题", "风险与困难", "相关数据", "关键词"},
		"training":  {"培训概要", "培训内容", "注意事项", "提问", "作业与任务"},
		"interview": {"访谈概要", "访谈内容", "待核实的问题", "后续事项", "文字稿", "好的"},
		"class":     {"课程概要", "知识要点", "难点与易错点", "提问", "作业与任务"},
		"party":     {"党支部会议记录", "会议名称", "时间", "地点", "＿＿＿", "主持人", "记录人", "应到人数", "实到人数", "10 人", "出席", "张三、李四", "缺席", "列席", "议题", "年度预算；系统迁移安排", "会议内容", "议题讨论情况", "决议", "落实事项"},
		"official":  {"会议纪要", "第＿", "时间：", "主持人：＿", "会议指出", "会议强调", "会议内容", "议题讨论情况", "会议决定", "落实事项", "出席：张三、", "请假：＿", "列席：＿", "某市人民政府办公室", "2026年3月4日", "抄送：＿", "某市人民政府办公室2026年3月4日印发"},
	} {
		text := printed(t, word(t, usual(kind), exportWish{}, "zh", events.Segment{Speaker: "s1", StartMS: 5000, Text: "好的。"}))
		at := 0
		for _, w := range want {
			i := strings.Index(text[at:], w)
			if i < 0 {
				t.Errorf("%s: no %q after %q in\n%s", kind, w, text[:at], text)
				break
			}
			at += i
		}
		if marks := strings.Contains(text, "[00:12]"); marks != (kind != "party" && kind != "official") {
			t.Errorf("%s: time marks: %v", kind, marks)
		}
	}
	bare := usual("meeting")
	bare.Participants, bare.Summary.Document = nil, &events.Summary{Abstract: []events.Point{said("会议讨论了预算。", 0)}}
	text := printed(t, word(t, bare, exportWish{}, "zh"))
	for _, absent := range []string{"决定", "待办", "参加人", "风险", "＿"} {
		if strings.Contains(text, absent) {
			t.Errorf("minutes without it have %s: %s", absent, text)
		}
	}
	bare.Kind = "official"
	if text := printed(t, word(t, bare, exportWish{}, "zh")); strings.Contains(text, "会议指出") || strings.Contains(text, "会议强调") {
		t.Errorf("the minutes say what nobody said: %s", text)
	}
}

// TestParticularsOnPaper: what people said of the meeting fills the blanks of both
// forms, and stands above minutes that have none.
func TestParticularsOnPaper(t *testing.T) {
	d := usual("official")
	d.Place, d.Issue, d.Issuer, d.Copies = "区政府三楼会议室", "12", "滨海区人民政府办公室", "区委办公室，各镇人民政府。"
	d.Participants = []events.Participant{{Name: "张伟", Role: events.RoleChair}, {Name: "李静", Role: events.RoleRecorder}, {Name: "王芳"},
		{Name: "赵六", Role: events.RoleAbsent}, {Name: "孙七", Role: events.RoleObserver}}
	for kind, want := range map[string][]string{
		"official": {"第12期", "地点：区政府三楼会议室", "主持人：张伟", "记录人：李静", "出席：张伟、王芳\n", "请假：赵六", "列席：孙七", "滨海区人民政府办公室\n", "抄送：区委办公室，各镇人民政府。"},
		"party":    {"区政府三楼会议室", "张伟", "李静", "应到人数\n4 人", "实到人数\n3 人", "出席\n张伟、李静、王芳", "缺席\n赵六", "列席\n孙七"},
		"meeting":  {"地点：区政府三楼会议室", "主持人：张伟", "记录人：李静", "参加人：张伟、李静、王芳", "列席：孙七", "缺席：赵六"},
	} {
		text := printed(t, word(t, d, exportWish{Kind: kind}, "zh"))
		if strings.Contains(text, "＿") {
			t.Errorf("%s: a blank is left in\n%s", kind, text)
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", kind, w, text)
			}
		}
	}
}

// TestOptionsOfWord: time marks, names and transcript can be had and left out.
func TestOptionsOfWord(t *testing.T) {
	yes, no := true, false
	spoken := events.Segment{Speaker: "s2", StartMS: 5000, Text: "好的。"}
	for name, c := range map[string]struct {
		wish  exportWish
		lang  string
		holds []string
		lacks []string
	}{
		"marks":         {exportWish{Kind: "official", Times: &yes}, "zh", []string{"[00:20]", "[00:00–15:00]"}, nil},
		"no marks":      {exportWish{Times: &no}, "zh", nil, []string{"[00:"}},
		"transcript":    {exportWish{Transcript: &yes}, "zh", []string{"李四 [00:05]：好的。"}, nil},
		"no names":      {exportWish{Transcript: &yes, Speakers: &no}, "zh", []string{" [00:05]：好的。"}, []string{"李四 ["}},
		"English":       {exportWish{}, "en", []string{"Time: 4 March 2026 09:30–10:35", "Decisions", "In English: ", "What", "Who", "Until"}, nil},
		"both":          {exportWish{Lang: "zh,en"}, "zh", []string{"中文", "英文", "同意信息中心提交的平台运行维护预算方案。 [20:00]\nIn English: 同意"}, nil},
		"other kind":    {exportWish{Kind: "class"}, "zh", []string{"课程概要"}, []string{"待办事项"}},
		"kind of these": {exportWish{}, "zh", []string{"待办事项"}, nil},
	} {
		text := printed(t, word(t, usual("meeting"), c.wish, c.lang, spoken))
		for _, w := range c.holds {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", name, w, text)
			}
		}
		for _, w := range c.lacks {
			if strings.Contains(text, w) {
				t.Errorf("%s: %q in\n%s", name, w, text)
			}
		}
	}
}

// TestWordOpens: LibreOffice opens every kind in both languages, and minutes of what
// nobody should name a thing; all of the text is there, and the pages are as many as
// it takes.
func TestWordOpens(t *testing.T) {
	dir := t.TempDir()
	keep := func(name string, file []byte) string {
		path := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var files []string
	for _, kind := range events.Kinds() {
		files = append(files, keep(kind+"-zh", word(t, usual(kind), exportWish{}, "zh")), keep(kind+"-en", word(t, usual(kind), exportWish{}, "en")))
	}
	hard := usual("party")
	hard.Title = strings.Repeat("关于进一步加强全市政务信息系统工作的会议", 10)
	hard.Participants = []events.Participant{{Name: strings.Repeat("欧阳", 127)}, {Name: "㐂田𠮷"}, {Name: `<b>"&`}, {Name: "محمد علي"}, {Name: "👩🏽‍💻"}, {Name: "控\x00\x07\x1b\u202e"}}
	for i := range 300 {
		hard.Summary.Document.Decisions = append(hard.Summary.Document.Decisions, said("同意。", int64(i)))
	}
	files = append(files, keep("hard", word(t, hard, exportWish{}, "zh")))
	for _, to := range []string{"pdf", "txt:Text (encoded):UTF8"} {
		arguments := append([]string{"--headless", "--norestore", "-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--convert-to", to, "--outdir", dir}, files...)
		command := exec.CommandContext(t.Context(), "soffice", arguments...)
		command.Env = append(os.Environ(), "SAL_USE_VCLPLUGIN=svp")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v: %s", err, out)
		}
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".docx")
		text := read(name + ".txt")
		for _, want := range []string{"同意信息中心提交的平台运行维护预算方案。", "李四（信息中心）", "年度预算"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: LibreOffice reads no %q in\n%s", name, want, text)
			}
		}
		pages := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAllString(read(name+".pdf"), -1))
		if most := map[bool]int{true: 25, false: 4}[name == "hard"]; pages < 2 && !slices.Contains([]string{"training-en", "class-en"}, name) || pages > most {
			t.Errorf("%s has %d pages", name, pages)
		}
	}
	for _, want := range []string{"㐂田𠮷", `<b>"&`, "محمد علي", "👩🏽‍💻"} {
		if !strings.Contains(read("hard.txt"), want) {
			t.Errorf("LibreOffice reads no %q", want)
		}
	}
	if n := strings.Count(read("hard.txt"), "同意。\n"); n != 300 {
		t.Errorf("LibreOffice reads %d decisions, want 300", n)
	}
}
