package convert

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/web"
)

// form is a multipart request whose files lie on disk.
type form struct {
	dir    string
	files  []upload
	fields map[string]string
}

// upload is one file of a request.
type upload struct {
	name string // as it was sent: for formats that look alike, and for the answer's name
	path string
	sum  string
}

// maxField bounds the value of a field that is no file, in bytes.
const maxField = 4 << 10

// readForm reads the files and fields of a request.
func (c *Converter) readForm(w http.ResponseWriter, r *http.Request, dir string) (*form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, int64(c.MaxBody))
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, web.Refuse(http.StatusBadRequest, "no_form")
	}
	f := &form{dir: dir, fields: map[string]string{}}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = c.readPart(f, part)
		}
		if err != nil {
			return nil, c.unreadable(err)
		}
	}
	if len(f.files) == 0 {
		return nil, web.Refuse(http.StatusBadRequest, "no_file")
	}
	slices.SortStableFunc(f.files, func(a, b upload) int { return strings.Compare(a.name, b.name) })
	return f, nil
}

func (c *Converter) readPart(f *form, part *multipart.Part) error {
	defer part.Close()
	if part.FileName() == "" {
		value, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if len(value) > maxField {
			return web.Refuse(http.StatusBadRequest, "field_large", part.FormName(), maxField)
		}
		f.fields[part.FormName()] = string(value)
		return err
	}
	if len(f.files) == c.MaxFiles {
		return web.Refuse(http.StatusBadRequest, "too_many_files", c.MaxFiles)
	}
	u := upload{name: fileName(part.FileName()), path: filepath.Join(f.dir, fmt.Sprintf("upload-%d", len(f.files)))}
	var err error
	u.sum, err = save(part, u.path, int64(c.MaxBody))
	f.files = append(f.files, u)
	return err
}

// unreadable says what is wrong with a request that cannot be read.
func (c *Converter) unreadable(err error) error {
	var large *http.MaxBytesError
	var problem *web.Problem
	switch {
	case errors.As(err, &large):
		return web.Refuse(http.StatusRequestEntityTooLarge, "body_large", int64(c.MaxBody))
	case errors.As(err, &problem), fault.IsInvalid(err):
		return err
	}
	return web.Refuse(http.StatusBadRequest, "no_form")
}

// fileName keeps what can be shown and leads nowhere.
func fileName(sent string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(sent, `\`, "/")))
	if name == "" || name == "." || name == "/" {
		return "unnamed"
	}
	return events.Brief(name, 200)
}

// only refuses fields that the address does not know: a wish that is not heard is
// worse than one that is refused.
func (f *form) only(known ...string) error {
	for name := range f.fields {
		if !slices.Contains(known, name) {
			return web.Refuse(http.StatusBadRequest, "unknown_field", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// yes reads a field that is true or false.
func (f *form) yes(name string) (bool, error) {
	switch f.fields[name] {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, web.Refuse(http.StatusBadRequest, "field_bool", name)
}

// number reads a field that is a whole number, and otherwise where it is missing.
func (f *form) number(name string, least, most, otherwise int) (int, error) {
	text := f.fields[name]
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, web.Refuse(http.StatusBadRequest, "field_number", name, least, most)
	}
	return n, nil
}

// The fields of a watermark.
var watermarkFields = []string{"watermarkText", "watermarkOpacity", "watermarkTrace"}

// watermark reads the watermark that a form asks for, and nil where it does not.
func (f *form) watermark() (*events.Watermark, error) {
	text, trace := strings.TrimSpace(f.fields["watermarkText"]), f.fields["watermarkTrace"]
	if text == "" {
		return nil, nil
	}
	w := &events.Watermark{Lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), Trace: trace}
	if opacity := f.fields["watermarkOpacity"]; opacity != "" {
		v, err := strconv.ParseFloat(opacity, 64)
		if err != nil {
			return nil, web.Refuse(http.StatusBadRequest, "field_watermark", "watermarkOpacity: "+opacity)
		}
		w.Opacity = &v
	}
	if err := w.Validate(); err != nil {
		return nil, web.Refuse(http.StatusBadRequest, "field_watermark", err.Error())
	}
	return w, nil
}
