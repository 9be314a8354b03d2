package archive

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"xietong.dev/shared/fault"
)

// Archive is a zip file whose directory was checked. What is read from it counts
// towards the limits again, for a directory may lie. It is for one goroutine.
type Archive struct {
	list   []*zip.File
	files  map[string]*zip.File
	limits Limits
	left   int64 // bytes that may still be inflated
}

// Open checks the directory of a zip file, as [Check] does but for the archives
// within, and opens it.
func Open(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	files, err := directory(r, size, limits)
	if err != nil {
		return nil, err
	}
	if err := checkDirectory(files, limits); err != nil {
		return nil, err
	}
	return opened(files, limits), nil
}

// Glance opens a zip file without judging its entries, for whoever only wants to
// tell what it is. Of entries with one name it has the first.
func Glance(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	files, err := directory(r, size, limits)
	if err != nil {
		return nil, err
	}
	return opened(files, limits), nil
}

func opened(files []*zip.File, limits Limits) *Archive {
	a := &Archive{list: files, files: map[string]*zip.File{}, limits: limits, left: int64(limits.Inflated)}
	for _, f := range files {
		if a.files[f.Name] == nil {
			a.files[f.Name] = f
		}
	}
	return a
}

// Entry is what the directory says of one entry.
type Entry struct {
	Name      string
	Offset    int64 // of its packed bytes in the file
	Packed    int64 // bytes there
	Size      int64 // bytes once they are inflated
	CRC32     uint32
	Deflated  bool // or stored as it is
	Encrypted bool
}

// Entries returns what the directory says, in its order. An entry that cannot be
// found in the file is an error.
func (a *Archive) Entries() ([]Entry, error) {
	var all []Entry
	for _, f := range a.list {
		at, err := f.DataOffset()
		if err != nil {
			return nil, Damaged(f.Name, err)
		}
		all = append(all, Entry{Name: f.Name, Offset: at, Packed: int64(f.CompressedSize64), Size: int64(f.UncompressedSize64), CRC32: f.CRC32,
			Deflated: f.Method == zip.Deflate, Encrypted: f.Flags&1 != 0})
	}
	return all, nil
}

// IsEncrypted reports whether any entry is.
func (a *Archive) IsEncrypted() bool {
	return slices.ContainsFunc(a.list, func(f *zip.File) bool { return f.Flags&1 != 0 })
}

// directory reads the list of entries and no more of it than is allowed.
func directory(r io.ReaderAt, size int64, limits Limits) ([]*zip.File, error) {
	// 66 kB are what it takes to find the directory in the first place.
	listed := &allowance{r, int64(limits.Directory) + 66<<10}
	z, err := zip.NewReader(listed, size)
	switch {
	case errors.Is(err, errAllowance):
		return nil, bombf("the archive's directory has more than %d bytes, which is what MAX_ARCHIVE_DIRECTORY allows", limits.Directory)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, Damaged("the archive's directory", err)
	}
	listed.left = math.MaxInt64
	return z.File, nil
}

var errAllowance = errors.New("more than is allowed")

// allowance lets so many bytes be read.
type allowance struct {
	r    io.ReaderAt
	left int64
}

func (a *allowance) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 { // where a directory leads that is built to
		return 0, zip.ErrFormat
	}
	if a.left -= int64(len(p)); a.left < 0 {
		return 0, errAllowance
	}
	return a.r.ReadAt(p, at)
}

// Has reports whether there is an entry of this name.
func (a *Archive) Has(name string) bool { return a.files[name] != nil }

// Names returns the names of the entries, sorted.
func (a *Archive) Names() []string {
	var names []string
	for name := range a.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// openBytes is what opening an entry counts, for it takes time too: a document may
// name the same small part a million times.
const openBytes = 4 << 10

func (a *Archive) tooMuch() error {
	return bombf("the archive holds more than %d bytes, which is what MAX_ARCHIVE_INFLATED allows", a.limits.Inflated)
}

// Open opens an entry. There is a refusal where it is missing, and one while
// reading where it turns out larger than the limits allow.
func (a *Archive) Open(name string) (io.ReadCloser, error) {
	f := a.files[name]
	if f == nil {
		return nil, unreadablef("the archive has no part %q", name)
	}
	if a.left -= openBytes; a.left < 0 {
		return nil, a.tooMuch()
	}
	r, err := f.Open()
	if err != nil {
		return nil, Damaged(name, err)
	}
	return &entry{r, a, name}, nil
}

// Read returns a whole entry of at most so many bytes.
func (a *Archive) Read(name string, limit int64) ([]byte, error) {
	r, err := a.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	held, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(held)) > limit {
		return nil, fault.Refusef(CodeTooLarge, "part %q of the archive has more than %d bytes", name, limit)
	}
	return held, nil
}

// XML opens an entry as XML; the second value closes it.
func (a *Archive) XML(name string) (*XML, func() error, error) {
	r, err := a.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return NewXML(r, name, a.limits), r.Close, nil
}

// entry counts what is inflated.
type entry struct {
	io.ReadCloser
	from *Archive
	name string
}

func (e *entry) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	if e.from.left -= int64(n); e.from.left < 0 {
		return 0, e.from.tooMuch()
	}
	if err != nil && err != io.EOF {
		return n, Damaged(e.name, err)
	}
	return n, err
}

// Damaged tells the damage of a file, which no repetition mends, from a failure
// to read it, which one may.
func Damaged(what string, err error) error {
	var corrupt flate.CorruptInputError
	var within flate.InternalError
	switch {
	case err == nil || fault.IsInvalid(err):
		return err
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.As(err, &corrupt), errors.As(err, &within):
		return unreadablef("%s is damaged: %w", what, err)
	}
	return fmt.Errorf("read %s: %w", what, err)
}
