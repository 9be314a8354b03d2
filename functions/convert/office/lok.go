package office

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// kit is LibreOffice in this process, by way of its LibreOfficeKit interface: two
// objects, each a pointer to a table of C functions. All calls must come from the
// thread that opened it.
type kit struct {
	this     uintptr
	texts    []unsafe.Pointer // that LibreOffice was handed, and may still read
	url      string           // of the document that is being loaded
	password string
	asked    int // how often LibreOffice asked for its password
}

// Places in the tables (LibreOfficeKit.h, the same since LibreOffice 6.0). Place
// 0 holds the table's size.
const (
	officeGetError            = 3
	officeLoadWithOptions     = 4
	officeFreeError           = 5
	officeRegisterCallback    = 6
	officeSetOptionalFeatures = 8
	officeSetPassword         = 9
	officeGetVersion          = 10

	documentDestroy = 1
	documentSaveAs  = 2
)

const (
	featurePassword  = 1 // that we answer callbackPassword
	callbackPassword = 20
)

// openKit loads LibreOffice from its program directory, with a user profile.
func openKit(program, profile string) (*kit, error) {
	library, err := purego.Dlopen(filepath.Join(program, "libmergedlo.so"), purego.RTLD_LAZY|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("load LibreOffice: %w", err)
	}
	hook, err := purego.Dlsym(library, "libreofficekit_hook_2")
	if err != nil {
		return nil, fmt.Errorf("load LibreOffice: %w", err)
	}
	k := &kit{}
	k.this, _, _ = purego.SyscallN(hook, k.text(program), k.text(fileURL(profile)))
	if k.this == 0 {
		return nil, errors.New("LibreOffice did not start")
	}
	if err := onSignalStacks(); err != nil {
		return nil, err
	}
	k.call(officeSetOptionalFeatures, featurePassword)
	k.call(officeRegisterCallback, purego.NewCallback(k.told), 0)
	return k, nil
}

// onSignalStacks gives LibreOffice's signal handlers the stacks that Go's runtime
// insists on: it ends the process at a signal whose handler lacks the flag.
func onSignalStacks() error {
	const onStack, ignore, last = 0x08000000, 1, 64
	for signal := uintptr(1); signal <= last; signal++ {
		// Handler and flags come first on every CPU; what follows differs, fits,
		// and is handed back as it was.
		var action [4]uint64
		_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, signal, 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
		if errno != 0 || action[0] <= ignore || action[1]&onStack != 0 {
			continue
		}
		action[1] |= onStack
		_, _, errno = unix.RawSyscall6(unix.SYS_RT_SIGACTION, signal, uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
		if errno != 0 {
			return fmt.Errorf("move the handler of signal %d: %w", signal, errno)
		}
	}
	return nil
}

// told is called by LibreOffice while it loads a document. It waits for an
// answer when it needs a password: none means that there is no other.
func (k *kit) told(kind int32, _, _ uintptr) uintptr {
	if kind != callbackPassword {
		return 0
	}
	k.asked++
	answer := uintptr(0)
	if k.asked == 1 && k.password != "" {
		answer = k.text(k.password)
	}
	k.call(officeSetPassword, k.text(k.url), answer)
	return 0
}

// version is LibreOffice's own account of itself, a JSON text.
func (k *kit) version() string {
	p := k.call(officeGetVersion)
	defer k.free(p)
	return textAt(p)
}

// failure is what LibreOffice says of the call before.
func (k *kit) failure() string {
	p := k.call(officeGetError)
	if p == 0 {
		return ""
	}
	defer k.free(p)
	return textAt(p)
}

// free gives back a text; it is the only function that takes no object.
func (k *kit) free(p uintptr) { purego.SyscallN(entry(k.this, officeFreeError), p) }

// convert loads one document and saves it as another.
func (k *kit) convert(o order) answer {
	k.texts = nil
	k.url, k.password, k.asked = fileURL(o.In), o.Password, 0
	document := k.call(officeLoadWithOptions, k.text(k.url), k.text(loadOptions))
	if document == 0 {
		return answer{Code: unloaded(k.asked, k.password), Text: k.failure()}
	}
	defer purego.SyscallN(entry(document, documentDestroy), document)
	saved, _, _ := purego.SyscallN(entry(document, documentSaveAs), document, k.text(fileURL(o.Out)), k.text(o.Filter), k.text(o.Options))
	if int32(saved) == 0 {
		return answer{Code: CodeUnsaved, Text: k.failure()}
	}
	return answer{Done: true}
}

// unloaded says why a document could not be loaded.
func unloaded(asked int, password string) string {
	switch {
	case asked == 0:
		return CodeUnreadable
	case password == "":
		return CodeEncrypted
	}
	return CodePassword
}

// loadOptions pins what else would follow the machine: the default paper, dates
// and the fonts of last resort. In a batch nobody is asked anything, which would
// wait for ever.
const loadOptions = "Language=zh-CN,Batch=true"

func (k *kit) call(place int, arguments ...uintptr) uintptr {
	r, _, _ := purego.SyscallN(entry(k.this, place), append([]uintptr{k.this}, arguments...)...)
	return r
}

// entry is a function of an object: its first word points to its table.
func entry(object uintptr, place int) uintptr {
	table := *(*uintptr)(at(object))
	return *(*uintptr)(at(table + uintptr(place)*unsafe.Sizeof(table)))
}

// text is a C text of s. It stays until the next document.
func (k *kit) text(s string) uintptr {
	b := append([]byte(strings.ReplaceAll(s, "\x00", "")), 0)
	k.texts = append(k.texts, unsafe.Pointer(&b[0]))
	return uintptr(unsafe.Pointer(&b[0]))
}

// at is memory that is not Go's, and does not move.
func at(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// textAt copies a C text.
func textAt(p uintptr) string {
	if p == 0 {
		return ""
	}
	return unix.BytePtrToString((*byte)(at(p)))
}

// fileURL is the address of a file, as LibreOffice wants it: percent signs and
// everything else that means something in an address are encoded.
func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: path}).String()
}
