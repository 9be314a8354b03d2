package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/pg/private"
)

// ownPodman gives podman a place of its own, which goes with the test, and what
// it needs inside a container: no overlay, no systemd, and Debian's runc.
func ownPodman(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"storage.conf": fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = %q\n", dir+"/graph", dir+"/run"),
		"containers.conf": fmt.Sprintf("[engine]\ncgroup_manager = \"cgroupfs\"\nruntime = \"runc\"\nevents_logger = \"none\"\ntmp_dir = %q\n[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n",
			dir+"/tmp"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CONTAINERS_STORAGE_CONF", dir+"/storage.conf")
	t.Setenv("CONTAINERS_CONF", dir+"/containers.conf")
	t.Setenv("BUILDAH_ISOLATION", "chroot")
}

// image runs the command on this repository and returns what it printed.
func image(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	s := &session{ctx: t.Context(), root: "..", getenv: os.Getenv, now: time.Now, out: &out}
	if err := s.run(append([]string{"image"}, args...)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func podman(t *testing.T, args ...string) string {
	t.Helper()
	text, err := exec.Command("podman", args...).Output()
	if err != nil {
		t.Fatalf("podman %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(text))
}

// store is an object store over TLS that holds nothing, and its certificate.
func store(t *testing.T) (*httptest.Server, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes are meant to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return server, path
}

func database(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "infra-image")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755) // the server drops root's rights
	server, err := private.Start(t.Context(), private.Config{Dir: dir + "/pg", Getenv: os.Getenv, Log: dir + "/log"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server.URL("postgres")
}

// container is a running image.
type container struct {
	name, address string
	cmd           *exec.Cmd
	log           string // path of what it printed
}

// start runs an image as the manifests have it run: nothing may be written, and
// it is nobody.
func start(t *testing.T, image string, more ...string) *container {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	c := &container{name: "infra-test-" + port, address: "http://127.0.0.1:" + port, log: filepath.Join(t.TempDir(), "log")}
	args := []string{"run", "--rm", "--name", c.name, "--read-only", "--user", "65532:65532", "--cap-drop", "all", "--network", "host", "--env", "HOST=127.0.0.1", "--env", "PORT=" + port}
	c.cmd = exec.Command("podman", slices.Concat(args, more, []string{image})...)
	log, err := os.Create(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c.cmd.Stdout, c.cmd.Stderr = log, log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.stop(t) })
	c.await(t)
	return c
}

// stop ends the container as a platform does, once, and returns what it printed.
func (c *container) stop(t *testing.T) string {
	t.Helper()
	if c.cmd.ProcessState == nil {
		c.cmd.Process.Signal(syscall.SIGTERM)
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("%s does not end well: %v", c.name, err)
		}
	}
	text, err := os.ReadFile(c.log)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func (c *container) await(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get(c.address + "/health/ready"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s is not ready after a minute", c.name)
}

const notice = `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-03-01T08:00:00Z","eventName":"ObjectCreated:Put",
	"s3":{"bucket":{"name":"recordings"},"object":{"key":"weekly.ogg","size":7,"eTag":"abc"}}}]}`

func (c *container) tell(t *testing.T) int {
	t.Helper()
	res, err := http.Post(c.address+"/", "application/json", strings.NewReader(notice))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// broker takes events and says which types came.
func broker(t *testing.T) (string, func() string) {
	t.Helper()
	came := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e, err := ce.Read(r.Context(), r.Header, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		came <- e.Type()
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() string {
		var all []string
		for len(came) > 0 {
			all = append(all, <-came)
		}
		return strings.Join(all, " ")
	}
}

// An image that holds nothing but a function serves: as nobody, on a file system
// that it cannot write, over TLS to whom the given certificates vouch for and to
// nobody else. The store holds nothing, so the upload is refused, twice alike; the
// notice is bare, and so counts as taken.
func TestAnImageOfNothingButTheFunctionServes(t *testing.T) {
	ownPodman(t)
	store, ca := store(t)
	sink, came := broker(t)
	secret := filepath.Join(t.TempDir(), "database") // as OpenFaaS hands it over
	if err := os.WriteFile(secret, []byte(database(t)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := []string{"--volume", secret + ":/var/openfaas/secrets/database:ro", "--env", "DATABASE_URL_FILE=/var/openfaas/secrets/database",
		"--env", "S3_ENDPOINT=" + store.URL, "--env", "S3_ACCESS_KEY=a", "--env", "S3_SECRET_KEY=b", "--env", "K_SINK=" + sink}

	image(t, "uploads", "--tag", "others")
	c := start(t, "localhost/xietong/uploads:others", env...)
	if status, events := c.tell(t), came(); status != http.StatusTooManyRequests || events != "" {
		t.Errorf("a store that nobody vouches for: %d, events %q", status, events)
	}
	if log := c.stop(t); !strings.Contains(log, "x509: certificate signed by unknown authority") {
		t.Errorf("the log does not say why\n%s", log)
	}

	archive := filepath.Join(t.TempDir(), "uploads.tar")
	said := image(t, "uploads", "--tag", "tested", "--ca", ca, "--save", archive)
	if !strings.Contains(said, "MiB  image xietong/uploads:tested\n") || !strings.Contains(said, "saved to "+archive) {
		t.Errorf("printed\n%s", said)
	}
	isOCI(t, archive)
	c = start(t, "localhost/xietong/uploads:tested", env...)
	for range 2 {
		if status, events := c.tell(t), came(); status != http.StatusNoContent || events != "dev.xietong.recording.refused.v1" {
			t.Errorf("a store that holds no such object: %d, events %q", status, events)
		}
	}
	c.isHarmless(t)
}

// isHarmless looks at the running process from outside.
func (c *container) isHarmless(t *testing.T) {
	t.Helper()
	proc := "/proc/" + podman(t, "inspect", "--format", "{{.State.Pid}}", c.name)
	status, err := os.ReadFile(proc + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Uid:\t65532\t65532\t65532\t65532", "Gid:\t65532\t65532\t65532\t65532", "CapEff:\t0000000000000000"} {
		if !strings.Contains(string(status), line+"\n") {
			t.Errorf("its status lacks %q\n%s", line, status)
		}
	}
	mounts, err := os.ReadFile(proc + "/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); fields[4] == "/" && !strings.HasPrefix(fields[5], "ro") {
			t.Errorf("its root can be written: %s", line)
		}
	}
	if size, err := strconv.Atoi(podman(t, "image", "inspect", "--format", "{{.Size}}", "localhost/xietong/uploads:tested")); err != nil || size > 40<<20 {
		t.Errorf("the image has %d bytes (%v): more than the function is in it", size, err)
	}
}

func isOCI(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for archive := tar.NewReader(f); ; {
		h, err := archive.Next()
		if err != nil {
			t.Fatalf("%s holds no oci-layout: %v", path, err)
		}
		if h.Name == "oci-layout" {
			return
		}
	}
}

// A stand-in for of-watchdog, which is not to be had here: what counts is where
// it stands, and that the function stands behind it.
func TestTheImageForOpenFaaSBeginsWithTheWatchdog(t *testing.T) {
	ownPodman(t)
	said := image(t, "uploads", "--arch", "arm64", "--tag", "tested", "--registry", "registry.example:5000/toolbox", "--watchdog", "image.go")
	const name = "registry.example:5000/toolbox/uploads:tested-openfaas"
	if !strings.Contains(said, "image "+name+"\n") {
		t.Errorf("printed\n%s", said)
	}
	var images []struct {
		Architecture string
		Config       struct {
			User       string
			Entrypoint []string
		}
	}
	if err := json.Unmarshal([]byte(podman(t, "image", "inspect", name)), &images); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(images); got != "[{arm64 {65532:65532 [/fwatchdog]}}]" {
		t.Errorf("the image is %s", got)
	}
}

func TestAnImageThatCannotBeIsRefused(t *testing.T) {
	s := &session{ctx: t.Context(), root: "..", getenv: os.Getenv, now: time.Now, out: io.Discard}
	err := s.run([]string{"image", "transcribe"})
	want(t, fmt.Sprint(err), "transcribe runs programs besides itself: name an image that holds the Debian packages ffmpeg, pocketsphinx, pocketsphinx-en-us with --base")
	t.Setenv("PATH", t.TempDir())
	err = s.run([]string{"image", "uploads"})
	want(t, fmt.Sprint(err), "neither podman nor docker is on this machine, and one of them builds images: apt-get install podman runc")
}
