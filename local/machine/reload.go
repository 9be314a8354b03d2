package machine

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/manifest"
)

// Sources are the folders and files below the root that functions are made of.
func Sources() []string { return []string{"functions", "shared", "events", "go.work"} }

// Outcome is what became of a function whose sources have changed.
type Outcome string

// The outcomes.
const (
	Replaced  Outcome = "replaced"  // the new program serves, as the manifest says now
	Unchanged Outcome = "unchanged" // what runs is what came of it; but the Triggers may differ
	NotBuilt  Outcome = "not built" // the old program goes on; so with the next two
	NotRead   Outcome = "not read"  // the manifest is wrong
	NotReady  Outcome = "not ready" // the new program does not come up
	Restart   Outcome = "restart"   // it came or went; only a restart takes that up
)

// Reloaded tells what became of a function, or of several that share an error.
type Reloaded struct {
	Words []string
	Outcome
	Triggers bool          // whether the broker follows other Triggers now
	Built    time.Duration // how long the compiler took
	Took     time.Duration // the compiler and the replacement
	Err      error
}

// Reload brings the functions up to date whose sources are among the files, and
// tells what became of each. Whatever goes wrong, what runs goes on.
func (m *Machine) Reload(ctx context.Context, files []string, tell func(Reloaded)) {
	began := time.Now()
	words, others := affected(files, m.words())
	for _, word := range others {
		if _, err := os.Stat(m.manifest(word)); err == nil {
			tell(Reloaded{Words: []string{word}, Outcome: Restart})
		}
	}
	manifests := m.read(words, tell)
	built, failed, err := m.rebuild(ctx, slices.Sorted(maps.Keys(manifests)))
	if len(failed) > 0 && ctx.Err() == nil {
		tell(Reloaded{Words: failed, Outcome: NotBuilt, Err: err})
	}
	compiled := time.Since(began)
	for _, word := range built {
		r := m.replace(ctx, manifests[word])
		if ctx.Err() != nil {
			return
		}
		r.Words, r.Built, r.Took = []string{word}, compiled, time.Since(began)
		tell(r)
	}
}

// affected says which functions the files belong to: those of a function's
// folder to it, all others to every function. Functions that are not known are
// returned apart.
func affected(files, known []string) (words, others []string) {
	for _, file := range files {
		parts := strings.Split(file, "/")
		switch {
		case parts[0] != "functions":
			words = append(words, known...)
		case len(parts) < 3:
		case slices.Contains(known, parts[1]):
			words = append(words, parts[1])
		default:
			others = append(others, parts[1])
		}
	}
	return sorted(words), sorted(others)
}

func sorted(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// read reads the manifests of functions, and tells what is wrong with the others.
func (m *Machine) read(words []string, tell func(Reloaded)) map[string]manifest.Function {
	read := map[string]manifest.Function{}
	for _, word := range words {
		f, err := manifest.Load(filepath.Dir(m.manifest(word)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			tell(Reloaded{Words: []string{word}, Outcome: Restart})
		case err != nil:
			tell(Reloaded{Words: []string{word}, Outcome: NotRead, Err: err})
		default:
			read[word] = f
		}
	}
	return read
}

// rebuild compiles functions beside their running programs: together, and where
// that fails each alone, so that one that does not compile keeps nobody back.
func (m *Machine) rebuild(ctx context.Context, words []string) (built, failed []string, err error) {
	if len(words) == 0 {
		return nil, nil, nil
	}
	if err := os.MkdirAll(m.next(), 0o755); err != nil {
		return nil, words, err
	}
	err = m.compile(ctx, m.next(), words)
	switch {
	case err == nil:
		return words, nil, nil
	case len(words) == 1:
		return nil, words, err
	}
	for _, word := range words {
		if m.compile(ctx, m.next(), []string{word}) != nil {
			failed = append(failed, word)
			continue
		}
		built = append(built, word)
	}
	return built, failed, err
}

// replace puts a function that was built in the place of the one that runs, where
// the two differ: first the program, then the Triggers that send it events.
func (m *Machine) replace(ctx context.Context, now manifest.Function) Reloaded {
	at := slices.IndexFunc(m.Functions, func(f manifest.Function) bool { return f.Word == now.Word })
	before, functions := m.Functions[at], slices.Clone(m.Functions)
	functions[at] = now
	next, err := m.broker(functions)
	if err != nil {
		return Reloaded{Outcome: NotRead, Err: err}
	}
	replaced, err := m.replaceProgram(ctx, before, now)
	if err != nil {
		return Reloaded{Outcome: NotReady, Err: err}
	}
	m.Functions = functions
	follows := !reflect.DeepEqual(before.Triggers, now.Triggers) || m.slots(before) != m.slots(now)
	if follows {
		m.follow(next)
	}
	if !replaced {
		return Reloaded{Outcome: Unchanged, Triggers: follows}
	}
	return Reloaded{Outcome: Replaced, Triggers: follows}
}

// replaceProgram reports whether there was something to replace.
func (m *Machine) replaceProgram(ctx context.Context, before, now manifest.Function) (bool, error) {
	old, err := m.service(before)
	if err != nil {
		return false, err
	}
	service, err := m.service(now)
	if err != nil {
		return false, err
	}
	next := filepath.Join(m.next(), now.Word)
	isSame, err := same(next, service.Program)
	switch {
	case err != nil:
		return false, err
	case !isSame:
		return true, m.supervisor.Replace(ctx, service, next)
	case !reflect.DeepEqual(old, service):
		return true, m.supervisor.Replace(ctx, service, service.Program)
	}
	return false, nil
}

func (m *Machine) manifest(word string) string {
	return filepath.Join(m.Root, "functions", word, manifest.FileName)
}
