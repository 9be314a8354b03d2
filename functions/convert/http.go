package convert

import (
	"context"
	"errors"
	"net/http"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/convert/formats"
	"xietong.dev/functions/convert/office"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/web"
)

// Small documents are converted at once, without store and broker. The addresses
// and the names of form fields below /convert/forms are Gotenberg's where they
// fit, so that its clients need another base address and a token.
//
//	POST /convert/forms/libreoffice/convert     files to PDF; several come as a ZIP, or merged
//	POST /convert/forms/pdfengines/merge        PDFs, in the order of their names, to one
//	POST /convert/forms/pdfengines/split        a PDF to several, as a ZIP
//	POST /convert/to/{format}                   a file to any format; page pictures as a ZIP
//	POST /convert/trace                         the trace code of a watermarked file or picture
//	GET  /convert/formats                       what becomes what

// HTTP serves these addresses.
func (c *Converter) HTTP(fn.Apply) http.Handler {
	api := web.API{Token: c.Token, Messages: messages, Log: c.log}
	mux := http.NewServeMux()
	for path, methods := range map[string]map[string]web.Handler{
		"/convert/forms/libreoffice/convert": {"POST": c.form(c.formOffice)},
		"/convert/forms/pdfengines/merge":    {"POST": c.form(c.formMerge)},
		"/convert/forms/pdfengines/split":    {"POST": c.form(c.formSplit)},
		"/convert/to/{format}":               {"POST": c.form(c.formTo)},
		"/convert/trace":                     {"POST": c.form(c.formTrace)},
		"/convert/formats":                   {"GET": c.listFormats},
	} {
		mux.Handle(path, api.Methods(methods))
	}
	mux.Handle("/", api.Nothing())
	return mux
}

// form reads a request's form into a directory of its own, has it worked on when
// it is its turn, and answers refusals of documents.
func (c *Converter) form(work func(context.Context, http.ResponseWriter, *http.Request, *form) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		leave, err := c.enter(r.Context())
		if err != nil {
			return err
		}
		defer leave()
		dir, remove, err := c.scratch()
		if err != nil {
			return err
		}
		defer remove()
		ctx, cancel := context.WithTimeout(r.Context(), c.RequestTime)
		defer cancel()
		f, err := c.readForm(w, r, dir)
		if err == nil {
			err = work(ctx, w, r, f)
		}
		return refused(ctx, err)
	}
}

// enter waits for a place among the requests that are worked on, for no longer
// than a caller would.
func (c *Converter) enter(ctx context.Context) (leave func(), err error) {
	limit, cancel := context.WithTimeout(ctx, c.RequestWait)
	defer cancel()
	select {
	case c.places <- struct{}{}:
		return func() { <-c.places }, nil
	case <-limit.Done():
		return nil, fault.Busy(5*time.Second, errors.New("too many requests at the same moment"))
	}
}

// refused turns the refusal of a document into one of a request. The reason is in
// English, with a code that programs know.
func refused(ctx context.Context, err error) error {
	var limit *child.LimitError
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil, !fault.IsInvalid(err) && errors.As(err, &limit):
		return web.Refuse(http.StatusServiceUnavailable, "too_slow")
	case errors.Is(err, office.ErrCrashed):
		return web.Refuse(http.StatusInternalServerError, "engine_failed")
	case !fault.IsInvalid(err):
		return err
	}
	status := http.StatusUnprocessableEntity
	switch fault.Code(err) {
	case formats.CodeUnsupported:
		status = http.StatusUnsupportedMediaType
	case events.RefusedTooLarge:
		status = http.StatusRequestEntityTooLarge
	case archive.CodeEncrypted, "wrong_password":
		status = http.StatusForbidden
	}
	return &web.Problem{Status: status, Code: fault.Code(err), Text: "document", Args: []any{err.Error()}}
}

func (c *Converter) listFormats(w http.ResponseWriter, _ *http.Request) error {
	all := map[formats.Format][]formats.Format{}
	for _, way := range formats.Ways() {
		all[way.From] = append(all[way.From], way.To)
	}
	return web.Reply(w, http.StatusOK, all)
}
