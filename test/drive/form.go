package drive

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
)

// Form posts files and fields to a function's HTTP interface, as a form, and
// returns the answer's status and body.
func (r *Runtime) Form(ctx context.Context, path string, fields map[string]string, files ...string) (int, []byte, error) {
	named := map[string]string{}
	for _, f := range files {
		named[f] = filepath.Base(f)
	}
	return r.form(ctx, path, fields, named)
}

// FormNamed posts one file under another name than it has on disk.
func (r *Runtime) FormNamed(ctx context.Context, path string, fields map[string]string, name, file string) (int, []byte, error) {
	return r.form(ctx, path, fields, map[string]string{file: name})
}

func (r *Runtime) form(ctx context.Context, path string, fields, files map[string]string) (int, []byte, error) {
	body, contentType, err := form(fields, files)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Front+path, body)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+r.APIToken)
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Content-Type", contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}

func form(fields, files map[string]string) (io.Reader, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if value == "" {
			continue
		}
		if err := w.WriteField(name, value); err != nil {
			return nil, "", err
		}
	}
	for path, name := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, "", err
		}
		part, err := w.CreateFormFile("files", name)
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(text); err != nil {
			return nil, "", err
		}
	}
	return &body, w.FormDataContentType(), w.Close()
}
