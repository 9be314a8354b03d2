package extractive

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"xietong.dev/events"
)

var engine = Engine{MaxSentences: 1000, MaxPoints: 20}

// alphabets are what hostile transcripts are made of, beside ordinary ones.
var alphabets = []string{
	"今天会议决定由张伟负责，周五前完成。李静同意方案！供水管道改造？",
	"we decided sarah will send the letter by friday. the new pipe, I agree? Mr. Li 3.5 ",
	"会議で決定しました。田中さんが金曜日までに提出します、水道管の更新？ーアイウ",
	"\x00\x01\x1b\r\n\t\u2028\u200b\ufeff\ufffd ",
	"aaaaaaaa", "。。。！！", "…\"”」)", "é́́́ŸİıſK", "🙂👨‍👩‍👧‍👦🇨🇳",
	"اَلْعَرَبِيَّةُ שלום ", "ﾃｽﾄｶﾞｶﾞ１２３ＡＢＣ㌔㌶", "<script>{{}}%s%d\\u0000'; DROP TABLE--",
}

// Whatever is said, every point cites a place that exists, with words that
// stand there, ids are unique, topics follow one another inside the recording,
// and the same transcript gives the same summary.
func TestPromises(t *testing.T) {
	for seed := range uint64(120) {
		tr := anyTranscript(rand.New(rand.NewPCG(seed, 1)))
		keepsPromises(t, tr)
	}
}

func FuzzSummarise(f *testing.F) {
	for _, a := range alphabets {
		f.Add(a+"\n"+a, "zh", uint8(2))
	}
	f.Fuzz(func(t *testing.T, text, language string, speakers uint8) {
		tr := blank(language)
		for i, line := range strings.SplitN(strings.ToValidUTF8(text, "\ufffd"), "\n", 50) {
			tr.Segments = append(tr.Segments, segment(i, i%(int(speakers)+1), line))
		}
		keepsPromises(t, tr)
	})
}

func keepsPromises(t *testing.T, tr events.Transcript) {
	t.Helper()
	s := summarise(t, tr)
	s.DocumentVersion, s.Recording, s.Upload, s.Revision, s.Language = 1, "rec-00000001", "upl-00000001", 1, "zh"
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := events.DecodeSummary(encoded); err != nil {
		t.Errorf("%v\n%+v", err, tr.Segments)
	}
	segments := map[string]events.Segment{}
	for _, segment := range tr.Segments {
		segments[segment.ID] = segment
	}
	ids := map[string]bool{}
	for _, p := range s.Points() {
		if ids[p.ID] {
			t.Errorf("id %s is given twice", p.ID)
		}
		ids[p.ID] = true
		for _, e := range p.Evidence {
			in, exists := segments[e.Segment]
			if !exists || e.Quote == "" || !strings.Contains(in.Text, e.Quote) || e.StartMS != in.StartMS || e.EndMS != in.EndMS {
				t.Errorf("evidence %+v does not stand in %+v", e, in)
			}
		}
	}
	last := int64(0)
	for _, topic := range s.Topics {
		if topic.Title == "" || len(topic.Points) == 0 || topic.StartMS < last || topic.EndMS < topic.StartMS || topic.EndMS > tr.DurationMS {
			t.Errorf("topic %+v after %d in %d ms", topic, last, tr.DurationMS)
		}
		last = topic.StartMS
	}
	first, second := summarise(t, tr), summarise(t, tr)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("the second summary differs\n%+v\n%+v", first, second)
	}
}

func summarise(t testing.TB, tr events.Transcript) events.Summary {
	t.Helper()
	s, err := engine.Summarise(context.Background(), tr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func blank(language string) events.Transcript {
	return events.Transcript{Language: language, DurationMS: 1 << 40}
}

func segment(i, track int, text string) events.Segment {
	return events.Segment{ID: fmt.Sprintf("%d-%d", track, i*1000), Track: track, StartMS: int64(i) * 1000, EndMS: int64(i)*1000 + 1500, Text: text}
}

func anyTranscript(r *rand.Rand) events.Transcript {
	tr := blank([]string{"zh", "en", "ja", "fr", ""}[r.IntN(5)])
	for i := range r.IntN(60) {
		alphabet := []rune(alphabets[r.IntN(len(alphabets))])
		var b strings.Builder
		for range r.IntN(80) {
			if r.IntN(3) == 0 {
				b.WriteRune(alphabet[r.IntN(len(alphabet))])
				continue
			}
			from := r.IntN(len(alphabet))
			b.WriteString(string(alphabet[from:min(len(alphabet), from+1+r.IntN(8))]))
		}
		tr.Segments = append(tr.Segments, segment(i, r.IntN(3), b.String()))
	}
	r.Shuffle(len(tr.Segments), func(i, j int) { tr.Segments[i], tr.Segments[j] = tr.Segments[j], tr.Segments[i] })
	return tr
}

// Hostile transcripts of 10 MB take seconds.
func TestHostileSizes(t *testing.T) {
	const size = 10 << 20
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]rune, size/3)
	for i := range noise {
		noise[i] = rune(0x4e00 + random.IntN(0x5000))
	}
	letters := make([]byte, size)
	for i := range letters {
		letters[i] = "abcdefghijklmnopqrstuvwxyz     "[random.IntN(31)]
	}
	for name, tr := range map[string]events.Transcript{
		"one letter":         whole(strings.Repeat("a", size)),
		"one character":      whole(strings.Repeat("的", size/3)),
		"short sentences":    whole(strings.Repeat("a。", size/4)),
		"full stops":         whole(strings.Repeat("。", size/3)),
		"dots":               whole(strings.Repeat(".", size)),
		"spaces":             whole(strings.Repeat(" ", size)),
		"control characters": whole(strings.Repeat("\x01", size)),
		"combining marks":    whole("a" + strings.Repeat("\u0301", size/2)),
		"random characters":  whole(string(noise)),
		"random words":       whole(string(letters)),
		"repeated cue":       whole(strings.Repeat("由张", size/6)),
		"repeated will":      whole(strings.Repeat("sarah will ", size/11)),
		"hesitation":         whole(strings.Repeat("um ", size/3)),
		"200000 segments":    many(200000, "张伟负责整理材料，周五前提交。"),
		"200000 unended":     many(200000, "张伟"),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s, err := Engine{MaxSentences: 500, MaxPoints: 100}.Summarise(context.Background(), tr)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Decisions) > 100 || len(s.Actions) > 100 || len(s.Numbers) > 100 || len(s.Risks) > 100 || len(s.Questions) > 100 {
				t.Errorf("%d decisions and %d actions, over MaxPoints of 100", len(s.Decisions), len(s.Actions))
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Logf("took %v", took)
			}
		})
	}
}

func whole(text string) events.Transcript { return many(1, text) }

func many(n int, text string) events.Transcript {
	tr := blank("zh")
	for i := range n {
		tr.Segments = append(tr.Segments, segment(i, 0, text))
	}
	return tr
}

// MaxPoints bounds decisions and actions; MaxSentences what is read.
func TestLimits(t *testing.T) {
	tr := blank("zh")
	for i := range 30 {
		tr.Segments = append(tr.Segments, segment(i, 0, fmt.Sprintf("会议决定采用第%d套供水方案。张伟负责整理第%d份材料。", i, i)))
	}
	for _, c := range []struct {
		engine    Engine
		decisions int
		actions   int
	}{
		{Engine{MaxSentences: 60, MaxPoints: 100}, 30, 30},
		{Engine{MaxSentences: 60, MaxPoints: 3}, 3, 3},
		{Engine{MaxSentences: 12, MaxPoints: 100}, 6, 6}, // every fifth sentence
	} {
		s, err := c.engine.Summarise(context.Background(), tr)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := [2]int{len(s.Decisions), len(s.Actions)}, [2]int{c.decisions, c.actions}; got != want {
			t.Errorf("%+v: decisions and actions %v, want %v", c.engine, got, want)
		}
	}
}

func TestEndsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := engine.Summarise(ctx, whole("今天开会。")); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// A meeting of two hours: about 36,000 Chinese characters or 18,000 words.
func BenchmarkTwoHours(b *testing.B) {
	for _, language := range []string{"zh", "en", "ja"} {
		b.Run(language, func(b *testing.B) {
			tr := twoHours(language)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.Summarise(context.Background(), tr); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func twoHours(language string) events.Transcript {
	r := rand.New(rand.NewPCG(7, 7))
	vocabulary := map[string][]string{
		"zh": strings.Split("供水,管道,改造,方案,会议,预算,审核,我们,这个,的,了,是,在,服务,中心,窗口,群众,采购,合同,工程,完成,负责,周五前,同意,决定", ","),
		"en": strings.Fields("the water pipe budget we will send report by friday and it is service center office contract price school bus engineer plan of to that village repair decided agreed letter"),
		"ja": strings.Split("水道管,更新,予算,会議,の,を,が,に,図書館,時間,延長,します,しました,担当,決定,金曜日までに,資料,提出,工事,計画", ","),
	}[language]
	separator, end, size := "", "。", 25
	if language == "en" {
		separator, end, size = " ", ".", 15
	}
	tr := blank(language)
	for i := range 1200 {
		words := make([]string, 0, size)
		topic := i / 150 % 3
		for range size / 2 * 2 {
			words = append(words, vocabulary[(r.IntN(len(vocabulary)*2/3)+topic*len(vocabulary)/3)%len(vocabulary)])
		}
		if language != "en" {
			words = words[:size/2]
		}
		tr.Segments = append(tr.Segments, segment(i, i%2, strings.Join(words, separator)+end))
	}
	return tr
}
