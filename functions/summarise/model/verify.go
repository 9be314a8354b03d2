package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/events"
	"xietong.dev/functions/summarise/facts"
)

// What a model answers about one part.
type (
	minutes struct {
		Abstract  []item   `json:"abstract"`
		Topics    []topic  `json:"topics"`
		Decisions []item   `json:"decisions"`
		Actions   []action `json:"actions"`
		Questions []item   `json:"questions"`
		Risks     []item   `json:"risks"`
		Numbers   []item   `json:"numbers"`
	}
	item struct {
		Text     string   `json:"text"`
		Segments []string `json:"segments"`
		Quote    string   `json:"quote"`
	}
	action struct {
		item
		Owner string `json:"owner"`
		Due   string `json:"due"`
	}
	topic struct {
		Title string `json:"title"`
		Items []item `json:"items"`
	}
)

// verifier decides which items stand in minutes. An item is dropped and counted where
//
//   - it cites no segment, one that is not in its part, or more than a few
//   - its quote does not stand in a cited segment, letters and digits compared
//   - it holds a number, a day or a name that the cited segments and the speakers' names
//     do not hold (package facts)
//   - it denies what they say, or says what they deny
//   - it shares next to no words with what it cites
//   - what it cites speaks to the machine: a meeting decides nothing that way
type verifier struct {
	segments map[string]events.Segment // of the part, by id
	names    []string                  // of those who speak
	dropped  int
}

func newVerifier(t events.Transcript, part []int) *verifier {
	v := &verifier{segments: map[string]events.Segment{}}
	for _, i := range part {
		v.segments[t.Segments[i].ID] = t.Segments[i]
	}
	for _, s := range t.Speakers {
		v.names = append(v.names, s.Label)
	}
	return v
}

const (
	mostText  = 1000 // characters of one sentence
	mostCited = 8    // segments of one sentence
	leastWord = 3    // characters of a quote that is not the whole of a segment
	leastLike = .2   // of an item's pairs of characters that stand in what it cites
)

// toMachine is speech that is meant for the model and not for those present.
var toMachine = regexp.MustCompile(`(?i)(?:忽略|无视|忘记|忘掉|不要理会)[^，。]{0,12}(?:指令|指示|提示|要求|规则|设定)|系统提示|提示词|你是一个?(?:人工智能|AI|语言模型|助手|机器人)|\b(?:ignore|disregard|forget|override)\b[^.]{0,30}\b(?:instructions?|prompts?)\b|\bsystem prompt\b|\byou are (?:an? )?(?:ai|assistant|language model|chatbot)\b|\b(?:as an ai|dear (?:ai|assistant|model))\b|(?:指示|命令|プロンプト)を無視|これまでの指示|</?(?:system|transcript|items|instructions?)>`)

// point returns an item as a sentence of the minutes, and whether it may be one.
func (v *verifier) point(section string, i item) (events.Point, bool) {
	p, why := v.check(section, i)
	if why != "" {
		v.dropped++
	}
	return p, why == ""
}

// check returns why an item is dropped, and "" where it is not.
func (v *verifier) check(section string, i item) (p events.Point, why string) {
	p.Text = strings.TrimSpace(i.Text)
	slices.Sort(i.Segments)
	i.Segments = slices.Compact(i.Segments)
	if len(i.Segments) == 0 || len(i.Segments) > mostCited {
		return p, "cites nothing"
	}
	for _, id := range i.Segments {
		s, exists := v.segments[id]
		if !exists {
			return p, "cites what is not there"
		}
		e := events.Evidence{Segment: id, StartMS: s.StartMS, EndMS: s.EndMS}
		if e.Quote = verbatim(s.Text, i.Quote); e.Quote != "" {
			p.Evidence = slices.Insert(p.Evidence, 0, e)
			continue
		}
		e.Quote = beginning(s.Text)
		p.Evidence = append(p.Evidence, e)
	}
	if verbatim(v.segments[p.Evidence[0].Segment].Text, i.Quote) == "" {
		return p, "quotes what was not said"
	}
	return v.supported(section, p)
}

// supported checks what a sentence says against what it cites.
func (v *verifier) supported(section string, p events.Point) (events.Point, string) {
	cited := v.cited(p)
	if p.Text == "" || utf8.RuneCountInString(p.Text) > mostText {
		return p, "no sentence"
	}
	if len(p.Evidence) == 0 {
		return p, "cites nothing"
	}
	switch missing, turned := facts.Missing(p.Text, cited, v.names), facts.Turned(p.Text, cited); {
	case missing != "":
		return p, "says " + missing
	case turned != "":
		return p, "turns " + turned
	case likeness(p.Text, cited) < leastLike:
		return p, "has nothing to do with what it cites"
	case toMachine.MatchString(cited) || toMachine.MatchString(p.Text):
		return p, "was said to the machine"
	}
	p.ID = idOf(section, p)
	return p, ""
}

func (v *verifier) cited(p events.Point) string {
	var texts []string
	for _, e := range p.Evidence {
		texts = append(texts, v.segments[e.Segment].Text)
	}
	return strings.Join(texts, "\n")
}

// isSaid reports whether a phrase stands in a text or is one of the names.
func (v *verifier) isSaid(phrase, text string) bool {
	return phrase == "" || strings.Contains(letters(text), letters(phrase)) && letters(phrase) != "" || slices.ContainsFunc(v.names, func(n string) bool { return n != "" && letters(n) == letters(phrase) })
}

// idOf is stable: the same sentence of the same evidence has the same id.
func idOf(section string, p events.Point) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%q %q", section, p.Text)
	for _, e := range p.Evidence {
		fmt.Fprintf(hash, " %q %q", e.Segment, e.Quote)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// letters is a text as quotes are compared: letters and digits alone, in one form.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, facts.Plain(text))
}

// verbatim returns the words of a text that a quote repeats, as they stand there, and ""
// where it repeats none.
func verbatim(text, quote string) string {
	wanted := letters(quote)
	if utf8.RuneCountInString(wanted) < leastWord && wanted != letters(text) || wanted == "" {
		return ""
	}
	var places []int // where in the text each byte of its letters comes from
	var plain strings.Builder
	for i, r := range text {
		for range len(letters(string(r))) {
			places = append(places, i)
		}
		plain.WriteString(letters(string(r)))
	}
	at := strings.Index(plain.String(), wanted)
	if at < 0 {
		return ""
	}
	from, last := places[at], places[at+len(wanted)-1]
	_, size := utf8.DecodeRuneInString(text[last:])
	return text[from : last+size]
}

// beginning is what evidence repeats of a segment that is cited and not quoted.
func beginning(text string) string {
	const most = 400 // characters
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// likeness is the share of the pairs of letters of a sentence that stand in a text.
func likeness(sentence, text string) float64 {
	has := map[string]bool{}
	for _, pair := range pairs(text) {
		has[pair] = true
	}
	all, held := 0, 0
	for _, pair := range pairs(sentence) {
		all++
		if has[pair] {
			held++
		}
	}
	return float64(held) / float64(max(all, 1))
}

// pairs returns the words of a text, and of what is written without spaces each two
// characters that follow one another.
func pairs(text string) (all []string) {
	for _, word := range strings.FieldsFunc(strings.ToLower(facts.Plain(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		if runes[0] < 0x2e80 || len(runes) == 1 {
			all = append(all, word)
			continue
		}
		for i := range runes[1:] {
			all = append(all, string(runes[i:i+2]))
		}
	}
	return all
}
