package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// calibre is Debian's, with a configuration of its own.
type calibre struct {
	*bench
	libraries int
}

// installCalibre makes sure that it is there.
func (b *bench) installCalibre() (*calibre, error) {
	_, err := exec.LookPath("calibredb")
	switch {
	case err == nil:
		return &calibre{bench: b}, nil
	case os.Geteuid() != 0:
		return nil, errors.New("calibre is missing; run: sudo apt-get install -y --no-install-recommends calibre")
	}
	fmt.Println("apt-get install calibre")
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", "calibre"}} {
		if _, err := b.command("apt-get", args...); err != nil {
			return nil, err
		}
	}
	return &calibre{bench: b}, nil
}

// add takes books into a new library, all in one call.
func (c *calibre) add(paths []string) (took pace, err error) {
	c.libraries++
	library := filepath.Join(c.dir, fmt.Sprintf("calibre%d", c.libraries))
	defer os.RemoveAll(library)
	took, said, err := c.run("calibredb", append([]string{"add", "--duplicates", "--with-library", library}, paths...)...)
	if err != nil {
		return took, err
	}
	if n := strings.Count(said, ",") + 1; n != len(paths) { // "Added book ids: 1, 2, 3"
		return took, fmt.Errorf("calibredb added %d of %d books: %.500s", n, len(paths), said)
	}
	took.books = len(paths)
	return took, nil
}

// meta reads the metadata of books, one process each, as many at once as there are
// processors.
func (c *calibre) meta(paths []string) (took pace, err error) {
	began, places, errs := time.Now(), make(chan struct{}, runtime.GOMAXPROCS(0)), make([]error, len(paths))
	paces := make([]pace, len(paths))
	var all sync.WaitGroup
	for i, path := range paths {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			paces[i], _, errs[i] = c.run("ebook-meta", path)
		})
	}
	all.Wait()
	took = pace{books: len(paths), wall: time.Since(began)}
	for _, p := range paces {
		took.cpu += p.cpu
	}
	return took, errors.Join(errs...)
}

// run runs one of its programs, without a screen.
func (c *calibre) run(program string, args ...string) (took pace, said string, err error) {
	cmd := exec.CommandContext(c.ctx, program, args...)
	cmd.Env = append(os.Environ(), "CALIBRE_CONFIG_DIRECTORY="+filepath.Join(c.dir, "calibre"), "QT_QPA_PLATFORM=offscreen")
	began := time.Now()
	text, err := cmd.CombinedOutput()
	if err != nil {
		return took, "", fmt.Errorf("%s: %w: %.500s", program, err, text)
	}
	took = pace{wall: time.Since(began), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	return took, string(text), nil
}
