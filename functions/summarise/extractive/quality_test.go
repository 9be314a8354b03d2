package extractive

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"xietong.dev/events"
)

type meeting struct {
	ID, Lang, Summary string
	Turns             []struct{ Speaker, Text string }
	Topics            []struct {
		Topic, Summary string
		Spans          [][]any
	}
}

var noise = regexp.MustCompile(`\{[^}]*\}`)
var apart = regexp.MustCompile(`\s+([.,!?;:'])`)

func (m meeting) transcript() events.Transcript {
	t := events.Transcript{Language: m.Lang}
	for i, turn := range m.Turns {
		text := turn.Text
		if m.Lang == "en" {
			text = apart.ReplaceAllString(strings.Join(strings.Fields(noise.ReplaceAllString(text, "")), " "), "$1")
		}
		t.Segments = append(t.Segments, events.Segment{ID: fmt.Sprint("0-", i*1000), Speaker: turn.Speaker, StartMS: int64(i) * 1000, EndMS: int64(i+1) * 1000, Text: text})
	}
	return t
}

func meetings(tb testing.TB, name string) (all []meeting) {
	tb.Helper()
	f, err := os.Open(os.Getenv("MINUTES_DATA") + "/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r := bufio.NewScanner(f)
	r.Buffer(nil, 64<<20)
	for r.Scan() {
		var m meeting
		if err := json.Unmarshal(r.Bytes(), &m); err != nil {
			tb.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

type ranker func(all []sentence, v []vector, terms int) []float64

func lead(all []sentence, v []vector, terms int) []float64 {
	out := make([]float64, len(all))
	for i := range out {
		out[i] = 1 - float64(i)/float64(len(all))
	}
	return out
}

func textrank(all []sentence, v []vector, terms int) []float64 {
	n := len(all)
	sim := make([][]float64, n)
	deg := make([]float64, n)
	for i := range sim {
		sim[i] = make([]float64, n)
		for j := 0; j < i; j++ {
			hit := 0
			for a, b := 0, 0; a < len(v[i].ids) && b < len(v[j].ids); {
				if v[i].ids[a] == v[j].ids[b] {
					hit++
					a++
					b++
				} else if v[i].ids[a] < v[j].ids[b] {
					a++
				} else {
					b++
				}
			}
			if hit > 0 {
				w := float64(hit) / (math.Log(float64(len(v[i].ids))+1) + math.Log(float64(len(v[j].ids))+1))
				sim[i][j], sim[j][i] = w, w
				deg[i] += w
				deg[j] += w
			}
		}
	}
	r := make([]float64, n)
	for i := range r {
		r[i] = 1
	}
	for range 20 {
		next := make([]float64, n)
		for i := range next {
			next[i] = .15
			for j := range r {
				if sim[j][i] > 0 {
					next[i] += .85 * r[j] * sim[j][i] / deg[j]
				}
			}
		}
		r = next
	}
	return r
}

func lexrank(all []sentence, v []vector, terms int) []float64 {
	n := len(all)
	sim := make([][]float64, n)
	deg := make([]float64, n)
	for i := range sim {
		sim[i] = make([]float64, n)
		for j := range all {
			sim[i][j] = cosine(v[i], v[j])
			deg[i] += sim[i][j]
		}
	}
	r := make([]float64, n)
	for i := range r {
		r[i] = 1
	}
	for range 12 {
		next := make([]float64, n)
		for i := range next {
			next[i] = .15
			for j := range r {
				if sim[j][i] > 0 {
					next[i] += .85 * r[j] * sim[j][i] / deg[j]
				}
			}
		}
		r = next
	}
	return r
}

// pk is the share of pairs of turns, half a topic apart, that one side puts
// into one topic and the other into two (Beeferman, Berger and Lafferty, 1999).
func pk(truth, got []int) float64 {
	apart := max(1, len(truth)/(truth[len(truth)-1]+1)/2)
	bad := 0
	for i := 0; i+apart < len(truth); i++ {
		if (truth[i] == truth[i+apart]) != (got[i] == got[i+apart]) {
			bad++
		}
	}
	return float64(bad) / float64(max(len(truth)-apart, 1))
}

// topicOfTurns numbers the topic of each turn as people cut them.
func (m meeting) topicOfTurns() []int {
	truth := make([]int, len(m.Turns))
	for k, topic := range m.Topics {
		for _, span := range topic.Spans {
			from, _ := strconv.Atoi(fmt.Sprint(span[0]))
			to, _ := strconv.Atoi(fmt.Sprint(span[1]))
			for i := from; i <= to && i < len(truth); i++ {
				truth[i] = k
			}
		}
	}
	return rising(truth)
}

// rising gives turns that nobody put into a topic to the one before.
func rising(topic []int) []int {
	for i := 1; i < len(topic); i++ {
		topic[i] = max(topic[i], topic[i-1])
	}
	return topic
}

// Quality against people's summaries and topics. MINUTES_DATA names the folder
// with qmsum-dev.jsonl and vcsum-dev.jsonl.
func BenchmarkQuality(b *testing.B) {
	if os.Getenv("MINUTES_DATA") == "" {
		b.Log("set MINUTES_DATA to a folder with qmsum-dev.jsonl and vcsum-dev.jsonl; nothing was measured")
		return
	}
	rankers := map[string]ranker{"lead": lead, "lexrank": lexrank, "textrank": textrank, "ours": scores}
	for _, file := range []string{"qmsum-dev", "vcsum-dev"} {
		all := meetings(b, file+".jsonl")
		for name, rank := range rankers {
			b.Run(file+"/abstract/"+name, func(b *testing.B) {
				for b.Loop() {
					measureAbstract(b, all, rank)
				}
			})
		}
		b.Run(file+"/topics", func(b *testing.B) {
			for b.Loop() {
				measureTopics(b, all)
			}
		})
	}
}

func readAll(t events.Transcript) []sentence {
	all := sentences(t)
	for i := range all {
		all[i].read(t)
	}
	return all
}

func measureAbstract(b *testing.B, all []meeting, rank ranker) {
	var r1, r2, rl float64
	n := float64(len(all))
	for _, m := range all {
		width := 230 * widthOfHan // 230 characters, or 120 words of 5 letters
		if m.Lang == "en" {
			width = 120 * 5
		}
		said := readAll(m.transcript())
		vectors, terms := vectorsOf(said)
		var text strings.Builder
		for _, i := range choose(said, vectors, rank(said, vectors, terms), tellers(said, vectors), width, len(said)) {
			text.WriteString(said[i].text + "\n")
		}
		got, want := rougeTokens(text.String()), rougeTokens(m.Summary)
		r1 += rougeN(got, want, 1) / n
		r2 += rougeN(got, want, 2) / n
		rl += rougeL(got, want) / n
	}
	b.ReportMetric(r1, "R1")
	b.ReportMetric(r2, "R2")
	b.ReportMetric(rl, "RL")
}

func measureTopics(b *testing.B, all []meeting) {
	var free, given, none, count, people float64
	n := float64(len(all))
	for _, m := range all {
		said := readAll(m.transcript())
		vectors, terms := vectorsOf(said)
		truth := m.topicOfTurns()
		k := truth[len(truth)-1] + 1
		cut := func(found []stretch) []int {
			got := make([]int, len(truth))
			for k, f := range found {
				for _, s := range said[f.from:f.to] {
					got[s.pieces[0].segment] = k
				}
			}
			return rising(got)
		}
		found := topics(vectors, terms, 12)
		count += float64(len(found)) / n
		people += float64(k) / n
		none += pk(truth, make([]int, len(truth))) / n
		free += pk(truth, cut(found)) / n
		blocks := blocksOf(len(said))
		given += pk(truth, cut(cheapest(blocks, costs(blocks, vectors, terms), -1e6, k))) / n
	}
	b.ReportMetric(free, "Pk")
	b.ReportMetric(given, "Pk-count-given")
	b.ReportMetric(none, "Pk-no-cut")
	b.ReportMetric(count, "topics")
	b.ReportMetric(people, "topics-by-people")
}
