package office

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
)

// made is where in its directory an engine puts what it makes.
const made = "made"

// workplace is a new directory for an engine, with a profile in it.
func (p *Pool) workplace() (string, error) {
	dir, err := os.MkdirTemp(p.dir, "work-")
	if err != nil {
		return "", err
	}
	err = errors.Join(os.Mkdir(filepath.Join(dir, made), 0o700), copyProfile(filepath.Join(p.dir, "profile"), filepath.Join(dir, "profile")))
	if err != nil {
		return "", errors.Join(fmt.Errorf("make a place to work: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}

// discard removes an engine's directory. What crashed may have started something
// that writes there until it is dead too.
func discard(dir string) (err error) {
	for range 5 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// system is what LibreOffice reads of the machine: itself, what it is linked
// with, its settings, the fonts' settings and the time zone. It needs nothing of
// /proc.
var system = []string{
	"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime",
	"/etc/fonts", "/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice",
}

// fenced completes a command that works in dir.
func (p *Pool) fenced(c child.Cmd, dir string) child.Cmd {
	c.Dir = dir
	c.Env = []string{"FONTCONFIG_FILE=" + filepath.Join(p.dir, "fonts.conf"), "SAL_USE_VCLPLUGIN=svp", "SAL_DISABLE_OPENCL=1"}
	c.Files = &child.Files{
		Read:  append([]string{filepath.Dir(p.config.Program), filepath.Join(p.dir, "fonts.conf"), filepath.Join(p.dir, "fonts")}, system...),
		Write: []string{dir},
	}
	c.Limits = child.Limits{Wall: p.config.Wall, Memory: int64(p.config.Memory), File: int64(p.config.File), Output: 1 << 20}
	return c
}

// place copies a document into an engine's directory.
func place(from string, work *os.Root, name string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := work.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// errNotMade says that an engine claims to be done, and nothing is there.
var errNotMade = errors.New("LibreOffice made nothing")

// deliver copies what an engine made to where it is wanted, by another name
// first. The engine may have left anything in its place.
func deliver(work *os.Root, name, to string, most int64) (err error) {
	in, err := work.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotMade, err)
	}
	defer in.Close()
	info, err := in.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Size() == 0:
		return fmt.Errorf("%w: %s of %d bytes", errNotMade, info.Mode().Type(), info.Size())
	case info.Size() > most:
		return fault.Refusef(CodeTooHeavy, "the document became a file of %d bytes, OFFICE_FILE allows %d", info.Size(), most)
	}
	out, err := os.CreateTemp(filepath.Dir(to), ".office-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, most))
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		os.Remove(out.Name())
	}
	return err
}
