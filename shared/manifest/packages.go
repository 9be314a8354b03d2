package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Package is a Debian package that holds a program, or its data, which a function
// runs besides itself: its image needs it, and so does the machine it runs on.
type Package struct {
	Name string
	Sign string // how to tell that it is there: a program on PATH, or a path that may hold a pattern
	Why  string
}

// PackagesName is the name of the list of packages within a function's folder.
// A function without programs has none.
const PackagesName = "packages.txt"

var packageName = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]+$`)

func loadPackages(dir string) ([]Package, error) {
	text, err := os.ReadFile(filepath.Join(dir, PackagesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read packages: %w", err)
	}
	packages, err := parsePackages(text)
	if err != nil {
		return nil, fmt.Errorf("functions/%s/%s: %w", filepath.Base(dir), PackagesName, err)
	}
	return packages, nil
}

// parsePackages reads lines of a name, a sign, and what it is for. What begins
// with # is for people.
func parsePackages(text []byte) ([]Package, error) {
	var packages []Package
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
			continue
		case len(words) < 3:
			return nil, fmt.Errorf("line %d: want a package, a program or path that shows that it is there, and what it is for", n)
		case !packageName.MatchString(words[0]):
			return nil, fmt.Errorf("line %d: %q is not the name of a Debian package", n, words[0])
		}
		packages = append(packages, Package{words[0], words[1], strings.Join(words[2:], " ")})
	}
	return packages, lines.Err()
}
