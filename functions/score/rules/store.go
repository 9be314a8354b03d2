package rules

// Checked expressions are stored beside their rule set, so that a function that
// starts need not parse and check again.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"cel.dev/cel-go/cel"
	exprpb "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/proto"
)

// checkedFormat changes with what a checked expression means: the version of
// CEL, its functions, or this format.
const checkedFormat = "rules/1 cel-go/0.33.2"

// stored is the form of checked expressions.
type stored struct {
	Format    string   `json:"format"`
	Variables string   `json:"variables"` // a hash of the table
	Set       string   `json:"set"`       // the rule set's hash
	Sum       string   `json:"sum"`       // SHA-256 of the expressions
	Cost      uint64   `json:"cost"`
	Exprs     [][]byte `json:"exprs"` // protobuf google.api.expr.v1alpha1.CheckedExpr, in the order of the rules' ids
}

// Checked gives the checked expressions for [Load]. They belong where only this
// function writes: a sum in them finds damage, not a forger.
func (p *Program) Checked() ([]byte, error) {
	s := stored{Format: checkedFormat, Variables: tableHash(), Set: p.hash, Cost: p.cost}
	for i, a := range p.asts {
		expr, err := cel.AstToCheckedExpr(a)
		if err != nil {
			return nil, fmt.Errorf("store rule %s: %w", p.set.Rules[i].ID, err)
		}
		// Positions serve only messages on what does not check.
		expr.SourceInfo = &exprpb.SourceInfo{}
		text, err := proto.MarshalOptions{Deterministic: true}.Marshal(expr)
		if err != nil {
			return nil, fmt.Errorf("store rule %s: %w", p.set.Rules[i].ID, err)
		}
		s.Exprs = append(s.Exprs, text)
	}
	s.Sum = sumOf(s.Exprs)
	return json.Marshal(s)
}

// Load makes the program of a set from its checked expressions. The error says
// why they do not fit: they are of another set, table or version, or damaged.
// Compile the set then.
func Load(set Set, checked []byte) (*Program, error) {
	var s stored
	if err := json.Unmarshal(checked, &s); err != nil {
		return nil, fmt.Errorf("load checked rules: %w", err)
	}
	if err := set.Check(); err != nil {
		return nil, err
	}
	p := &Program{set: set.canonical(), cost: s.Cost}
	if err := s.fits(p.set); err != nil {
		return nil, fmt.Errorf("load checked rules: %w; compile the set again", err)
	}
	for i, text := range s.Exprs {
		a, err := loadExpr(text)
		if err != nil {
			return nil, fmt.Errorf("load checked rule %s: %w", p.set.Rules[i].ID, err)
		}
		p.asts = append(p.asts, a)
	}
	language, err := newLanguage()
	if err != nil {
		return nil, err
	}
	return p, p.plan(language)
}

func (s stored) fits(set Set) error {
	switch {
	case s.Format != checkedFormat:
		return fmt.Errorf("their format is %.64q, want %q", s.Format, checkedFormat)
	case s.Variables != tableHash():
		return fmt.Errorf("they were checked with another table of variables")
	case s.Set != set.Hash():
		return fmt.Errorf("they are of rule set %.64q, want %s", s.Set, set.Hash())
	case s.Sum != sumOf(s.Exprs) || len(s.Exprs) != len(set.Rules):
		return fmt.Errorf("they are damaged")
	}
	return nil
}

func loadExpr(text []byte) (*cel.Ast, error) {
	var expr exprpb.CheckedExpr
	if err := proto.Unmarshal(text, &expr); err != nil {
		return nil, err
	}
	a, err := cel.CheckedExprToAstWithSource(&expr, nil)
	if err != nil {
		return nil, err
	}
	if a.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("it gives %s; want bool", cel.FormatCELType(a.OutputType()))
	}
	return a, nil
}

func tableHash() string {
	text, err := json.Marshal(variables)
	if err != nil {
		panic(err) // three strings each
	}
	return sumOf([][]byte{text})
}

func sumOf(parts [][]byte) string {
	sum := sha256.Sum256(bytes.Join(parts, []byte{0}))
	return hex.EncodeToString(sum[:])
}
