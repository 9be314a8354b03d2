package pages

import (
	"io"

	"github.com/klippa-app/go-pdfium/requests"

	"xietong.dev/shared/fault"
)

// Unlocked writes the document as a PDF that needs no password. Everything else
// of it stays.
func (d *Document) Unlocked(w io.Writer) error {
	saved, err := d.instance.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: d.ref, Flags: requests.SaveFlagRemoveSecurity})
	if err != nil {
		return d.failed("write it without its password", err)
	}
	if most := d.limits.FileBytes; int64(len(*saved.FileBytes)) > most {
		return fault.Refusef(CodeTooLarge, "without its password the PDF has %d bytes; %d are allowed", len(*saved.FileBytes), most)
	}
	_, err = w.Write(*saved.FileBytes)
	return err
}
