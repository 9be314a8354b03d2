package child

import "golang.org/x/sys/unix"

// refusedCalls are the system calls that a child with [Files] is refused besides
// those that every child is: ways to other processes, to other views of the
// system, and to seldom used parts of the kernel, where its holes have been.
var refusedCalls = []uint32{
	// other processes (what ptrace is let do, see filter)
	unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PROCESS_MADVISE,
	unix.SYS_PIDFD_GETFD, unix.SYS_KCMP, unix.SYS_MOVE_PAGES, unix.SYS_MIGRATE_PAGES,
	// mounts and namespaces
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT,
	unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE, unix.SYS_OPEN_TREE_ATTR, unix.SYS_MOUNT_SETATTR,
	unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK,
	unix.SYS_UNSHARE, unix.SYS_SETNS,
	// files past their paths
	unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_FANOTIFY_INIT,
	unix.SYS_LOOKUP_DCOOKIE, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD,
	// code in the kernel
	unix.SYS_BPF, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
	unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
	unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	// keys
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	// the machine
	unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_SYSLOG, unix.SYS_VHANGUP,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX,
	unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
}

// newNamespaces are the flags of clone that make some.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// Offsets in struct seccomp_data; all architectures here are little endian.
const (
	dataNumber   = 0
	dataArch     = 4
	dataArgument = 16
)

// x32 marks the calls of amd64's other table, which would pass the filter.
const x32 = 0x40000000

var (
	refuse = answer(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))
	deny   = answer(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)) // that the kernel has the call
	permit = answer(unix.SECCOMP_RET_ALLOW)
)

func load(at uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
}

func answer(k uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k}
}

// unless skips the given number of lines where the test fails.
func unless(test uint16, k uint32, skip uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_K | test, K: k, Jf: skip}
}

// when skips the given number of lines where the test holds.
func when(test uint16, k uint32, skip uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_K | test, K: k, Jt: skip}
}

// filter is a program for the kernel, for every child. Each call is looked at by
// a block of lines that ends with an answer; the last answer permits.
func filter(arch uint32) []unix.SockFilter {
	return append(basic(arch), permit)
}

// strict is [filter] for a child with Files.
//
// Of ptrace two requests are left: to be traced by one's own parent and to let
// go, without which the limits could not be set (see limit). Neither reads or
// changes anything. clone3 hides its flags from a filter: it is said to be
// unknown, and libraries fall back to clone.
func strict(arch uint32) []unix.SockFilter {
	program := basic(arch)
	for _, call := range refusedCalls {
		program = append(program, unless(unix.BPF_JEQ, call, 1), refuse)
	}
	return append(program,
		unless(unix.BPF_JEQ, unix.SYS_CLONE3, 1), deny,
		unless(unix.BPF_JEQ, unix.SYS_PTRACE, 5),
		load(dataArgument), when(unix.BPF_JEQ, unix.PTRACE_TRACEME, 2), when(unix.BPF_JEQ, unix.PTRACE_DETACH, 1), refuse, permit,
		unless(unix.BPF_JEQ, unix.SYS_CLONE, 4),
		load(dataArgument), unless(unix.BPF_JSET, newNamespaces, 1), refuse, permit,
		permit)
}

func basic(arch uint32) []unix.SockFilter {
	return []unix.SockFilter{
		load(dataArch),
		when(unix.BPF_JEQ, arch, 1), answer(unix.SECCOMP_RET_KILL_PROCESS),
		load(dataNumber),
		unless(unix.BPF_JGE, x32, 1), refuse,
		unless(unix.BPF_JEQ, unix.SYS_SETSID, 1), refuse,
		unless(unix.BPF_JEQ, unix.SYS_IO_URING_SETUP, 1), refuse,
		unless(unix.BPF_JEQ, unix.SYS_SOCKET, 4),
		load(dataArgument), when(unix.BPF_JEQ, unix.AF_UNIX, 1), refuse, permit,
	}
}
