package pages

import (
	"errors"
	"fmt"
	"strings"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"xietong.dev/shared/fault"
)

// opened is a PDF that PDFium has open, in a worker. Pages are counted from 1.
type opened struct {
	instance pdfium.Pdfium
	limits   Limits
	ref      references.FPDF_DOCUMENT
	count    int
}

func open(instance pdfium.Pdfium, limits Limits, request requests.OpenDocument, password string) (*opened, error) {
	d := &opened{instance: instance, limits: limits}
	if password != "" {
		request.Password = &password
	}
	got, err := instance.OpenDocument(&request)
	if err != nil {
		return nil, d.refusal(err, password)
	}
	d.ref = got.Document
	counted, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	switch {
	case err != nil:
		return nil, d.failed("count its pages", err)
	case counted.PageCount < 1:
		return nil, fault.Refusef(CodeUnreadable, "the PDF has no pages")
	case counted.PageCount > limits.Pages:
		return nil, fault.Refusef(CodeTooManyPages, "the PDF has %d pages; %d are allowed", counted.PageCount, limits.Pages)
	}
	d.count = counted.PageCount
	return d, nil
}

func (d *opened) refusal(err error, password string) error {
	switch {
	case errors.Is(err, pdfiumerrors.ErrUnknown):
	case errors.Is(err, pdfiumerrors.ErrPassword) && password == "":
		return fault.Refusef(CodeEncrypted, "the PDF is encrypted: send its password")
	case errors.Is(err, pdfiumerrors.ErrPassword):
		return fault.Refusef(CodeWrongPassword, "the password does not open the PDF")
	case errors.Is(err, pdfiumerrors.ErrSecurity):
		return fault.Refusef(CodeEncrypted, "the PDF is encrypted in a way that is not known: save it without encryption")
	}
	return d.failed("open it", err)
}

// failed turns an error of PDFium into ours. It has no state besides the
// document, so the same document fails the same way again.
func (d *opened) failed(doing string, err error) error {
	// A trap's text goes on with a stack of addresses.
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return fault.Refusef(CodeUnreadable, "the PDF is broken or needs too much memory: %s: %s", doing, reason)
}

func (d *opened) at(page int) (requests.Page, error) {
	if page < 1 || page > d.count {
		return requests.Page{}, fmt.Errorf("page %d of %d", page, d.count)
	}
	return requests.Page{ByIndex: &requests.PageByIndex{Document: d.ref, Index: page - 1}}, nil
}

// Size returns the size of a page. Absurd ones are refused.
func (d *opened) Size(page int) (Size, error) {
	if _, err := d.at(page); err != nil {
		return Size{}, err
	}
	got, err := d.instance.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: d.ref, Index: page - 1})
	if err != nil {
		return Size{}, d.failed(fmt.Sprintf("measure page %d", page), err)
	}
	s := Size{got.Width, got.Height}
	if !(s.Width > 0 && s.Height > 0 && s.Width <= d.limits.Side && s.Height <= d.limits.Side) {
		return Size{}, fault.Refusef(CodePageTooLarge, "page %d is %g by %g points; up to %g are allowed", page, s.Width, s.Height, d.limits.Side)
	}
	return s, nil
}

// Text returns the text of a page, in the order in which it is drawn, its lines
// ended by \n. A page of pictures has none.
func (d *opened) Text(page int) (string, error) {
	at, err := d.at(page)
	if err != nil {
		return "", err
	}
	doing := fmt.Sprintf("read the text of page %d", page)
	loaded, err := d.instance.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: at})
	if err != nil {
		return "", d.failed(doing, err)
	}
	defer d.instance.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: loaded.TextPage})
	counted, err := d.instance.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: loaded.TextPage})
	if err != nil {
		return "", d.failed(doing, err)
	}
	if counted.Count <= 0 {
		return "", nil
	}
	if counted.Count > d.limits.Chars {
		return "", fault.Refusef(CodeTooLarge, "page %d has %d characters; %d are allowed", page, counted.Count, d.limits.Chars)
	}
	got, err := d.instance.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: loaded.TextPage, Count: counted.Count})
	if err != nil {
		return "", d.failed(doing, err)
	}
	return plain.Replace(got.Text), nil
}

// plain takes out PDFium's own marks: \x02 and U+FFFE stand where a line was
// broken within a word.
var plain = strings.NewReplacer("\r\n", "\n", "\x00", "", "\x02", "", "\ufffe", "")

// Metadata returns what the document says about itself. Nothing of it is checked.
func (d *opened) Metadata() (Metadata, error) {
	got, err := d.instance.GetMetaData(&requests.GetMetaData{Document: d.ref})
	if err != nil {
		// It is an error too that there is none. A crash shows in the next call.
		if _, err := d.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref}); err != nil {
			return Metadata{}, d.failed("read its metadata", err)
		}
		return Metadata{}, nil
	}
	var m Metadata
	fields := map[string]*string{
		"Title": &m.Title, "Author": &m.Author, "Subject": &m.Subject, "Keywords": &m.Keywords,
		"Creator": &m.Creator, "Producer": &m.Producer, "CreationDate": &m.CreationDate, "ModDate": &m.ModDate,
	}
	for _, tag := range got.Tags {
		if field := fields[tag.Tag]; field != nil {
			*field = strings.TrimRight(tag.Value, "\x00")
		}
	}
	return m, nil
}
