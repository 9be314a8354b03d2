package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg/private"
)

var cpus = []string{"amd64", "arm64", "loong64"}

// sizes measures what each function weighs and how soon it serves: its binary for
// each CPU, its image, and the time from exec to ready on a schema that is made
// and on one that is there.
func sizes(b *bench) (figures, error) {
	functions, err := manifest.LoadAll(b.root)
	if err != nil {
		return nil, err
	}
	database, err := private.Start(b.ctx, private.Config{Dir: filepath.Join(b.dir, "pg"), Getenv: os.Getenv, Log: filepath.Join(b.dir, "pg.log")})
	if err != nil {
		return nil, err
	}
	defer database.Stop()
	if err := b.infra(); err != nil {
		return nil, err
	}
	fmt.Printf("%-12s %12s %12s %12s %12s %14s %14s\n", "MiB", "amd64", "arm64", "loong64", "image", "first start", "start")
	var all figures
	for _, f := range functions {
		measured, err := b.size(f, database)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Word, err)
		}
		all = append(all, measured...)
	}
	return all, nil
}

// infra compiles the operator's program, and gives it a place for images that goes
// with the benchmark.
func (b *bench) infra() error {
	storage := filepath.Join(b.dir, "storage.conf")
	text := fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = %q\n", filepath.Join(b.dir, "images"), filepath.Join(b.dir, "images.run"))
	if err := errors.Join(os.WriteFile(storage, []byte(text), 0o644), os.Setenv("CONTAINERS_STORAGE_CONF", storage)); err != nil {
		return err
	}
	_, err := b.command("go", "build", "-o", filepath.Join(b.dir, "infra"), "./infra")
	return err
}

func (b *bench) command(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(b.ctx, name, args...)
	cmd.Dir = b.root
	text, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return string(text), nil
}

// size prints one line: a function's binaries, its image and its starts.
func (b *bench) size(f manifest.Function, database *private.Server) (figures, error) {
	bin := filepath.Join(b.dir, "bin")
	if _, err := b.command(filepath.Join(b.dir, "infra"), "build", f.Word, "--out", bin); err != nil {
		return nil, err
	}
	fmt.Printf("%-12s", f.Word)
	var all figures
	for _, cpu := range cpus {
		info, err := os.Stat(filepath.Join(bin, cpu, f.Word))
		if err != nil {
			return nil, err
		}
		mib := float64(info.Size()) / (1 << 20)
		fmt.Printf(" %12.1f", mib)
		all = append(all, figure{f.Word + "_" + cpu + "_mib", mib})
	}
	image, err := b.image(f)
	if err != nil {
		return nil, err
	}
	first, again, err := b.starts(f, filepath.Join(bin, runtime.GOARCH, f.Word), database)
	if err != nil {
		return nil, err
	}
	fmt.Printf(" %12s %14s %14s\n", cmp.Or(image, "on a base"), milliseconds(first), milliseconds(again))
	if mib, err := strconv.ParseFloat(image, 64); err == nil {
		all = append(all, figure{f.Word + "_image_mib", mib})
	}
	return append(all, figure{f.Word + "_first_start_s", first.Seconds()}, figure{f.Word + "_start_s", again.Seconds()}), nil
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

var imageLine = regexp.MustCompile(`([0-9.]+) MiB  image `)

// image is the size of a function's image in MiB. Where it needs a base there is
// none: the programs of a base are not the function's.
func (b *bench) image(f manifest.Function) (string, error) {
	if len(f.Packages) > 0 {
		return "", nil
	}
	said, err := b.command(filepath.Join(b.dir, "infra"), "image", f.Word)
	if err != nil {
		return "", err
	}
	m := imageLine.FindStringSubmatch(said)
	if m == nil {
		return "", fmt.Errorf("infra image says no size: %s", said)
	}
	return m[1], nil
}

// leastStarts is of how many starts the median is taken.
const leastStarts = 5

// starts returns the time of the first start, which makes the schema, and the
// median of those after it.
func (b *bench) starts(f manifest.Function, program string, database *private.Server) (first, again time.Duration, err error) {
	if err := private.CreateDatabase(b.ctx, database, f.Word); err != nil {
		return 0, 0, err
	}
	if first, err = b.startOnce(f, program, database.URL(f.Word)); err != nil {
		return 0, 0, err
	}
	var took []time.Duration
	for range max(leastStarts, b.rounds) {
		one, err := b.startOnce(f, program, database.URL(f.Word))
		if err != nil {
			return 0, 0, err
		}
		took = append(took, one)
	}
	return first, median(took), nil
}

// startOnce is the time from exec until /health/ready says so.
func (b *bench) startOnce(f manifest.Function, program, database string) (time.Duration, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address := listener.Addr().(*net.TCPAddr)
	listener.Close()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(environment(f), "DATABASE_URL="+database, "HOST=127.0.0.1", "PORT="+strconv.Itoa(address.Port))
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(syscall.SIGTERM)
	for !answers(ctx, "http://"+address.String()+"/health/ready") {
		if ctx.Err() != nil {
			return 0, errors.New("not ready after a minute")
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(began), nil
}

// environment is what the manifest sets, and something for each secret it names:
// nothing but the database is spoken to at the start.
func environment(f manifest.Function) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "S3_ENDPOINT=http://127.0.0.1:9", "S3_ACCESS_KEY=a", "S3_SECRET_KEY=b"}
	for _, v := range f.Env {
		if v.Value == "" {
			v.Value = "x"
		}
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}
