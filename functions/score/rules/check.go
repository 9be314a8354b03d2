package rules

// The form of a rule set: what is refused before an expression is read.

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a rule set may hold.
const (
	MaxSet   = 4 << 20 // bytes of JSON; the largest set of plain text has half of it
	MaxRules = 500
	MaxWhen  = 2 << 10 // bytes of one expression
	MaxWords = 200     // code points of one text
	MaxID    = 64      // bytes
)

var wellFormedID = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)*$`)

// Decode reads a rule set from JSON. It refuses what is not JSON in UTF-8, names
// that there are not, and all that [Set.Check] refuses.
func Decode(text []byte) (Set, error) {
	if len(text) > MaxSet {
		return Set{}, refuse([]Problem{ofSet("rules", "too_large", "规则集有 %d 字节，超过 %d；请拆分", "the set has %d bytes, over %d; split it", len(text), MaxSet)})
	}
	if !utf8.Valid(text) {
		return Set{}, refuse([]Problem{ofSet("rules", "not_utf8", "规则集不是 UTF-8 文本；请转换编码后重试", "the set is not UTF-8; convert it")})
	}
	var s Set
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Set{}, refuse([]Problem{ofSet("rules", "not_json", "规则集的 JSON 无法读取：%v", "the set's JSON cannot be read: %v", err)})
	}
	if !ended(d) {
		return Set{}, refuse([]Problem{ofSet("rules", "not_json", "规则集之后还有内容；请删除", "something follows the set; remove it")})
	}
	return s, s.Check()
}

// ended reports whether only space is left.
func ended(d *json.Decoder) bool {
	_, err := d.Token()
	return err == io.EOF
}

// Check refuses a set that is not well-formed. It does not read expressions.
func (s Set) Check() error { return refuse(s.problems()) }

func (s Set) problems() []Problem {
	var found []Problem
	switch n := len(s.Rules); {
	case n > MaxRules:
		// No more is read of a set that may be endless.
		return []Problem{ofSet("rules", "too_many", "规则有 %d 条，超过 %d 条；请删减", "there are %d rules, over %d; remove some", n, MaxRules)}
	case n == 0:
		found = append(found, ofSet("rules", "empty", "没有规则；请至少写一条", "there is no rule; write one"))
	}
	found = append(found, s.thresholdProblems()...)
	first := map[string]int{}
	for i, r := range s.Rules {
		found = append(found, r.problems(i)...)
		if before, again := first[r.ID]; again {
			found = append(found, ofRule(i, r)("id", "id_twice", "编号与第 %d 条相同；请改名", "rule %d has this id too; rename one", before))
			continue
		}
		first[r.ID] = i
	}
	return found
}

func (s Set) thresholdProblems() []Problem {
	var found []Problem
	for _, category := range slices.Sorted(maps.Keys(s.Caps)) {
		if limit := s.Caps[category]; !slices.Contains(Categories(), category) || limit < 0 || limit > wholeCap {
			found = append(found, ofSet("caps", "cap", "类别 %.64q 的上限 %d 无效；类别应为 %[3]s，上限应为 0 至 100", "cap %[2]d of category %.64[1]q: want one of %[3]s, and 0 to 100",
				category, limit, strings.Join(Categories(), ", ")))
		}
	}
	full := s.withDefaults()
	if t := []int{0, full.Monitor, full.Warn, full.Challenge, full.Block}; !rising(t) || full.Block > 100 {
		found = append(found, ofSet("monitor", "thresholds", "阈值 %v 应在 1 至 100 之间逐级升高", "thresholds %v: want them rising, from 1 to 100", t[1:]))
	}
	return found
}

func rising(numbers []int) bool {
	for i := 1; i < len(numbers); i++ {
		if numbers[i-1] >= numbers[i] {
			return false
		}
	}
	return true
}

func (r Rule) problems(i int) []Problem {
	var found []Problem
	problem := ofRule(i, r)
	if !wellFormedID.MatchString(r.ID) || len(r.ID) > MaxID {
		found = append(found, problem("id", "id", "编号应由小写字母、数字、下划线组成，以点分隔，最多 %d 字节", "want lower case, digits and underscores, with dots between, up to %d bytes", MaxID))
	}
	for _, words := range []struct{ field, text string }{{"zh", r.Zh}, {"en", r.En}} {
		if !readable(words.text) {
			found = append(found, problem(words.field, "text", "说明必填，为可显示的文字，最多 %d 字", "want words that can be shown, up to %d code points", MaxWords))
		}
	}
	if r.Weight < 0 || r.Weight > 100 {
		found = append(found, problem("weight", "weight", "权重为 %d；应为 0 至 100", "weight %d: want 0 to 100", r.Weight))
	}
	for _, choice := range []struct {
		field, value string
		of           []string
	}{{"category", r.Category, Categories()}, {"action", r.Action, append(actions(), "")}, {"alert", r.Alert, append(Entities(), "")}} {
		if !slices.Contains(choice.of, choice.value) {
			found = append(found, problem(choice.field, choice.field, "取值 %.64q 无效；应为 %s 之一", "%.64q: want one of %s", choice.value, strings.TrimSuffix(strings.Join(choice.of, ", "), ", ")))
		}
	}
	return found
}

func readable(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxWords && !strings.ContainsFunc(s, unicode.IsControl)
}
