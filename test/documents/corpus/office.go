package corpus

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/child"
)

// Two runs of LibreOffice keep two cores busy.
const atOnce = 2

// filters name LibreOffice's writer where an extension alone leaves it open.
var filters = map[string]string{
	"doc": "doc:MS Word 97", "dot": "dot:MS Word 97 Vorlage", "xls": "xls:MS Excel 97", "ppt": "ppt:MS PowerPoint 97",
	"pdf": "pdf", "rtf": "rtf:Rich Text Format",
}

// rewrite has LibreOffice write the documents that have a recipe, in one run for
// each format and each kind of document.
func rewrite(ctx context.Context, dir string, all []made) error {
	runs := map[string][]string{}
	for _, m := range all {
		for _, r := range m.recipe {
			if path := filepath.Join(dir, m.name); !slices.Contains(runs[r.to], path) {
				runs[r.to] = append(runs[r.to], path)
			}
		}
	}
	var formats []string
	for to := range runs {
		formats = append(formats, to)
	}
	slices.Sort(formats)
	outs := map[string]string{}
	for _, to := range formats {
		out, err := os.MkdirTemp(dir, "as-"+to+"-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(out)
		outs[to] = out
	}
	if err := parallel(formats, func(to string) error { return Convert(ctx, outs[to], to, runs[to]...) }); err != nil {
		return err
	}
	for _, m := range all {
		for _, r := range m.recipe {
			written := filepath.Join(outs[r.to], strings.TrimSuffix(m.name, filepath.Ext(m.name))+"."+r.to)
			// Linked and not moved: it may be wanted under two names.
			if err := os.Link(written, filepath.Join(dir, r.name)); err != nil {
				return fmt.Errorf("LibreOffice wrote no %s of %s: %w", r.to, m.name, err)
			}
		}
	}
	return nil
}

// parallel runs do for each of the names, some at the same time, and returns the
// first error.
func parallel(names []string, do func(string) error) error {
	places := make(chan struct{}, atOnce)
	failed := make(chan error, len(names))
	for _, name := range names {
		go func() {
			places <- struct{}{}
			failed <- do(name)
			<-places
		}()
	}
	var first error
	for range names {
		if err := <-failed; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Convert has LibreOffice write files in one format into a directory, in one
// run. Like LibreOffice itself it says nothing of a file that could not be read:
// the caller looks for what should have come out.
func Convert(ctx context.Context, out, to string, files ...string) error {
	if filter := filters[to]; filter != "" {
		to = filter
	}
	profile, err := os.MkdirTemp("", "profile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	_, err = child.Run(ctx, child.Cmd{
		Path: "soffice",
		Args: append([]string{"-env:UserInstallation=file://" + profile, "--headless", "--norestore", "--convert-to", to, "--outdir", out}, files...),
		// With LANG=C LibreOffice takes file names for Latin-1, and A4 for Letter.
		Env:    []string{"LANG=zh_CN.UTF-8", "LC_ALL=C.UTF-8", "SAL_USE_VCLPLUGIN=svp"},
		Limits: child.Limits{Wall: 5 * time.Minute, Output: 1 << 20},
	})
	if err != nil {
		return fmt.Errorf("have LibreOffice write %s: %w", to, err)
	}
	return nil
}
