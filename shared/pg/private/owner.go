package private

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is who a server runs as. PostgreSQL refuses to run as root.
type owner struct {
	credential *syscall.Credential // nil: as ourselves
	namespace  bool                // as ourselves, but under another number in a user namespace
}

// ownerFor chooses who runs the server that keeps its data in dir: ourselves
// unless we are root; then postgres or nobody, if they can reach dir; else
// ourselves in a user namespace.
func ownerFor(dir string) (*owner, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if os.Geteuid() != 0 {
		return &owner{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil || !reachable(dir) {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("user %s has no numeric id", name)
		}
		return &owner{credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return &owner{namespace: true}, nil
}

// reachable reports whether everybody may pass through the directories above
// dir.
func reachable(dir string) bool {
	for at := filepath.Dir(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if at == filepath.Dir(at) {
			return true
		}
	}
}

func (o *owner) give(path string) error {
	if o.credential == nil {
		return nil
	}
	return os.Chown(path, int(o.credential.Uid), int(o.credential.Gid))
}

func (o *owner) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT, Credential: o.credential}
	if o.namespace {
		const someone = 65534
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: someone, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: someone, HostID: os.Getgid(), Size: 1}}
		a.Credential = &syscall.Credential{Uid: someone, Gid: someone, NoSetGroups: true}
	}
	return a
}
