package pages

import (
	"github.com/klippa-app/go-pdfium/requests"

	"xietong.dev/shared/fault"
)

// Unlocked is [Document.Unlocked].
func (d *opened) Unlocked() ([]byte, error) {
	saved, err := d.instance.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: d.ref, Flags: requests.SaveFlagRemoveSecurity})
	if err != nil {
		return nil, d.failed("write it without its password", err)
	}
	if most := d.limits.FileBytes; int64(len(*saved.FileBytes)) > most {
		return nil, fault.Refusef(CodeTooLarge, "without its password the PDF has %d bytes; %d are allowed", len(*saved.FileBytes), most)
	}
	return *saved.FileBytes, nil
}
