// Package setup provides the programs that the toolbox runs and does not carry:
// one table of them, and the way to get them on Debian.
//
//	in   what is needed: to run, or to test as well
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
	"strings"
)

// Purpose is what a program is needed for.
type Purpose int

// A program is needed to run the toolbox, or only to test it.
const (
	ToRun Purpose = iota
	ToTest
)

// need is one package and how to tell that it is there: a program on PATH, or a
// path that may hold a pattern.
type need struct {
	pkg     string
	sign    string
	purpose Purpose
	why     string
}

// table is everything that Debian must provide.
var table = []need{
	{"postgresql", "/usr/lib/postgresql/*/bin/postgres", ToRun, "the database"},
	{"ffmpeg", "ffmpeg", ToRun, "decodes audio and video"},
	{"pocketsphinx", "pocketsphinx_continuous", ToRun, "the embedded speech engine"},
	{"pocketsphinx-en-us", "/usr/share/pocketsphinx/model/en-us/en-us/mdef", ToRun, "its English model"},
	{"faketime", "/usr/lib/*/faketime/libfaketime.so.1", ToTest, "makes the database's clock jump"},
	{"rclone", "rclone", ToTest, "an S3 client that is not ours"},
	{"pocketsphinx-testdata", "/usr/share/pocketsphinx/test/data/librivox", ToTest, "recordings of real speech"},
}

// Missing returns the packages that are not installed.
func Missing(purpose Purpose) []string {
	var missing []string
	for _, n := range table {
		if n.purpose <= purpose && !n.there() {
			missing = append(missing, n.pkg)
		}
	}
	return missing
}

func (n need) there() bool {
	if !strings.Contains(n.sign, "/") {
		_, err := exec.LookPath(n.sign)
		return err == nil
	}
	found, _ := filepath.Glob(n.sign)
	return len(found) > 0
}

// Ensure installs what is missing where it may, and otherwise returns an error
// that is the one command to run.
func Ensure(purpose Purpose, progress io.Writer) error {
	missing := Missing(purpose)
	if len(missing) == 0 {
		return nil
	}
	become, err := installer()
	command := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, missing...)
	if err != nil {
		return fmt.Errorf("%w; run: sudo %s", err, strings.Join(command, " "))
	}
	fmt.Fprintf(progress, "apt-get install %s\n", strings.Join(missing, " "))
	for _, args := range [][]string{{"apt-get", "update"}, command} {
		if err := run(append(become, args...), progress); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
	}
	if still := Missing(purpose); len(still) > 0 {
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
