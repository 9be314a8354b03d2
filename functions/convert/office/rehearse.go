package office

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"xietong.dev/shared/fault"
)

// rehearsal holds a small document of each family, in the customary fonts.
//
//go:embed rehearsal
var rehearsal embed.FS

// rehearsals are the documents of [rehearsal], the commonest family first.
var rehearsals = []Job{
	{Name: "letter", From: "docx", Filter: "pdf"},
	{Name: "table", From: "xlsx", Filter: "pdf"},
	{Name: "slides", From: "pptx", Filter: "pdf"},
}

// writeRehearsals puts the documents where workers take them from.
func (p *Pool) writeRehearsals() error {
	return os.CopyFS(p.dir, rehearsal)
}

// quiet is how long nobody has waited for a worker before it rehearses. Where one
// document follows another, rehearsals would take time from them.
const quiet = 500 * time.Millisecond

// rehearse has a new worker convert documents of ours, so that what LibreOffice
// loads at its first document of a family is there when somebody's comes: that is
// half of the time that a new worker takes for it (measured, 0.50 and 0.26 s). It
// stops when somebody waits for a worker, who has it at once. A document that is
// refused, as where a part of LibreOffice is not installed, is left out.
func (p *Pool) rehearse(h *hand) (taken bool, err error) {
	wait := quiet
	for _, j := range rehearsals {
		if p.offer(fresh{hand: h}, h.done, wait) {
			return true, nil
		}
		wait = 0
		j.In, j.Out = filepath.Join(p.dir, "rehearsal", j.fileName()), filepath.Join(h.dir, "rehearsed")
		_, err := h.convert(p.ctx, j, p.config.Limits)
		if err == nil {
			err = os.Remove(j.Out)
		}
		if err != nil && !fault.IsInvalid(err) {
			return false, fmt.Errorf("rehearse: %w", err)
		}
	}
	return false, nil
}
