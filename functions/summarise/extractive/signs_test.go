package extractive

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
)

// talk makes a transcript of lines of speaker and text.
func spokenBy(language, kind, text string) events.Transcript {
	tr := blank(language)
	tr.Kind, tr.RecordedAt = kind, "2026-09-16T02:00:00.000Z"
	for line := range strings.Lines(text) {
		speaker, said, _ := strings.Cut(strings.TrimSpace(line), " ")
		next := segment(len(tr.Segments), 0, said)
		next.Speaker = speaker
		tr.Segments = append(tr.Segments, next)
	}
	return tr
}

func texts(points []events.Point) (all []string) {
	for _, p := range points {
		all = append(all, p.Text)
	}
	return all
}

// A question is left open where the answer puts it off, where nobody answers before the
// end, or where somebody says so.
func TestQuestionsLeftOpen(t *testing.T) {
	for name, c := range map[string]struct {
		language, said string
		want           []string
	}{
		"answered":         {"zh", "a 这笔钱从哪里出？\nb 从区里的专项资金出。\na 好。", nil},
		"put off":          {"zh", "a 这笔钱从哪里出？\nb 这个我不清楚，回头问一下财政。\na 好。", []string{"这笔钱从哪里出？ 这个我不清楚，回头问一下财政。"}},
		"said to be open":  {"zh", "a 停车费怎么收目前还没有结论。\nb 嗯。", []string{"停车费怎么收目前还没有结论。"}},
		"the last word":    {"en", "a The road is closed.\nb Who pays for the repairs?", []string{"Who pays for the repairs?"}},
		"put off, English": {"en", "a Who pays for the repairs?\nb I don't know, let me check.\na Fine.", []string{"Who pays for the repairs? I don't know, let me check."}},
		"asked of nobody":  {"en", "a Who pays for the repairs?\na The city pays for them.\na That is the rule.\na It was always so.\nb Yes.", nil},
		"a courtesy":       {"en", "a Can you hear me?\nb Let me check.", nil},
	} {
		s := summarise(t, spokenBy(c.language, "", c.said))
		if d := cmp.Diff(c.want, texts(s.Questions)); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}

// Each kind of recording has sections of its own.
func TestKinds(t *testing.T) {
	const said = `a 会议决定采用第二套方案。
b 张伟负责整理材料，周五前提交。
a 补贴标准还没有定下来，下次会上再讨论。
b 预算有三十万的缺口，我担心完不成任务。
a 项目总投资八百六十万元。
b 什么是区块链？
a 区块链是一种记账的技术。
`
	filled := func(s events.Summary) (names []string) {
		for _, section := range []struct {
			name string
			n    int
		}{{"decisions", len(s.Decisions)}, {"actions", len(s.Actions)}, {"questions", len(s.Questions)}, {"risks", len(s.Risks)}, {"numbers", len(s.Numbers)}} {
			if section.n > 0 {
				names = append(names, section.name)
			}
		}
		return names
	}
	for kind, want := range map[string]string{
		"":          "decisions actions questions risks numbers",
		"meeting":   "decisions actions questions risks numbers",
		"official":  "decisions actions risks numbers",
		"party":     "decisions actions numbers",
		"training":  "actions questions numbers",
		"class":     "actions questions numbers",
		"interview": "questions numbers",
	} {
		if got := strings.Join(filled(summarise(t, spokenBy("zh", kind, said))), " "); got != want {
			t.Errorf("%s: filled %s, want %s", kind, got, want)
		}
	}
	class := summarise(t, spokenBy("zh", "class", said))
	if d := cmp.Diff([]string{"什么是区块链？ 区块链是一种记账的技术。"}, texts(class.Questions)); d != "" {
		t.Errorf("questions and answers of a class (-want +got)\n%s", d)
	}
	if got := summarise(t, spokenBy("zh", "", said)).Actions[0].DueOn; got != "2026-09-18" {
		t.Errorf("due on %q, want 2026-09-18", got)
	}
}
