package minutes

import (
	"archive/zip"
	"errors"
	"io"
	"net/http"
	"path"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/web"
)

// bundled are the formats that go into a zip beside the recording.
var bundled = []string{"docx", "txt", "srt", "json"}

// bundle answers with a zip of documents and the recording, which goes from the store
// to the caller as it comes.
func (c *call) bundle(s story, d Detail, wish exportWish, segments []events.Segment) error {
	recording, arrival, err := c.recording(s)
	if err != nil {
		return err
	}
	if recording != nil {
		defer recording.Close()
	}
	lang := wish.choose(formatNamed("zip"), c.lang, d).lang
	files := map[string][]byte{}
	for _, name := range bundled {
		if d.Transcript == nil && name == "srt" {
			continue
		}
		if files[name], err = (reporter{wish.choose(formatNamed(name), c.lang, d), d, c.Zone}).render(segments); err != nil {
			return err
		}
	}
	c.attach("application/zip", disposition(d.Title, lang, "zip"))
	z := zip.NewWriter(c.w)
	title := fileName(d.Title, lang)
	for _, name := range bundled {
		if file, has := files[name]; has {
			c.entry(z, title+"."+name, zip.Deflate, d.CreatedAt, func(w io.Writer) error { _, err := w.Write(file); return err })
		}
	}
	if recording != nil {
		// Sound is compressed already.
		c.entry(z, title+path.Ext(cleanName(arrival.Name)), zip.Store, arrival.At, func(w io.Writer) error { _, err := io.Copy(w, recording); return err })
	}
	if err := z.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// recording opens what there is to listen to; nil where there is nothing, or nothing
// any more.
func (c *call) recording(s story) (io.ReadCloser, *Arrival, error) {
	a := s.audio()
	if a == nil {
		return nil, nil, nil
	}
	if a.Object.Size > int64(c.MaxZip) {
		return nil, nil, web.Refuse(http.StatusRequestEntityTooLarge, "zip_large", a.Object.Size, c.MaxZip)
	}
	body, _, err := c.Store.Get(c.r.Context(), a.Object.Bucket, a.Object.Key, a.Object.Version)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, nil, nil
	}
	return body, a, wrap("read", a.Object.Key, err)
}

// entry writes one file of a zip. The answer has begun: what fails now can only break
// it off, so that nobody takes it for whole. Names are UTF-8 and flagged as such.
func (c *call) entry(z *zip.Writer, name string, method uint16, at time.Time, write func(io.Writer) error) {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: at.In(c.Zone)})
	if err == nil {
		err = write(w)
	}
	if err != nil {
		if c.r.Context().Err() == nil {
			c.Log.Warn("a zip broke off", "file", name, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}
