package child

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Files is all that a child may see of the file system, besides its program and
// its private directory, where it may do everything. What is named here and does
// not exist is left out.
//
// A child with Files is also refused what no converter needs: to trace or read
// other processes, to mount, to load code into the kernel, to make namespaces,
// to use keys, and more (see refusedCalls).
type Files struct {
	Read  []string // files and directories it may read, and run programs from
	Write []string // files and directories it may change too
	// Sockets are directories where it may make sockets, and may see, change and
	// remove nothing: for programs that insist on a place. They stay there.
	Sockets []string
}

// ErrNotEnclosed is returned for a child with Files where neither Landlock nor
// bubblewrap can keep it to them.
var ErrNotEnclosed = errors.New("nothing here keeps a child to its files: it takes Linux 6.2 with Landlock, or bubblewrap and the right to make user namespaces")

// What can keep a child to its Files.
const (
	Landlock   = "landlock"
	Bubblewrap = "bubblewrap"
)

// Enclosed says what keeps children to their [Files]: [Landlock], [Bubblewrap],
// or "" where nothing does, and a child with Files is not started.
func Enclosed() string { return enclosed() }

var enclosed = sync.OnceValue(func() string {
	switch {
	case landlockVersion() >= landlockNeeded:
		return Landlock
	case bubblewraps():
		return Bubblewrap
	}
	return ""
})

// landlockNeeded is the version that knows truncation; under an older one a
// child could empty any file. It came with Linux 6.2.
const landlockNeeded = 3

// landlockVersion is 0 where the kernel has no Landlock.
func landlockVersion() int {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(version)
}

const (
	landRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	landWrite = landRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE |
		unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_SYM |
		unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
		unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REFER
	// landFile is what makes sense for a file; the kernel refuses the rest there.
	landFile = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE |
		unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
)

// restricted is what a Landlock of the given version can refuse.
func restricted(version int) unix.LandlockRulesetAttr {
	a := unix.LandlockRulesetAttr{
		Handled_access_fs: landWrite | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK,
	}
	if version >= 4 {
		a.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if version >= 5 {
		a.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if version >= 6 {
		a.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	return a
}

// rulesetSize is the part of the attributes that kernels know since version 6.
// An older one takes it as long as what it does not know is zero.
const rulesetSize = 24

// enclose keeps the calling thread, and what it starts, to the files. It needs
// confine before it.
func enclose(f Files) error {
	attr := restricted(landlockVersion())
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), rulesetSize, 0)
	if errno != 0 {
		return fmt.Errorf("make a set of Landlock rules: %w", errno)
	}
	defer unix.Close(int(fd))
	for _, path := range slices.Concat(f.Read, devices.Read) {
		if err := allow(int(fd), path, landRead); err != nil {
			return err
		}
	}
	for _, path := range slices.Concat(f.Write, devices.Write) {
		if err := allow(int(fd), path, landWrite); err != nil {
			return err
		}
	}
	for _, path := range f.Sockets {
		if err := allow(int(fd), path, unix.LANDLOCK_ACCESS_FS_MAKE_SOCK); err != nil {
			return err
		}
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return fmt.Errorf("apply Landlock rules: %w", errno)
	}
	return nil
}

// allow adds a rule for what is below path.
func allow(set int, path string, access uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return nil
	}
	if err != nil {
		return fmt.Errorf("allow %s: %w", path, err)
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return fmt.Errorf("allow %s: %w", path, err)
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= landFile
	}
	// The kernel's struct is packed: 8 and 4 bytes.
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	runtime.KeepAlive(&rule)
	if errno != 0 {
		return fmt.Errorf("allow %s: %w", path, errno)
	}
	return nil
}

// devices are there for every program (bubblewrap brings its own); opening them
// tells and changes nothing.
var devices = Files{Read: []string{"/dev/zero", "/dev/random", "/dev/urandom"}, Write: []string{os.DevNull}}

// with adds what every child has.
func (f Files) with(program, private string) Files {
	return Files{
		Read:    append(slices.Clip(f.Read), program),
		Write:   append(slices.Clip(f.Write), private),
		Sockets: f.Sockets,
	}
}
