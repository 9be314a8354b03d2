package main

import (
	"fmt"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/extractive"
	"xietong.dev/functions/summarise/quality"
)

// task is a set of meetings and how long their summaries may be.
type task struct {
	name     string
	meetings []quality.Meeting
	room     int // words, or characters of Chinese
}

func measure(data string, show, rounds int) error {
	english, err := quality.Load(data, "qmsum-dev")
	if err != nil {
		return err
	}
	chinese, err := quality.Load(data, "vcsum-dev")
	if err != nil {
		return err
	}
	var topics []quality.Meeting
	for _, m := range chinese {
		topics = append(topics, m.Parts()...)
	}
	var last []string
	for _, t := range []task{{"english", english, 120}, {"chinese", chinese, 230}, {"chinese_topic", topics, 120}} {
		last = append(last, t.measure(show)...)
	}
	last = append(last, boundaries("english", english)...)
	last = append(last, boundaries("chinese", chinese)...)
	for _, of := range []struct {
		name       string
		transcript events.Transcript
	}{{"english", twoHours(english, 18_000)}, {"chinese", twoHours(chinese, 36_000)}} {
		figures, err := cost(of.name, of.transcript, rounds)
		if err != nil {
			return err
		}
		last = append(last, figures...)
	}
	fmt.Println(strings.Join(last, " "))
	return nil
}

// measure prints a line for each way to summarise, and returns the figures.
func (t task) measure(show int) []string {
	var best, lexRank quality.Score
	ways := quality.Classic()
	mean := make([]quality.Score, len(ways)+1)
	for i, m := range t.meetings {
		for k, text := range summaries(m, ways, t.room) {
			mean[k] = mean[k].Plus(1/float64(len(t.meetings)), quality.Rouge(text, m.Summary))
			if k == len(ways) && i < show {
				fmt.Printf("\n%s\n%s\n-- by people\n%s\n", m.ID, text, m.Summary)
			}
		}
	}
	fmt.Printf("%s: %d, at most %d words or characters\n%-16s %8s %8s %8s\n", t.name, len(t.meetings), t.room, "", "ROUGE-1", "ROUGE-2", "ROUGE-L")
	for k, way := range ways {
		row(way.Name, mean[k])
		for n := range best {
			best[n] = max(best[n], mean[k][n])
		}
		if strings.HasPrefix(way.Name, "LexRank") && mean[k].Sum() > lexRank.Sum() {
			lexRank = mean[k]
		}
	}
	ours := mean[len(ways)]
	row("the engine", ours)
	row("over the best", ours.Plus(-1, best))
	fmt.Println()
	return []string{
		fmt.Sprintf("%s_rouge1=%.2f %s_rouge2=%.2f %s_rougel=%.2f", t.name, ours[0], t.name, ours[1], t.name, ours[2]),
		fmt.Sprintf("%srouge_over_lexrank=%.3f", t.prefix(), ours.Sum()/lexRank.Sum()),
	}
}

// prefix of a figure: the plain name is that of whole meetings in English.
func (t task) prefix() string {
	if t.name == "english" {
		return ""
	}
	return t.name + "_"
}

func row(name string, s quality.Score) {
	fmt.Printf("%-16s %8.2f %8.2f %8.2f\n", name, s[0], s[1], s[2])
}

// summaries returns what each way makes of a meeting, and last the engine.
func summaries(m quality.Meeting, ways []quality.Method, room int) []string {
	reading := extractive.Read(m.Transcript())
	texts, compared, tellers := reading.Texts(), reading.Compared(), reading.Tellers()
	sizes := make([]int, len(texts))
	for i, text := range texts {
		sizes[i] = len(quality.Tokens(text))
	}
	var terms [][]string
	var size []int
	for _, i := range tellers {
		terms, size = append(terms, compared[i]), append(size, sizes[i])
	}
	var all []string
	for _, way := range ways {
		var said []string
		for _, k := range way.Choose(terms, size, room) {
			said = append(said, texts[tellers[k]])
		}
		all = append(all, strings.Join(said, "\n"))
	}
	var said []string
	for _, i := range reading.Abstract(extractive.Learnt, sizes, room) {
		said = append(said, texts[i])
	}
	return append(all, strings.Join(said, "\n"))
}

// boundaries prints how well topics are cut where people cut them.
func boundaries(name string, meetings []quality.Meeting) []string {
	var free, given, none, found, people float64
	n := float64(len(meetings))
	for _, m := range meetings {
		reading, truth := extractive.Read(m.Transcript()), m.TopicOfTurns()
		count := truth[len(truth)-1] + 1
		cut := quality.Rising(reading.Topics(len(truth), 0))
		free += quality.Pk(truth, cut) / n
		given += quality.Pk(truth, quality.Rising(reading.Topics(len(truth), count))) / n
		none += quality.Pk(truth, make([]int, len(truth))) / n
		found += float64(cut[len(cut)-1]+1) / n
		people += float64(count) / n
	}
	fmt.Printf("%s topics: Pk %.3f with people's count given, %.3f without, %.3f with no cut; %.1f topics, %.1f by people\n", name, given, free, none, found, people)
	return []string{fmt.Sprintf("%s_pk_count_given=%.3f %s_pk=%.3f", name, given, name, free)}
}
