package office

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"xietong.dev/shared/child"
)

// prepare makes what all workers share: the fonts' configuration and cache, and
// a profile that LibreOffice has filled. Workers read it only.
func (p *Pool) prepare(ctx context.Context) (err error) {
	if p.fonts, err = Fonts(); err != nil {
		return err
	}
	if p.version, err = p.askVersion(ctx); err != nil {
		return err
	}
	if err := p.writeRehearsals(); err != nil {
		return err
	}
	cache := filepath.Join(p.dir, "fonts")
	if err := os.Mkdir(cache, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.dir, "fonts.conf"), []byte(fontConfig(cache)), 0o600); err != nil {
		return err
	}
	profile := filepath.Join(p.dir, "profile")
	if err := writeProfile(profile, shortVersion(p.version)); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(p.dir, "first-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	first := filepath.Join(dir, "first.txt")
	if err := os.WriteFile(first, []byte("你好 hello\n"), 0o600); err != nil {
		return err
	}
	if err := p.run(ctx, dir, profile, "--convert-to", "pdf", "--outdir", dir, first); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "first.pdf")); err != nil {
		return fmt.Errorf("a first document: %w: %w", errNotMade, err)
	}
	return nil
}

// askVersion has LibreOffice say its version.
func (p *Pool) askVersion(ctx context.Context) (string, error) {
	dir, err := os.MkdirTemp(p.dir, "version-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	c := p.fenced(child.Cmd{Path: filepath.Join(p.config.Program, "soffice.bin"), Args: []string{"--version"}}, dir)
	out, err := child.Run(ctx, c)
	if err != nil {
		return "", fmt.Errorf("ask its version: %w", err)
	}
	return strings.Join(strings.Fields(string(out)), " "), nil
}

var versionNumber = regexp.MustCompile(`\d+\.\d+`)

// shortVersion is 7.4 of "LibreOffice 7.4.7.2 40(Build:2)".
func shortVersion(version string) string { return versionNumber.FindString(version) }
