package records

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"xietong.dev/events"
)

//go:embed roles.tsv
var listedRoles string

// roles are the MARC relators by every code and word that stands for them.
var roles = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for l := range strings.Lines(listedRoles) {
		fields := strings.Split(strings.TrimSpace(l), "\t")
		if len(fields) != 4 {
			continue // a comment
		}
		m[fields[0]] = fields[0]
		for _, word := range strings.Fields(strings.Join(fields[1:], " ")) {
			if word = strings.ReplaceAll(strings.ToLower(word), "_", " "); m[word] == "" {
				m[word] = fields[0]
			}
		}
	}
	return m
})

var relator = regexp.MustCompile(`^[a-z]{3}$`)

// role is the MARC relator of a code or a word, "" where none is known. Relators
// that are not in the table pass as they are.
func role(text string) string {
	text = text[strings.LastIndexByte(text, '/')+1:] // http://id.loc.gov/vocabulary/relators/aut
	if known := roleOf(text); known != "" {
		return known
	}
	if text = strings.ToLower(text); relator.MatchString(text) {
		return text
	}
	return ""
}

// roleOf is the MARC relator of what is in the table.
func roleOf(text string) string {
	return roles()[strings.ToLower(strings.Trim(text, " \t,.;:；，。[]()（）"))]
}

var (
	groups   = regexp.MustCompile(`[;；|/]`)
	between  = regexp.MustCompile(`[,，、]`)
	nation   = regexp.MustCompile(`^\s*[(（\[［〔【][^)）\]］〕】]{1,12}[)）\]］〕】]\s*`)
	inClosed = regexp.MustCompile(`\s*[(（]([^()（）]*)[)）]\s*$`)
)

// people reads a statement of responsibility: 曹雪芹著, （美）海明威著；李文俊译, or
// Jane Austen (author); Tony Tanner (editor). Names without a role have the one given.
func people(statement, otherwise string) []events.Contributor {
	var all []events.Contributor
	for _, group := range groups.Split(line(statement), -1) {
		group, what := cutRole(group)
		if what == "" {
			what = otherwise
		}
		for _, name := range named(group) {
			all = append(all, events.Contributor{Name: name, Role: what})
		}
	}
	return all
}

// named are the names of a group. Commas part names of Chinese characters; in other
// names they put the family name first.
func named(group string) []string {
	names := []string{group}
	if strings.IndexFunc(group, isHan) >= 0 {
		names = between.Split(group, -1)
	}
	var kept []string
	for _, name := range names {
		name = strings.TrimSpace(nation.ReplaceAllString(name, ""))
		if rest, ok := strings.CutSuffix(name, "等"); ok && len([]rune(rest)) > 1 {
			name = strings.TrimSpace(rest)
		}
		if name = strings.TrimSuffix(name, " ... [et al.]"); name != "" {
			kept = append(kept, name)
		}
	}
	return kept
}

// attached are roles of one character that stand right behind a name. The others do
// so only behind a space: too many names end in 文.
const attached = "著译编撰绘注校辑摄"

// cutRole parts names from the role behind them: in brackets, behind a space, or as
// the longest Chinese word that is one. A name keeps at least two characters: 张译 is
// an actor.
func cutRole(group string) (string, string) {
	group = strings.TrimSpace(group)
	if m := inClosed.FindStringSubmatchIndex(group); m != nil && m[0] > 0 {
		if what := roleOf(group[m[2]:m[3]]); what != "" {
			return group[:m[0]], what
		}
	}
	if i := strings.LastIndexAny(group, " ,"); i > 0 {
		word := group[i+1:]
		first, _ := utf8.DecodeRuneInString(word)
		if what := roleOf(word); what != "" && (isHan(first) || len(word) > len("ed by")) {
			return strings.Trim(group[:i], " ,"), what
		}
	}
	runes := []rune(group)
	for n := min(4, len(runes)-2); n > 0; n-- {
		word := string(runes[len(runes)-n:])
		if what := roleOf(word); what != "" && isHan(runes[len(runes)-n]) && (n > 1 || strings.Contains(attached, word)) {
			return strings.TrimSpace(string(runes[:len(runes)-n])), what
		}
	}
	return group, ""
}

func isHan(r rune) bool { return r >= 0x3400 && r <= 0x9fff || r >= 0x20000 && r <= 0x3ffff }
