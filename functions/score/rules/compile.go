package rules

// A rule set becomes a program: every expression is checked, and planned once.

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
)

// Program is a rule set that is ready to decide. It never changes, and many may
// use it at once.
type Program struct {
	set    Set // canonical
	hash   string
	rules  []planned // those that are not off, in the order of their ids
	cost   uint64
	asts   []*cel.Ast // of all rules of the set
	places map[string]int
}

type planned struct {
	Rule
	basis    Basis
	category int // in [Categories]
	run      cel.Program
}

// Compile checks every rule of a set. The error is a refusal that wraps an
// [*Invalid], with all problems of all rules.
func Compile(s Set) (*Program, error) {
	found := s.problems()
	if len(s.Rules) > MaxRules {
		return nil, refuse(found)
	}
	language, err := newLanguage()
	if err != nil {
		return nil, err
	}
	p := &Program{set: s.canonical()}
	asts := map[string]*cel.Ast{}
	for i, r := range s.Rules {
		checked, cost, problems := check(language, i, r)
		found = append(found, problems...)
		asts[r.ID] = checked
		if !r.Off && len(problems) == 0 {
			p.cost += cost
		}
	}
	if p.cost > MaxSetCost {
		found = append(found, ofSet("rules", "set_cost", "全部规则的成本上限为 %d，超过 %d；请简化或停用规则", "the rules may cost %d together, over %d; make some simpler, or switch some off", p.cost, MaxSetCost))
	}
	if len(found) > 0 {
		slices.SortStableFunc(found, func(a, b Problem) int { return a.Index - b.Index })
		return nil, refuse(found)
	}
	for _, r := range p.set.Rules {
		p.asts = append(p.asts, asts[r.ID])
	}
	return p, p.plan(language)
}

// plan makes the programs of the rules that are not off.
func (p *Program) plan(language *cel.Env) error {
	p.hash, p.places = p.set.Hash(), places()
	for i, r := range p.set.Rules {
		if r.Off {
			continue
		}
		run, err := language.Program(p.asts[i], cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			return refuse([]Problem{ofRule(i, r)("when", "plan", "表达式无法执行：%v", "it cannot be run: %v", err)})
		}
		p.rules = append(p.rules, planned{
			Rule: r, run: run, basis: basisOf(reads(p.asts[i].NativeRep())),
			category: slices.Index(Categories(), r.Category),
		})
	}
	return nil
}

// Set returns the rule set in its canonical form. It is not to be changed.
func (p *Program) Set() Set { return p.set }

// Hash is that of the rule set.
func (p *Program) Hash() string { return p.hash }

// Cost is the most that one decision may cost, in CEL's units.
func (p *Program) Cost() uint64 { return p.cost }

// Bases returns what each rule that is not off rests on, by its id.
func (p *Program) Bases() map[string]Basis {
	bases := make(map[string]Basis, len(p.rules))
	for _, r := range p.rules {
		bases[r.ID] = r.basis
	}
	return bases
}

// check parses and checks one expression, and says what it may cost.
func check(language *cel.Env, i int, r Rule) (*cel.Ast, uint64, []Problem) {
	problem := ofRule(i, r)
	switch {
	case strings.TrimSpace(r.When) == "":
		return nil, 0, []Problem{problem("when", "empty", "条件为空；请填写表达式", "it is empty; write an expression")}
	case len(r.When) > MaxWhen:
		return nil, 0, []Problem{problem("when", "too_large", "条件有 %d 字节，超过 %d；请拆分，长列表请用名单", "it has %d bytes, over %d; split it, and put a long list into a managed one", len(r.When), MaxWhen)}
	case strings.ContainsRune(r.When, 0):
		return nil, 0, []Problem{problem("when", "nul", "条件含有 NUL 字符，无法保存；请写成 \\x00", "it has a NUL, which cannot be stored; write \\x00")}
	case !utf8.ValidString(r.When):
		return nil, 0, []Problem{problem("when", "not_utf8", "条件不是 UTF-8 文本；请转换编码后重试", "it is not UTF-8; convert it")}
	}
	checked, issues := language.Compile(r.When)
	if issues.Err() != nil {
		return nil, 0, issuesOf(problem, issues)
	}
	cost, err := costOf(language, checked)
	if err != nil {
		return nil, 0, []Problem{problem("when", "cost", "无法估算成本：%v", "its cost cannot be told: %v", err)}
	}
	return checked, cost, judge(problem, r, checked, cost)
}

// judge says what is wrong with an expression that type-checks.
func judge(problem func(field, code, zh, en string, args ...any) Problem, r Rule, checked *cel.Ast, cost uint64) []Problem {
	var found []Problem
	if checked.OutputType() != cel.BoolType {
		found = append(found, problem("when", "not_bool", "结果类型为 %s；条件的结果应为 bool，请加上比较", "it gives %s; want bool, so compare it with something", cel.FormatCELType(checked.OutputType())))
	}
	if name := shadows(checked.NativeRep()); name != "" {
		found = append(found, problem("when", "shadow", "循环变量 %q 与输入变量同名；请改名", "%q is a variable of the input; call the entry of the list something else", name))
	}
	if openPattern(checked.NativeRep()) {
		found = append(found, problem("when", "pattern", "matches 的模式应直接写成字符串", "write the pattern of matches as a string in the rule"))
	}
	if cost > MaxRuleCost {
		found = append(found, problem("when", "cost", "成本上限为 %d，超过 %d；请减少循环和模式匹配", "it may cost %d, over %d; loop or match less", cost, MaxRuleCost))
	}
	if r.Action == string(Allow) && basisOf(reads(checked.NativeRep())) == Claimed {
		found = append(found, problem("action", "allow_claimed", "豁免规则不得依据探针自报的内容；请改用名单或服务端得出的变量", "a rule that exempts must not read what the probe claims; use a managed list, or what the server derives"))
	}
	return found
}

// issuesOf turns what CEL says into problems. It stops repeating itself at ten.
func issuesOf(problem func(field, code, zh, en string, args ...any) Problem, issues *cel.Issues) []Problem {
	const most = 10
	var found []Problem
	for _, e := range issues.Errors() {
		if len(found) == most {
			break
		}
		p := problem("when", "expression", "表达式有误：%s", "%s", e.Message)
		if e.Location.Line() > 0 {
			p.Line, p.Column = e.Location.Line(), e.Location.Column()+1
		}
		found = append(found, p)
	}
	if len(found) == 0 {
		found = append(found, problem("when", "expression", "表达式有误：%s", "%s", issues.Err()))
	}
	return found
}
