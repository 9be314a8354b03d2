// Package setup provides the programs that the toolbox runs and does not carry,
// on Debian: those that each function's packages.txt lists, and a table of what
// the whole needs besides.
//
//	in   what is needed: to run, or to test as well; the repository's root
//	out  nothing, when all is there; else it is installed, or the error is the
//	     one command that installs it
package setup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"xietong.dev/shared/manifest"
)

// Purpose is what a program is needed for.
type Purpose int

// A program is needed to run the toolbox, or only to test it.
const (
	ToRun Purpose = iota
	ToTest
)

// need is one package and what it is needed for.
type need struct {
	manifest.Package
	purpose Purpose
}

// table is what Debian must provide whatever the functions are.
var table = []need{
	{manifest.Package{Name: "postgresql", Sign: "/usr/lib/postgresql/*/bin/postgres", Why: "the database"}, ToRun},
	{manifest.Package{Name: "rclone", Sign: "rclone", Why: "an S3 client that is not ours"}, ToTest},
	{manifest.Package{Name: "pocketsphinx-testdata", Sign: "/usr/share/pocketsphinx/test/data/librivox", Why: "recordings of real speech"}, ToTest},
	{manifest.Package{Name: "flite", Sign: "flite", Why: "says what the speech engine is measured with"}, ToTest},
	{manifest.Package{Name: "faketime", Sign: "/usr/lib/*/faketime/libfaketime.so.1", Why: "makes the database's clock jump"}, ToTest},
	{manifest.Package{Name: "bubblewrap", Sign: "bwrap", Why: "fences programs in where the kernel has no Landlock"}, ToTest},
	{manifest.Package{Name: "poppler-utils", Sign: "pdftoppm", Why: "reads PDFs, and is not ours"}, ToTest},
	{manifest.Package{Name: "chromium", Sign: "chromium", Why: "reads books as people do"}, ToTest},
	{manifest.Package{Name: "podman", Sign: "podman", Why: "builds images"}, ToTest},
	{manifest.Package{Name: "runc", Sign: "/usr/sbin/runc", Why: "runs them"}, ToTest},
}

// needs are the table and what the functions below root list.
func needs(root string) ([]need, error) {
	functions, err := manifest.LoadAll(root)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(table)
	for _, f := range functions {
		for _, p := range f.Packages {
			all = append(all, need{p, ToRun})
		}
	}
	return all, nil
}

// missing returns the packages that are not installed.
func missing(purpose Purpose, all []need) []string {
	var names []string
	for _, n := range all {
		if n.purpose <= purpose && !there(n.Sign) && !slices.Contains(names, n.Name) {
			names = append(names, n.Name)
		}
	}
	return names
}

// there looks for a program on PATH, or for a path that may hold a pattern.
func there(sign string) bool {
	if !strings.Contains(sign, "/") {
		_, err := exec.LookPath(sign)
		return err == nil
	}
	found, _ := filepath.Glob(sign)
	return len(found) > 0
}

// Ensure installs what is missing where it may, and otherwise returns an error
// that is the one command to run.
func Ensure(purpose Purpose, root string, progress io.Writer) error {
	all, err := needs(root)
	if err != nil {
		return err
	}
	names := missing(purpose, all)
	if len(names) == 0 {
		return nil
	}
	become, err := installer()
	command := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, names...)
	if err != nil {
		return fmt.Errorf("%w; run: sudo %s", err, strings.Join(command, " "))
	}
	fmt.Fprintf(progress, "apt-get install %s\n", strings.Join(names, " "))
	for _, args := range [][]string{{"apt-get", "update"}, command} {
		if err := run(append(become, args...), progress); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
	}
	if still := missing(purpose, all); len(still) > 0 {
		return fmt.Errorf("installed, but not found afterwards: %s", strings.Join(still, ", "))
	}
	return nil
}

// installer returns what to put before apt-get.
func installer() ([]string, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return nil, errors.New("programs are missing and this is no Debian: install what these packages hold")
	}
	if os.Geteuid() == 0 {
		return nil, nil
	}
	if exec.Command("sudo", "-n", "true").Run() == nil {
		return []string{"sudo", "-n"}, nil
	}
	return nil, errors.New("programs are missing and this user may not install them")
}

func run(args []string, progress io.Writer) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	text, err := cmd.CombinedOutput()
	if err != nil {
		progress.Write(text)
	}
	return err
}
