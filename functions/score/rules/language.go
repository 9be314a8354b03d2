package rules

// The part of CEL that rules are written in. What is not needed to judge a
// report is not there: no time, no conversions, no dyn, no floats, no joining of
// strings or lists. Each expression ends, and its cost has a bound.

import (
	"fmt"
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
)

// What one expression may be.
const (
	maxNesting = 64   // the parser calls itself, and so does the checker
	maxNodes   = 1000 // after macros; a literal list of 400 entries fits
	maxRegex   = 500  // instructions of the compiled pattern
)

// What rules may cost, in CEL's units: about one for each step, and for each
// ten bytes of a string that is read. The dearest input takes some 3 ms for the
// dearest set.
const (
	MaxRuleCost = 20_000  // a few string functions on each entry of a full set fit; a pattern on each does not
	MaxSetCost  = 200_000 // of the rules that are not off
)

// newLanguage makes the environment that rules are checked and planned in.
func newLanguage() (*cel.Env, error) {
	words := env.NewLibrarySubset().AddIncludedMacros("exists", "all", "exists_one").AddIncludedFunctions(functions()...)
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(words)),
		cel.ParserRecursionLimit(maxNesting),
		cel.ParserExpressionSizeLimit(MaxWhen),
		cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxRegex),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateComprehensionNestingLimit(1), cel.ValidateHomogeneousAggregateLiterals()),
	}
	for _, v := range variables {
		options = append(options, cel.Variable(v.Name, v.Type.cel()))
	}
	made, err := cel.NewCustomEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("make the language of rules: %w", err)
	}
	return made, nil
}

func functions() []*env.Function {
	of := func(name string, ids ...string) *env.Function {
		f := env.NewFunction(name)
		for _, id := range ids {
			f.Overloads = append(f.Overloads, &env.Overload{ID: id})
		}
		return f
	}
	return []*env.Function{
		of(operators.Conditional), of(operators.LogicalAnd), of(operators.LogicalOr), of(operators.LogicalNot),
		of(operators.NotStrictlyFalse), of(operators.Equals), of(operators.NotEquals),
		of(operators.Add, overloads.AddInt64),
		of(operators.Subtract, overloads.SubtractInt64),
		of(operators.Multiply, overloads.MultiplyInt64),
		of(operators.Divide, overloads.DivideInt64),
		of(operators.Modulo, overloads.ModuloInt64),
		of(operators.Negate, overloads.NegateInt64),
		of(operators.Less, overloads.LessInt64, overloads.LessString),
		of(operators.LessEquals, overloads.LessEqualsInt64, overloads.LessEqualsString),
		of(operators.Greater, overloads.GreaterInt64, overloads.GreaterString),
		of(operators.GreaterEquals, overloads.GreaterEqualsInt64, overloads.GreaterEqualsString),
		of(operators.In, overloads.InList),
		of(overloads.Size, overloads.SizeString, overloads.SizeStringInst, overloads.SizeList, overloads.SizeListInst),
		of(overloads.Contains), of(overloads.StartsWith), of(overloads.EndsWith), of(overloads.Matches),
	}
}

// sizes tells the estimate how large an input can be.
type sizes struct{}

// EstimateSize bounds sets and strings as [Input.Check] does.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	at := position(path[0])
	if at < 0 {
		return nil
	}
	if variables[at].Type == SetType && len(path) == 1 {
		return &cost.SizeEstimate{Max: MaxEntries}
	}
	return &cost.SizeEstimate{Max: MaxText}
}

// EstimateCallCost corrects CEL where a unit would not be about 15 ns, as it is
// for the other functions (BenchmarkDecideAtTheLimit): in halves a set of the
// input, eight times at most, and does not walk it; a pattern may look at each of its
// instructions at each byte, and a{0,99} is short and has many.
func (s sizes) EstimateCallCost(_, overload string, target *cost.AstNode, arguments []cost.AstNode) *cost.CallEstimate {
	all := arguments
	if target != nil {
		all = append([]cost.AstNode{*target}, arguments...)
	}
	if len(all) != 2 {
		return nil
	}
	switch overload {
	case overloads.InList:
		if path := all[1].Path(); len(path) == 1 && position(path[0]) >= 0 {
			return &cost.CallEstimate{CostEstimate: cost.CostEstimate{Min: 1, Max: 8}}
		}
	case overloads.Matches, overloads.MatchesString:
		return &cost.CallEstimate{CostEstimate: cost.CostEstimate{Min: 1, Max: 1 + s.most(all[0])*instructions(all[1])/2}}
	}
	return nil
}

// most is the most bytes that a string can have. All strings are of the input or
// of the rule.
func (s sizes) most(n cost.AstNode) uint64 {
	if known := n.ComputedSize(); known != nil {
		return min(known.Max, MaxWhen)
	}
	if bound := s.EstimateSize(n); bound != nil {
		return bound.Max
	}
	return MaxWhen
}

// instructions counts those that a pattern compiles to.
func instructions(n cost.AstNode) uint64 {
	if n.Expr().Kind() != ast.LiteralKind {
		return 1 // openPattern refuses it
	}
	pattern, _ := n.Expr().AsLiteral().Value().(string)
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 1 // the check of literals refuses it
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 1
	}
	return uint64(len(compiled.Inst))
}

// costOf is the most that one run of an expression may cost.
func costOf(e *cel.Env, checked *cel.Ast) (uint64, error) {
	estimate, err := e.EstimateCost(checked, sizes{})
	return estimate.Max, err
}

// reads lists the variables that a checked expression reads.
func reads(a *ast.AST) []Variable {
	var read []Variable
	for _, r := range a.ReferenceMap() {
		if at := position(r.Name); at >= 0 {
			read = append(read, variables[at])
		}
	}
	return read
}

// shadows returns the name that a comprehension takes from a variable, or "".
// Such a name would be read as the variable's basis.
func shadows(a *ast.AST) string {
	name := ""
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.ComprehensionKind && position(e.AsComprehension().IterVar()) >= 0 {
			name = e.AsComprehension().IterVar()
		}
	}))
	return name
}

// openPattern reports whether matches is given a pattern that is not written in
// the rule: a probe could send one that is slow.
func openPattern(a *ast.AST) bool {
	open := false
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != overloads.Matches {
			return
		}
		arguments := e.AsCall().Args()
		if arguments[len(arguments)-1].Kind() != ast.LiteralKind {
			open = true
		}
	}))
	return open
}
