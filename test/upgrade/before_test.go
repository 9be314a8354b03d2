package upgrade

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// builder builds the version before of each function, from git.
type builder struct {
	root, dir string
	trees     map[string]string // by commit
}

// before returns the program of the version before, and its commit.
func (b *builder) before(t *testing.T, word string) (program, commit string) {
	t.Helper()
	commit = b.commit(t, word)
	program = filepath.Join(b.dir, word+"-before")
	run(t, filepath.Join(b.tree(t, commit), "functions", word), "go", "build", "-trimpath", "-o", program, "./cmd/"+word)
	return program, commit
}

// commit is the newest that had fewer migrations of the function or the ledger
// than there are now: the version before the one that changed the schema. Where
// there was no function yet it is the last but one, and the last where the
// function is new there.
func (b *builder) commit(t *testing.T, word string) string {
	t.Helper()
	folders := []string{"functions/" + word + "/migrations", "shared/pg/ledger"}
	last := git(t, b.root, "rev-parse", "HEAD")
	if len(b.migrations(t, last, folders)) < b.now(t, folders) {
		return last
	}
	for _, commit := range []string{git(t, b.root, append([]string{"log", "-1", "--diff-filter=A", "--format=%H", "--"}, folders...)...), last} {
		for _, parent := range strings.Fields(git(t, b.root, "log", "-1", "--format=%P", commit)) {
			if git(t, b.root, "ls-tree", "--name-only", parent, "functions/"+word+"/cmd/"+word+"/main.go") != "" {
				return parent
			}
		}
	}
	return last
}

func (b *builder) migrations(t *testing.T, commit string, folders []string) []string {
	t.Helper()
	return strings.Fields(git(t, b.root, append([]string{"ls-tree", "-r", "--name-only", commit, "--"}, folders...)...))
}

// now counts the migrations that lie here, committed or not.
func (b *builder) now(t *testing.T, folders []string) (n int) {
	t.Helper()
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(b.root, folder, "*.sql"))
		if err != nil {
			t.Fatal(err)
		}
		n += len(found)
	}
	return n
}

// tree lays out the repository of a commit.
func (b *builder) tree(t *testing.T, commit string) string {
	t.Helper()
	if dir, there := b.trees[commit]; there {
		return dir
	}
	dir := filepath.Join(b.dir, commit)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, b.root, "git", "archive", "--format=tar", "-o", dir+".tar", commit, "events", "shared", "functions")
	run(t, dir, "tar", "-xf", dir+".tar")
	b.trees[commit] = dir
	return dir
}

func git(t *testing.T, root string, args ...string) string {
	t.Helper()
	return strings.TrimSpace(run(t, root, "git", args...))
}

func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	var errors bytes.Buffer
	cmd.Stderr = &errors
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, errors.String())
	}
	return string(text)
}
