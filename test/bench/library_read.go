package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"xietong.dev/shared/booktext"
)

// kind is a kind of question.
type kind struct {
	name  string
	asks  []string // paths
	words [][]string
	held  []map[string]bool // by question, the books that hold all its words; nil where that is not counted
}

// count looks for the words of every question in a book, as they stand there.
func (k *kind) count(book string, parts []booktext.Part) {
	for i, words := range k.words {
		if !slices.ContainsFunc(words, func(w string) bool {
			return !slices.ContainsFunc(parts, func(p booktext.Part) bool { return strings.Contains(p.Text, w) })
		}) {
			k.held[i][book] = true
		}
	}
}

// asked is how many questions of each kind there are.
const asked = 60

// questions are what readers ask: stretches of texts and words of books that are
// there.
func (s *stacks) questions() []*kind {
	p := s.printer.For(-1)
	list := func(name string, query func() url.Values) *kind {
		k := &kind{name: name}
		for range asked {
			k.asks = append(k.asks, "/library/editions?limit=20&"+query().Encode())
		}
		return k
	}
	book := func() int { return p.IntN(s.texts + s.records) }
	all := []*kind{
		list("browse class", func() url.Values {
			m := s.metadata(0, s.printer.For(book()+1<<20))
			return url.Values{"class": {m.CLC[:1+p.IntN(3)]}, "order": {"newest"}}
		}),
		list("title", func() url.Values {
			i := book()
			return url.Values{"field": {"title"}, "q": {s.metadata(i, s.printer.For(i+1<<20)).Title}}
		}),
		list("title, 2 characters", func() url.Values {
			i := book()
			return url.Values{"field": {"title"}, "q": {string([]rune(s.metadata(i, s.printer.For(i+1<<20)).Title)[:2])}}
		}),
		list("author", func() url.Values {
			i := book()
			return url.Values{"field": {"author"}, "q": {s.metadata(i, s.printer.For(i+1<<20)).Contributors[0].Name}}
		}),
		list("isbn", func() url.Values { return url.Values{"field": {"isbn"}, "q": {isbnOf(book())}} }),
	}
	facets := list("facets", func() url.Values {
		i := book()
		return url.Values{"field": {"title"}, "q": {string([]rune(s.metadata(i, s.printer.For(i+1<<20)).Title)[:2])}}
	})
	for i, ask := range facets.asks {
		facets.asks[i] = strings.Replace(ask, "/editions", "/facets", 1)
	}
	all = append(all, facets)
	two := s.stretches(p.Rand, 2, `^\p{Han}+$`)
	var pairs [][]string
	for i := range two {
		pairs = append(pairs, []string{two[i][0], two[(i+1)%len(two)][0]})
	}
	for _, text := range []struct {
		name  string
		words [][]string
	}{
		{"text, 2 characters", two}, {"text, 4 characters", s.stretches(p.Rand, 4, `^\p{Han}+$`)}, {"text, 8 characters", s.stretches(p.Rand, 8, `^\p{Han}+$`)},
		{"text, two words", pairs}, {"text, mixed", s.stretches(p.Rand, 6, `^\p{Han}+(AI|GPT4|Web|2026)\p{Han}+$`)},
	} {
		k := &kind{name: text.name}
		for _, words := range text.words {
			k.asks = append(k.asks, "/library/editions?limit=20&"+url.Values{"field": {"fulltext"}, "q": {`"` + strings.Join(words, `" "`) + `"`}}.Encode())
			if text.name != "text, mixed" { // AI时代 finds AI 时代 too, which no substring does
				k.words, k.held = append(k.words, words), append(k.held, map[string]bool{})
			}
		}
		all = append(all, k)
	}
	return all
}

// stretches are so many characters that stand somewhere in the texts.
func (s *stacks) stretches(r *rand.Rand, n int, of string) (out [][]string) {
	form := regexp.MustCompile(of)
	for len(out) < asked {
		parts := s.text(r.IntN(s.texts))
		letters := []rune(parts[r.IntN(len(parts))].Text)
		for range 500 {
			at := r.IntN(len(letters) - n)
			if w := string(letters[at : at+n]); form.MatchString(w) {
				out = append(out, []string{w})
				break
			}
		}
	}
	return out
}

// page is what the library answers.
type page struct {
	Editions []struct {
		Edition struct {
			Book string `json:"book"`
		} `json:"edition"`
	} `json:"editions"`
	Next string `json:"next"`
}

var readers = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 400}, Timeout: time.Minute}

func (s *stacks) ask(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Front+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.APIToken)
	req.Header.Set("X-Auth-Id", "reader")
	res, err := readers.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// check walks every page of every question whose truth was counted.
func (s *stacks) check(ctx context.Context) (figures, error) {
	held, found, right := 0, 0, 0
	for _, k := range s.kinds {
		for i := range k.words {
			shown := map[string]bool{}
			for after := ""; ; {
				var p page
				if err := s.ask(ctx, k.asks[i]+"&after="+url.QueryEscape(after), &p); err != nil {
					return nil, err
				}
				for _, e := range p.Editions {
					shown[e.Edition.Book] = true
				}
				if after = p.Next; after == "" {
					break
				}
			}
			held, found = held+len(k.held[i]), found+len(shown)
			for book := range shown {
				if k.held[i][book] {
					right++
				}
			}
		}
	}
	recall, precision := float64(right)/float64(max(held, 1)), float64(right)/float64(max(found, 1))
	fmt.Printf("held against a count of substrings: %d books hold what was asked, %d are shown, %d of these rightly: recall %.4f, precision %.4f\n", held, found, right, recall, precision)
	return figures{{"recall", recall}, {"precision", precision}}, nil
}

// readers has crowds ask each kind of question.
func (s *stacks) readers(ctx context.Context) (all figures, err error) {
	fmt.Printf("%-22s", "p50 / p95 / p99 in ms")
	for _, n := range crowd {
		fmt.Printf("%32s", fmt.Sprintf("%d readers", n))
	}
	fmt.Println()
	for _, k := range s.kinds {
		fmt.Printf("%-22s", k.name)
		for _, n := range crowd {
			took, err := s.crowd(ctx, k, n)
			if err != nil {
				return nil, err
			}
			at := func(percent int) float64 { return milli(took[(len(took)-1)*percent/100]) }
			fmt.Printf("%32s", fmt.Sprintf("%.1f / %.1f / %.1f (%.0f/s)", at(50), at(95), at(99), float64(len(took))/askFor.Seconds()))
			all = append(all, figure{fmt.Sprintf("%s_%d_p95_ms", strings.NewReplacer(", ", "_", " ", "_").Replace(k.name), n), at(95)})
		}
		fmt.Println()
	}
	return all, nil
}

// crowd has n readers ask for a while, and returns how long each answer took, in
// order. What was asked first is not counted: connections and plans are made then.
func (s *stacks) crowd(ctx context.Context, k *kind, n int) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	warm := time.Now().Add(500 * time.Millisecond)
	end := warm.Add(askFor)
	err := parallel(ctx, n, n, func(ctx context.Context, reader int) error {
		for i := reader; time.Now().Before(end); i++ {
			began := time.Now()
			var answer json.RawMessage
			if err := s.ask(ctx, k.asks[i%len(k.asks)], &answer); err != nil {
				return err
			}
			if began.After(warm) {
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		}
		return nil
	})
	slices.Sort(took)
	return append(took, time.Duration(0))[:max(len(took), 1)], err
}
