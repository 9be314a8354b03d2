// Package rules says what may stand where in this repository.
//
//	in   the tree: every file that is not ignored
//	out  one line for each place that breaks a rule: which file, and what to do
//
// Each rule is a function of the tree alone, and its fixture in testdata shows
// a tree that breaks it. Only the rule "alone" runs something: the go command,
// in each module.
package rules

// Rule is one rule of the repository.
type Rule struct {
	Name  string
	Check func(Tree) []string
}

// All returns every rule that needs the tree alone.
func All() []Rule {
	return []Rule{
		{"additive", additive},
		{"comment", comments},
		{"environment", environment},
		{"format", format},
		{"imports", imports},
		{"init", inits},
		{"layout", layout},
		{"length", lengths},
		{"machine", machine},
		{"messages", messages},
		{"modules", modules},
		{"portable", portable},
		{"requires", requires},
		{"root", rootFiles},
		{"skip", skips},
		{"unfinished", unfinished},
		{"versions", versions},
		{"workspace", workspace},
	}
}
