package archive

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"xietong.dev/shared/fault"
)

// Check refuses a zip file that is built to hurt whoever opens it, before anybody
// does. It reads the directory, how each entry begins, and what is packed within.
func Check(r io.ReaderAt, size int64, limits Limits) error {
	return check(r, size, limits, 0)
}

func check(r io.ReaderAt, size int64, limits Limits, level int) error {
	a, err := Open(r, size, limits)
	if err != nil {
		return err
	}
	for _, name := range a.Names() {
		if err := a.checkContent(name, level); err != nil {
			return err
		}
	}
	return nil
}

// checkContent looks for what a directory does not tell.
func (a *Archive) checkContent(name string, level int) error {
	switch head := a.head(name); {
	case strings.HasPrefix(head, "PK\x03\x04"):
		return a.checkNested(name, level)
	case strings.HasPrefix(head, "\x1f\x8b"):
		return a.checkPackedAgain(name)
	case begins(head):
		return a.checkProlog(name)
	}
	return nil
}

func (a *Archive) checkNested(name string, level int) error {
	if level >= a.limits.Nesting {
		return bombf("entry %q is an archive within %d others, MAX_ARCHIVE_NESTING allows %d", name, level+1, a.limits.Nesting)
	}
	held, err := a.Read(name, int64(a.limits.Nested))
	if err != nil {
		return err
	}
	if err := check(bytes.NewReader(held), int64(len(held)), a.limits, level+1); err != nil {
		return fmt.Errorf("entry %q: %w", name, err)
	}
	return nil
}

// checkPackedAgain inflates what gzip has packed within the archive, such as the
// metafiles of office documents. Damage is left to whoever wants to show it.
func (a *Archive) checkPackedAgain(name string) error {
	r, err := a.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, int64(a.limits.Nested)+1))
	switch {
	case fault.IsInvalid(err):
		return err
	case n > int64(a.limits.Nested):
		return bombf("entry %q is packed again and holds more than %d bytes, MAX_ARCHIVE_NESTED allows no more", name, a.limits.Nested)
	}
	return nil
}

// checkProlog refuses XML that declares entities: no format that comes in zip files
// needs them (the Open Packaging Conventions, ECMA-376-2, forbid them), and not every
// engine is as careful as [XML] is. What is no XML after all passes.
func (a *Archive) checkProlog(name string) error {
	x, closed, err := a.XML(name)
	if err != nil {
		return err
	}
	defer closed()
	for {
		token, err := x.Token()
		if fault.Code(err) == CodeXML {
			return err
		}
		if _, begun := token.(xml.StartElement); begun || err != nil {
			return nil
		}
	}
}

// begins reports whether something may be XML by how it begins.
func begins(head string) bool {
	head = strings.TrimLeft(strings.TrimPrefix(head, "\ufeff"), " \t\r\n\x00")
	return strings.HasPrefix(head, "<") || strings.HasPrefix(head, "\xff\xfe<") || strings.HasPrefix(head, "\xfe\xff\x00<")
}

func checkDirectory(files []*zip.File, limits Limits) error {
	if len(files) > limits.Entries {
		return bombf("the archive has %d entries, MAX_ARCHIVE_ENTRIES allows %d", len(files), limits.Entries)
	}
	seen, total := map[string]bool{}, uint64(0)
	for _, f := range files {
		if err := checkEntry(f, limits); err != nil {
			return err
		}
		if seen[f.Name] {
			return unsafef("the archive has two entries %q", f.Name)
		}
		seen[f.Name] = true
		if total += f.UncompressedSize64; total > uint64(limits.Inflated) {
			return bombf("the archive's entries have more than %d bytes together, which is what MAX_ARCHIVE_INFLATED allows", limits.Inflated)
		}
	}
	return checkOverlap(files)
}

func checkEntry(f *zip.File, limits Limits) error {
	up := func(part string) bool { return part == ".." }
	switch {
	case f.Name == "", strings.ContainsAny(f.Name, "\\\x00"), strings.HasPrefix(f.Name, "/"),
		len(f.Name) > 1 && f.Name[1] == ':', slices.ContainsFunc(strings.Split(f.Name, "/"), up):
		return unsafef("entry %q of the archive has a name that leads elsewhere", f.Name)
	case f.Flags&1 != 0:
		return fault.Refusef(CodeEncrypted, "entry %q of the archive is encrypted: save the document without a password", f.Name)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return unsafef("entry %q of the archive is packed by method %d, which documents do not use", f.Name, f.Method)
	case f.CompressedSize64 > 2*f.UncompressedSize64+1024: // not even a packer that flushes all the time does that
		return unsafef("entry %q of the archive says that its %d bytes were packed into %d", f.Name, f.UncompressedSize64, f.CompressedSize64)
	case f.UncompressedSize64 > uint64(limits.Inflated):
		return bombf("entry %q of the archive has %d bytes, MAX_ARCHIVE_INFLATED allows %d", f.Name, f.UncompressedSize64, limits.Inflated)
	case f.UncompressedSize64 > small && f.UncompressedSize64/uint64(limits.Ratio) >= max(1, f.CompressedSize64):
		return bombf("entry %q of the archive grows from %d to %d bytes, MAX_ARCHIVE_RATIO allows %d times", f.Name, f.CompressedSize64, f.UncompressedSize64, limits.Ratio)
	}
	return nil
}

// checkOverlap refuses entries that share bytes: that is how a small archive
// comes to hold the same large thing ten thousand times.
func checkOverlap(files []*zip.File) error {
	type span struct {
		name     string
		from, to int64
	}
	var spans []span
	for _, f := range files {
		at, err := f.DataOffset()
		if err != nil {
			return Damaged(fmt.Sprintf("entry %q of the archive", f.Name), err)
		}
		if f.CompressedSize64 > 1<<50 {
			return unsafef("entry %q of the archive says it has %d bytes", f.Name, f.CompressedSize64)
		}
		// The header of the data has 30 bytes and the name, at least.
		spans = append(spans, span{f.Name, at - 30 - int64(len(f.Name)), at + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return bombf("entries %q and %q of the archive share bytes", spans[i-1].name, spans[i].name)
		}
	}
	return nil
}

// head returns how an entry begins, and "" where it cannot be read: that comes to
// light when somebody needs it.
func (a *Archive) head(name string) string {
	r, err := a.files[name].Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(r, head)
	return string(head[:n])
}
