package score

// The rule sets that decide. Which one is live stands in the database and is read
// with each report, so that all instances change over at the same report; what a
// version says never changes, so its program is kept.

import (
	"context"
	"encoding/json"
	"fmt"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/pg"
)

// Sets keeps the programs of rule sets.
type Sets struct{ kept cache[int, *loaded] }

// setsKept is how many are kept: the live one, the shadow, and those that a replay
// of some months meets.
const setsKept = 16

type loaded struct {
	version int
	hash    string
	program *rules.Program
	rules   map[string]rules.Rule
}

// querier is a transaction or the pool.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pg.Row
}

// both returns the live set, and the one in shadow, nil where there is none. One is
// always live: begin saw to it.
func (s *Sets) both(ctx context.Context, db querier, live, shadow int) (*loaded, *loaded, error) {
	first, err := s.of(ctx, db, live)
	if err != nil || shadow == 0 {
		return first, nil, err
	}
	second, err := s.of(ctx, db, shadow)
	return first, second, err
}

// of returns the program of a version.
func (s *Sets) of(ctx context.Context, db querier, version int) (*loaded, error) {
	if l, there := s.kept.get(version); there {
		return l, nil
	}
	l, err := load(ctx, db, version)
	if err != nil {
		return nil, err
	}
	s.kept.put(version, l)
	return l, nil
}

func load(ctx context.Context, db querier, version int) (*loaded, error) {
	var text, checked []byte
	if err := db.QueryRow(ctx, `SELECT rules, checked FROM ruleset WHERE version = $1`, version).Scan(&text, &checked); err != nil {
		return nil, fmt.Errorf("read rule set %d: %w", version, err)
	}
	var set rules.Set
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("read rule set %d: %w", version, err)
	}
	program, err := rules.Load(set, checked)
	if err != nil { // written by another version of the engine
		if program, err = rules.Compile(set); err != nil {
			return nil, fmt.Errorf("read rule set %d: %w", version, err)
		}
	}
	return newLoaded(version, set, program), nil
}

func newLoaded(version int, set rules.Set, program *rules.Program) *loaded {
	l := &loaded{version: version, hash: set.Hash(), program: program, rules: map[string]rules.Rule{}}
	for _, r := range set.Rules {
		l.rules[r.ID] = r
	}
	return l
}
