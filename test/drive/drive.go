// Package drive runs the real one-machine runtime as a process, for scenarios
// and benchmarks, and speaks to it as its users do: over S3 and over HTTP.
package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
)

// Runtime is a running `local up`.
type Runtime struct {
	Front, Store, Database         string // addresses
	Console                        string // the address that lets a person in
	AccessKey, SecretKey, APIToken string
	State                          string // directory
	Blob                           blob.Store
	Output                         *Output // what it has printed

	root, program string
	cmd           *exec.Cmd
}

// Build compiles the runtime once and returns the program's path.
func Build(ctx context.Context, root, dir string) (string, error) {
	program := filepath.Join(dir, "local")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, "./local")
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build local: %w\n%s", err, text)
	}
	return program, nil
}

// Root finds the repository's root.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.work")); err == nil {
			return at, nil
		}
	}
	return "", errors.New("no go.work here or above")
}

// Up starts the runtime on a state directory, on free ports, and returns when
// it is ready. As with env(1), NAME=value before the other arguments is set in
// its environment.
func Up(ctx context.Context, root, program, state string, args ...string) (*Runtime, error) {
	r := &Runtime{State: state, root: root, program: program, Output: &Output{}}
	env := os.Environ()
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && strings.Contains(args[0], "=") {
		env, args = append(env, args[0]), args[1:]
	}
	if err := lend(program, state); err != nil {
		return nil, err
	}
	r.cmd = exec.Command(program, append([]string{"--state", state, "--lang", "en", "up", "--port", "0"}, args...)...)
	r.cmd.Dir, r.cmd.Env = root, env
	r.cmd.Stdout, r.cmd.Stderr = r.Output, r.Output
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- r.cmd.Wait() }()
	for {
		if err := r.read(); err == nil {
			return r, errors.Join(keep(program, state), r.connect())
		}
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the runtime ended: %v\n%s", err, r.Output)
		case <-ctx.Done():
			r.cmd.Process.Kill()
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (r *Runtime) read() error {
	var running struct {
		PID                             int
		Front, Store, Database, Console string
	}
	var keys struct {
		AccessKey string `json:"access_key"`
		SecretKey string `json:"secret_key"`
		APIToken  string `json:"api_token"`
	}
	if err := readJSON(filepath.Join(r.State, "running.json"), &running); err != nil {
		return err
	}
	if running.PID != r.cmd.Process.Pid {
		return errors.New("left by another process")
	}
	if err := readJSON(filepath.Join(r.State, "credentials.json"), &keys); err != nil {
		return err
	}
	r.Front, r.Store, r.Database, r.Console = running.Front, running.Store, running.Database, running.Console
	r.AccessKey, r.SecretKey, r.APIToken = keys.AccessKey, keys.SecretKey, keys.APIToken
	return nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (r *Runtime) connect() (err error) {
	r.Blob, err = blob.OpenS3(blob.Config{Endpoint: r.Store, Region: "us-east-1", AccessKey: r.AccessKey, SecretKey: conf.Secret(r.SecretKey)})
	return err
}

// PID is the runtime's process id.
func (r *Runtime) PID() int { return r.cmd.Process.Pid }

// Down stops the runtime as Ctrl-C does and returns when it has ended.
func (r *Runtime) Down() { r.end(syscall.SIGINT) }

// Kill ends the runtime at once.
func (r *Runtime) Kill() { r.end(syscall.SIGKILL) }

func (r *Runtime) end(s syscall.Signal) {
	r.cmd.Process.Signal(s)
	for syscall.Kill(r.PID(), 0) == nil {
		time.Sleep(10 * time.Millisecond)
	}
}

// Local runs a command of the runtime on the same state and returns what it
// prints.
func (r *Runtime) Local(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, r.program, append([]string{"--state", r.State, "--lang", "en"}, args...)...)
	cmd.Dir = r.root
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// Upload puts a file into the recordings bucket.
func (r *Runtime) Upload(ctx context.Context, key string, body []byte, metadata map[string]string) error {
	_, err := r.Blob.Put(ctx, "recordings", key, bytes.NewReader(body), blob.Put{Size: int64(len(body)), Metadata: metadata})
	return err
}

// Call makes a request to a function's HTTP interface, by an account named tester, and
// decodes its answer.
func (r *Runtime) Call(ctx context.Context, method, path string, body, into any) (int, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, method, r.Front+path, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+r.APIToken)
	req.Header.Set("X-Auth-Id", "tester")
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || into == nil {
		return res.StatusCode, err
	}
	if raw, ok := into.(*string); ok {
		*raw = string(answer)
		return res.StatusCode, nil
	}
	return res.StatusCode, json.Unmarshal(answer, into)
}

// Minutes is the part of a recording's minutes that scenarios look at.
type Minutes struct {
	ID, State, Title, Language string
	Refusal                    struct{ Code, Message, Reason, Stage string }
	Progress                   struct{ Ended, Chunks int }
	Summary                    struct {
		Revision, ETag, Origin string
		Document               events.Summary
	}
}

// Submit creates minutes as an upstream app does and uploads the recording with
// the signed request that it is given. It returns their id.
func (r *Runtime) Submit(ctx context.Context, title, name, language string, body []byte) (string, error) {
	var created struct {
		ID     string
		Upload blob.Upload
	}
	ask := map[string]string{"title": title, "name": name, "language": language}
	if status, err := r.Call(ctx, http.MethodPost, "/minutes", ask, &created); err != nil || status != http.StatusCreated {
		return "", fmt.Errorf("create minutes: %d, %v", status, err)
	}
	req, err := http.NewRequestWithContext(ctx, created.Upload.Method, created.Upload.URL, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	for header, values := range created.Upload.Headers {
		req.Header[header] = values
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("upload: %s: %s", res.Status, text)
	}
	return created.ID, nil
}

// Await returns the minutes once they are in one of the states, and an error
// where they end in another.
func (r *Runtime) Await(ctx context.Context, id string, states ...string) (Minutes, error) {
	var m Minutes
	for {
		status, err := r.Call(ctx, http.MethodGet, "/minutes/"+id, nil, &m)
		switch {
		case err != nil:
			return m, err
		case status == http.StatusOK && slices.Contains(states, m.State):
			return m, nil
		case status == http.StatusOK && (m.State == "failed" || m.State == "waiting" || m.State == "summarised"):
			return m, fmt.Errorf("minutes %s are %s: %s %s", id, m.State, m.Refusal.Code, m.Refusal.Reason)
		}
		select {
		case <-ctx.Done():
			return m, fmt.Errorf("minutes %s are still %s: %w", id, m.State, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
