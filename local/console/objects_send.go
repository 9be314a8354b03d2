package console

// Objects and data that people save.

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/web"
)

// sendObject sends an object that an event names, to be saved and never shown.
func (v *visit) sendObject() error {
	told, err := v.eventAsked()
	if err != nil {
		return err
	}
	all := objectsIn(told.Event.Data())
	place, err := strconv.Atoi(v.r.PathValue("place"))
	if err != nil || place < 0 || place >= len(all) {
		return web.Refuse(http.StatusNotFound, "no_object")
	}
	return v.send(all[place], path.Base(all[place].Key))
}

// send sends an object to be saved under a name.
func (v *visit) send(o events.Object, name string) error {
	body, info, err := v.Store.Get(v.r.Context(), o.Bucket, o.Key, o.Version)
	if errors.Is(err, blob.ErrNotFound) {
		return web.Refuse(http.StatusNotFound, "no_object")
	}
	if err != nil {
		return err
	}
	defer body.Close()
	toBeSaved(v.w.Header(), name, info.Size)
	io.Copy(v.w, body) // what breaks off is shorter than its length says
	return nil
}

// toBeSaved are the headers of what people sent us: a browser saves it, and runs nothing
// of it even where it is opened.
func toBeSaved(h http.Header, name string, size int64) {
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", fmt.Sprint(size))
}

// bytesText is a size in bytes as people read it.
func bytesText(n int64) string {
	size, units := float64(n), []string{"B", "KB", "MB", "GB", "TB"}
	for size >= 1024 && len(units) > 1 {
		size, units = size/1024, units[1:]
	}
	if size < 10 && units[0] != "B" {
		return fmt.Sprintf("%.1f %s", size, units[0])
	}
	return fmt.Sprintf("%.0f %s", size, units[0])
}

// sendData sends an event's data, to be saved.
func (v *visit) sendData() error {
	told, err := v.eventAsked()
	if err != nil {
		return err
	}
	toBeSaved(v.w.Header(), "event-"+v.r.PathValue("seq")+".data", int64(len(told.Event.Data())))
	v.w.Write(told.Event.Data())
	return nil
}
