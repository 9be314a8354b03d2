package formats

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"xietong.dev/shared/fault"
)

// CheckArchive refuses a zip file that is built to hurt whoever opens it, before
// anybody does. Only its directory is read, and the archives it holds.
func CheckArchive(r io.ReaderAt, size int64, limits Limits) error {
	return checkArchive(r, size, limits, 0)
}

func checkArchive(r io.ReaderAt, size int64, limits Limits, level int) error {
	a, err := OpenArchive(r, size, limits)
	if err != nil {
		return err
	}
	for _, name := range a.Names() {
		if !a.startsAs(a.files[name], "PK\x03\x04") {
			continue
		}
		if level >= limits.Nesting {
			return bombf("entry %q is an archive within %d others, MAX_ARCHIVE_NESTING allows %d", name, level+1, limits.Nesting)
		}
		held, err := a.Read(name, int64(limits.Nested))
		if err != nil {
			return err
		}
		if err := checkArchive(bytes.NewReader(held), int64(len(held)), limits, level+1); err != nil {
			return fmt.Errorf("entry %q: %w", name, err)
		}
	}
	return nil
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

func (a *Archive) startsAs(f *zip.File, text string) bool {
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	head := make([]byte, len(text))
	_, err = io.ReadFull(r, head)
	return err == nil && string(head) == text
}
