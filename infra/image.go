package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"xietong.dev/infra/render"
	"xietong.dev/shared/manifest"
)

type imageCommand struct {
	Function string `arg:"" help:"The function's word."`
	Arch     string `help:"CPU: amd64, arm64 or loong64. By default this machine's." enum:"amd64,arm64,loong64," default:""`
	Tag      string `help:"The version. By default the manifest's." placeholder:"TAG"`
	Registry string `help:"host:port/path in place of the manifest's." placeholder:"HOST"`
	Base     string `help:"Image with the packages that the function's packages.txt lists." placeholder:"IMAGE"`
	Watchdog string `help:"The of-watchdog program for that CPU: makes the image for OpenFaaS." placeholder:"FILE"`
	CA       string `name:"ca" help:"Certificates that the function trusts." default:"/etc/ssl/certs/ca-certificates.crt" placeholder:"FILE"`
	Save     string `help:"Also write the image to a file (an OCI archive), to be carried to where it is needed." placeholder:"FILE"`
}

// Run builds the binary on this machine and the image around it.
func (c imageCommand) Run(s *session) error {
	f, _, err := s.load(c.Function)
	if err != nil {
		return err
	}
	if len(f.Packages) > 0 && c.Base == "" {
		return fmt.Errorf("%s runs programs besides itself: name an image that holds the Debian packages %s with --base", f.Word, strings.Join(names(f.Packages), ", "))
	}
	engine, err := engine()
	if err != nil {
		return err
	}
	if c.Arch == "" {
		c.Arch = runtime.GOARCH
	}
	target := filepath.Join("bin", c.Arch, f.Word)
	if err := s.build(f.Word, c.Arch, target); err != nil {
		return err
	}
	context, err := os.MkdirTemp("", "infra-image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(context)
	if err := errors.Join(c.gather(context, s.at(target)), s.gatherManifests(context, f)); err != nil {
		return fmt.Errorf("gather what goes into the image: %w", err)
	}
	return c.make(s, engine, context, f)
}

func names(packages []manifest.Package) []string {
	var all []string
	for _, p := range packages {
		all = append(all, p.Name)
	}
	return all
}

// engine is the program that builds images here.
func engine() (string, error) {
	for _, name := range []string{"podman", "docker"} {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", errors.New("neither podman nor docker is on this machine, and one of them builds images: apt-get install podman runc")
}

// gather lays out what the Dockerfile copies.
func (c imageCommand) gather(context, binary string) error {
	root := filepath.Join(context, "root")
	for _, folder := range []struct {
		path string
		mode os.FileMode
	}{{root, 0o755}, {filepath.Join(root, "etc"), 0o755}, {filepath.Join(root, "etc/ssl"), 0o755}, {filepath.Join(root, "etc/ssl/certs"), 0o755},
		{filepath.Join(root, "tmp"), 0o777 | os.ModeSticky}} {
		if err := errors.Join(os.Mkdir(folder.path, 0o700), os.Chmod(folder.path, folder.mode)); err != nil {
			return err
		}
	}
	if err := copyFile(c.CA, filepath.Join(root, "etc/ssl/certs/ca-certificates.crt"), 0o644); err != nil {
		return err
	}
	if c.Watchdog != "" {
		if err := copyFile(c.Watchdog, filepath.Join(context, "fwatchdog"), 0o755); err != nil {
			return err
		}
	}
	return copyFile(binary, filepath.Join(root, "function"), 0o755)
}

// gatherManifests puts the functions' manifests into the image of the console: they say
// where events go.
func (s *session) gatherManifests(context string, f manifest.Function) error {
	if f.Word != console {
		return nil
	}
	words, err := functions(s.root)
	for _, word := range words {
		to := filepath.Join(context, "root", "functions", word)
		err = errors.Join(err, os.MkdirAll(to, 0o755), os.Chmod(to, 0o755), copyFile(filepath.Join(s.root, folder(word), manifest.FileName), filepath.Join(to, manifest.FileName), 0o644))
	}
	return errors.Join(err, os.Chmod(filepath.Join(context, "root", "functions"), 0o755))
}

func copyFile(from, to string, mode os.FileMode) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close(), os.Chmod(to, mode))
}

// make builds the image, says how large it is, and saves it.
func (c imageCommand) make(s *session, engine, context string, f manifest.Function) error {
	name := render.Image(f, render.Choice{Tag: c.Tag, Registry: c.Registry})
	stage := "function"
	if c.Watchdog != "" {
		name, stage = name+render.WatchdogSuffix, "openfaas"
	}
	build := []string{engine, "build", "--platform", "linux/" + c.Arch, "--target", stage, "--file", s.at("infra/Dockerfile"), "--tag", name}
	if c.Base != "" {
		build = append(build, "--build-arg", "BASE="+c.Base)
	}
	if _, err := s.engine(append(build, context)); err != nil {
		return err
	}
	text, err := s.engine([]string{engine, "image", "inspect", "--format", "{{.Size}}", name})
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return fmt.Errorf("size of %s: %w", name, err)
	}
	fmt.Fprintf(s.out, "%-12s %-8s %5.1f MiB  image %s\n", f.Word, c.Arch, mebibytes(size), name)
	return c.save(s, engine, name)
}

func (c imageCommand) save(s *session, engine, name string) error {
	if c.Save == "" {
		return nil
	}
	if err := os.Remove(c.Save); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err // podman adds to an archive that is there
	}
	save := []string{engine, "save", "--output", c.Save, name}
	if engine == "podman" {
		save = []string{engine, "save", "--format", "oci-archive", "--output", c.Save, name}
	}
	if _, err := s.engine(save); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "saved to %s; where it is needed: %s load --input %s\n", c.Save, engine, c.Save)
	return nil
}

// engine runs podman or docker, which say much that matters only when they fail.
func (s *session) engine(command []string) (string, error) {
	cmd := exec.CommandContext(s.ctx, command[0], command[1:]...)
	var said strings.Builder
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(command, " "), err, text, said.String())
	}
	return string(text), nil
}
