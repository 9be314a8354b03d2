package convert

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/functions/convert/pdf"
	"xietong.dev/shared/pages"
	"xietong.dev/shared/web"
)

// named is a file to answer with, and what it is called.
type named struct {
	name string
	path string
	kind formats.Format
}

// formOffice makes a PDF of each file.
func (c *Converter) formOffice(ctx context.Context, w http.ResponseWriter, r *http.Request, f *form) error {
	if err := f.only(append([]string{"merge", "pdfa", "nativePageRanges", "password"}, watermarkFields...)...); err != nil {
		return err
	}
	merge, err := f.yes("merge")
	if err != nil {
		return err
	}
	wish, err := f.wishes(events.FormatPDF)
	if err != nil {
		return err
	}
	all, err := c.each(ctx, f, wish)
	if err != nil {
		return err
	}
	if merge {
		if all, err = c.merged(ctx, f, all); err != nil {
			return err
		}
	}
	return f.answer(w, r, all)
}

// wishes reads what a form wishes for besides the format.
func (f *form) wishes(to string) (wishes, error) {
	switch kind := f.fields["pdfa"]; {
	case kind == "PDF/A-2b" && to == events.FormatPDF:
		to = events.FormatPDFA
	case kind != "":
		return wishes{}, web.Refuse(http.StatusBadRequest, "field_one_of", "pdfa", "PDF/A-2b")
	}
	mark, err := f.watermark()
	return wishes{To: []string{to}, Pages: f.fields["nativePageRanges"], Password: f.fields["password"], Watermark: mark}, err
}

// each makes what is wished for of every file.
func (c *Converter) each(ctx context.Context, f *form, wish wishes) (all []named, err error) {
	for _, u := range f.files {
		s := source{path: u.path, sum: u.sum, password: wish.Password, trusted: c.TrustedRequests}
		if s.format, err = c.recognise(u.path, u.name, wish.Password); err != nil {
			return nil, err
		}
		made, err := c.produce(ctx, s, wish, f.dir)
		if err != nil {
			return nil, err
		}
		for _, p := range made.products {
			all = append(all, named{stem(u.name) + "." + p.format.Extension(), p.path, p.format})
		}
	}
	return all, nil
}

// stem is a file's name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// merged makes one PDF of several.
func (c *Converter) merged(ctx context.Context, f *form, all []named) ([]named, error) {
	var files [][]byte
	for _, n := range all {
		file, err := os.ReadFile(n.path)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	file, err := pdf.Merge(ctx, c.PDF, files...)
	if err != nil {
		return nil, err
	}
	out := fresh(f.dir, formats.PDF)
	return []named{{"merged.pdf", out, formats.PDF}}, os.WriteFile(out, file, 0o600)
}

// formMerge makes one PDF of several, in the order of their names.
func (c *Converter) formMerge(ctx context.Context, w http.ResponseWriter, r *http.Request, f *form) error {
	if err := f.only(); err != nil {
		return err
	}
	all, err := c.each(ctx, f, wishes{To: []string{events.FormatPDF}})
	if err == nil {
		all, err = c.merged(ctx, f, all)
	}
	if err != nil {
		return err
	}
	return f.answer(w, r, all)
}

// formSplit cuts a PDF after every so many pages, or takes pages out of it.
func (c *Converter) formSplit(ctx context.Context, w http.ResponseWriter, r *http.Request, f *form) error {
	if err := f.only("splitMode", "splitSpan", "splitUnify"); err != nil {
		return err
	}
	all, err := c.each(ctx, f, wishes{To: []string{events.FormatPDF}})
	if err != nil {
		return err
	}
	var parts []named
	for _, n := range all {
		files, err := c.split(ctx, f, n.path)
		if err != nil {
			return err
		}
		for i, file := range files {
			out := fresh(f.dir, formats.PDF)
			if err := os.WriteFile(out, file, 0o600); err != nil {
				return err
			}
			parts = append(parts, named{fmt.Sprintf("%s_%d.pdf", stem(n.name), i), out, formats.PDF})
		}
	}
	return f.answer(w, r, parts)
}

// split cuts one PDF as the form says.
func (c *Converter) split(ctx context.Context, f *form, path string) ([][]byte, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch f.fields["splitMode"] {
	case "intervals":
		span, err := f.number("splitSpan", 1, 1<<20, 1)
		if err != nil {
			return nil, err
		}
		return pdf.Split(ctx, c.PDF, file, span)
	case "pages":
		return c.takePages(ctx, f, path, file)
	}
	return nil, web.Refuse(http.StatusBadRequest, "field_one_of", "splitMode", "intervals, pages")
}

// takePages takes pages out of a PDF: each on its own, or together.
func (c *Converter) takePages(ctx context.Context, f *form, path string, file []byte) (all [][]byte, err error) {
	unify, err := f.yes("splitUnify")
	if err != nil {
		return nil, err
	}
	numbers, err := c.numbers(ctx, path, f.fields["splitSpan"])
	if err != nil {
		return nil, err
	}
	groups := [][]int{numbers}
	if !unify {
		groups = slices.Collect(slices.Chunk(numbers, 1))
	}
	for _, group := range groups {
		part, err := pdf.Extract(ctx, c.PDF, file, group)
		if err != nil {
			return nil, err
		}
		all = append(all, part)
	}
	return all, nil
}

// formTo makes any format of each file; page pictures come one by one.
func (c *Converter) formTo(ctx context.Context, w http.ResponseWriter, r *http.Request, f *form) error {
	if err := f.only(append([]string{"nativePageRanges", "password", "width"}, watermarkFields...)...); err != nil {
		return err
	}
	to := r.PathValue("format")
	width, err := f.number("width", 16, 8192, c.Width)
	if err != nil {
		return err
	}
	wish, err := f.wishes(to)
	if err != nil {
		return err
	}
	if isPicture(to) {
		wish.To = []string{events.FormatPDF}
	}
	all, err := c.each(ctx, f, wish)
	if err != nil {
		return err
	}
	if isPicture(to) {
		if all, err = c.pictures(ctx, f, all, formats.Format(to), width); err != nil {
			return err
		}
	}
	return f.answer(w, r, all)
}

// pictures draws every page of PDFs.
func (c *Converter) pictures(ctx context.Context, f *form, pdfs []named, to formats.Format, width int) (all []named, err error) {
	for _, n := range pdfs {
		err := c.read(ctx, n.path, func(d *pages.Document) error {
			if d.Count()+len(all) > c.MaxPictures {
				return web.Refuse(http.StatusRequestEntityTooLarge, "too_many_pictures", c.MaxPictures)
			}
			for page := 1; page <= d.Count(); page++ {
				p, err := picture(d, page, width, to, fresh(f.dir, to))
				if err != nil {
					return err
				}
				all = append(all, named{fmt.Sprintf("%s_%d.%s", stem(n.name), page, to.Extension()), p.path, to})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// formTrace looks for the trace code of a watermark in a PDF or a picture.
func (c *Converter) formTrace(ctx context.Context, w http.ResponseWriter, _ *http.Request, f *form) error {
	if err := f.only(); err != nil {
		return err
	}
	if len(f.files) != 1 {
		return web.Refuse(http.StatusBadRequest, "one_file")
	}
	code, err := c.trace(ctx, f.files[0])
	if err != nil {
		return err
	}
	return web.Reply(w, http.StatusOK, map[string]string{"trace": code})
}

// answer sends one file as it is, and several as a ZIP.
func (f *form) answer(w http.ResponseWriter, r *http.Request, all []named) error {
	if len(all) == 1 {
		return sendFile(w, r, all[0])
	}
	path := filepath.Join(f.dir, "answer.zip")
	if err := pack(path, all); err != nil {
		return err
	}
	return sendFile(w, r, named{"documents.zip", path, "zip"})
}

func pack(path string, all []named) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	z, seen := zip.NewWriter(out), map[string]int{}
	for _, n := range all {
		if err := add(z, unique(n.name, seen), n.path); err != nil {
			return fmt.Errorf("pack %s: %w", n.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return out.Close()
}

// unique tells files of the same name apart.
func unique(name string, seen map[string]int) string {
	seen[name]++
	if n := seen[name]; n > 1 {
		return fmt.Sprintf("%s-%d%s", stem(name), n, path.Ext(name))
	}
	return name
}

func add(z *zip.Writer, name, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}) // what is made here is packed already
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, in)
	return err
}

// sendFile answers with a file to be saved: no browser shows it as a page of ours.
func sendFile(w http.ResponseWriter, r *http.Request, n named) error {
	in, err := os.Open(n.path)
	if err != nil {
		return err
	}
	defer in.Close()
	stat, err := in.Stat()
	if err != nil {
		return err
	}
	name := n.name
	if wanted := r.Header.Get("Gotenberg-Output-Filename"); wanted != "" {
		name = fileName(wanted) + path.Ext(n.name)
	}
	kind := n.kind.MediaType()
	if n.kind == "zip" {
		kind = "application/zip"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(stat.Size()))
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	io.Copy(w, in) // who has gone away needs no answer
	return nil
}
