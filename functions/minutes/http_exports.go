package minutes

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

// pdf is the format that takes its time: it is asked for by POST.
var pdf = format{"pdf", "application/pdf"}

// exportView is where an export stands.
type exportView struct {
	ID      string `json:"id"`
	State   string `json:"state"`          // making, ready, failed, late or expired
	Message string `json:"message"`        // for people
	File    string `json:"file,omitempty"` // the address of what is ready
	Size    int64  `json:"size,omitempty"` // bytes
}

// state of an export at a time. One that is late may still come.
func (e Made) state(now time.Time, wait time.Duration) string {
	switch {
	case e.Source == nil:
		return "expired"
	case e.Result != nil:
		return "ready"
	case e.Code != "":
		return "failed"
	case now.Sub(e.AskedAt) > wait:
		return "late"
	}
	return "making"
}

// askExport answers POST /minutes/{id}/export: 202 and where to look, or 200 where the
// same was made before. Who asks again after a failure has it tried again.
func (c *call) askExport() error {
	var wish exportWish
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &wish); err != nil {
		return err
	}
	if err := wish.check(pdf); err != nil {
		return err
	}
	s, segments, err := c.whole()
	if err != nil {
		return err
	}
	choice := wish.choose(formatNamed("docx"), c.lang, detail(s, c.lang))
	source, err := reporter{choice, detail(s, choice.lang), c.Zone}.render(segments)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(source)
	id := ce.ID("export", s.id, hex.EncodeToString(sum[:]))
	made, found, err := readMade(c.r.Context(), c.DB, `WHERE id = $1`, id)
	if err != nil {
		return err
	}
	if state := made.state(c.Now(), c.ExportWait); found && (state == "making" || state == "ready") {
		return c.replyExport(made)
	}
	if err := c.roomForExport(s.id, id); err != nil {
		return err
	}
	return c.beginExport(s, ExportRequested{Export: id, Recording: s.id, Attempt: made.Attempt + 1, Title: show(s.given, s.own).Title, Language: choice.lang}, source)
}

func (c *call) roomForExport(recording, id string) error {
	kept, err := readMadeAll(c.r.Context(), c.DB, `WHERE recording = $1 AND id <> $2 AND source <> ''`, recording, id)
	if err == nil && len(kept) >= c.MaxExports {
		return web.Refuse(http.StatusConflict, "too_many_exports", c.MaxExports)
	}
	return err
}

// beginExport stores the document and asks for its conversion.
func (c *call) beginExport(s story, asked ExportRequested, source []byte) error {
	ctx := c.r.Context()
	key := exportsOf(s.id) + asked.document() + ".docx"
	info, err := c.Store.Put(ctx, c.ExportsBucket, key, bytes.NewReader(source), blob.Put{ContentType: formatNamed("docx").media, Size: int64(len(source))})
	if err != nil {
		return wrap("store", key, err)
	}
	asked.Object = events.Object{Bucket: c.ExportsBucket, Key: key, Version: info.Version, ETag: info.ETag, Size: info.Size}
	e, err := events.New(asked)
	if err != nil {
		return err
	}
	e.SetID(asked.document())
	e.SetExtension(events.Unit, c.unit)
	if err := c.apply(ctx, e); err != nil {
		return wrap("export minutes", s.id, err)
	}
	made, _, err := readMade(ctx, c.DB, `WHERE id = $1`, asked.Export)
	if err != nil {
		return err
	}
	return c.replyExport(made)
}

// replyExport says where an export stands: 202 while it is being made.
func (c *call) replyExport(e Made) error {
	at := "/minutes/" + e.Recording + "/exports/" + e.ID
	v := exportView{ID: e.ID, State: e.state(c.Now(), c.ExportWait)}
	status := http.StatusOK
	switch v.State {
	case "making":
		status = http.StatusAccepted
		c.w.Header().Set("Location", at)
		c.w.Header().Set("Retry-After", "1")
	case "ready":
		v.File, v.Size = at+"/file", e.Result.Size
	}
	v.Message = messages.Say(c.lang, "export."+v.State)
	if v.State == "failed" {
		v.Message = messages.Say(c.lang, "export.failed", e.Code)
	}
	return c.reply(status, v)
}

// loadExport returns an export of the caller's own minutes.
func (c *call) loadExport() (Made, error) {
	s, err := c.load(c.DB)
	if err != nil {
		return Made{}, err
	}
	made, found, err := readMade(c.r.Context(), c.DB, `WHERE id = $1 AND recording = $2`, c.r.PathValue("export"), s.id)
	if err == nil && !found {
		return made, web.NotFound
	}
	return made, err
}

// madeExport answers GET /minutes/{id}/exports/{export}.
func (c *call) madeExport() error {
	made, err := c.loadExport()
	if err != nil {
		return err
	}
	return c.replyExport(made)
}

// exportFile answers GET /minutes/{id}/exports/{export}/file.
func (c *call) exportFile() error {
	made, err := c.loadExport()
	if err != nil {
		return err
	}
	switch made.state(c.Now(), c.ExportWait) {
	case "ready":
	case "expired":
		return web.Refuse(http.StatusGone, "export_gone")
	default:
		return web.Refuse(http.StatusConflict, "export_not_ready")
	}
	body, info, err := c.Store.Get(c.r.Context(), made.Result.Bucket, made.Result.Key, made.Result.Version)
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return web.Refuse(http.StatusGone, "export_gone")
	case err != nil:
		return wrap("read", made.Result.Key, err)
	}
	defer body.Close()
	c.attach(pdf.media, disposition(made.Title, made.Language, pdf.name))
	c.w.Header().Set("Content-Length", strconv.FormatInt(info.Size, 10))
	c.pass(body)
	return nil
}

// pass hands a stored object on. What breaks off half-way must not look whole: the
// connection breaks off too.
func (c *call) pass(body io.Reader) {
	if _, err := io.Copy(c.w, body); err != nil {
		if c.r.Context().Err() == nil {
			c.Log.Warn("a download broke off", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}
