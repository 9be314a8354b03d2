package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/manifest"
	"xietong.dev/shared/pg"
	"xietong.dev/test/drive"
)

// cataloguing is the catalogue's processes, as many and with as many events at once
// as its manifest says, on the store and the PostgreSQL of a runtime that does nothing
// else. What they send is taken in and, where it asks for a text or a cover, kept.
type cataloguing struct {
	*drive.Runtime
	db        *pg.DB
	processes []*exec.Cmd
	addresses []string
	env       []string
	slots     int // events to a process
	sink      *http.Server
	rounds    int

	mu            sync.Mutex
	texts, covers []events.Event // asked for
}

// catalogues starts them.
func (b *bench) catalogues(name string) (*cataloguing, error) {
	state := filepath.Join(b.dir, name)
	if err := os.MkdirAll(state, 0o755); err != nil {
		return nil, err
	}
	r, err := drive.Up(b.ctx, b.root, b.program, state)
	if err != nil {
		return nil, err
	}
	c := &cataloguing{Runtime: r}
	if c.db, err = pg.Open(b.ctx, pg.Config{URL: conf.Secret(r.Database), Connections: 2}, "broker", nil); err == nil {
		err = c.start(b)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *cataloguing) start(b *bench) error {
	f, err := manifest.Load(filepath.Join(b.root, "functions", "catalogue"))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.sink = &http.Server{Handler: http.HandlerFunc(c.receive)}
	go c.sink.Serve(listener)
	c.env = []string{"PATH=" + os.Getenv("PATH"), "HOST=127.0.0.1", "K_SINK=http://" + listener.Addr().String(), "DATABASE_URL=" + c.Database,
		"S3_ENDPOINT=" + c.Store, "S3_REGION=us-east-1", "S3_ACCESS_KEY=" + c.AccessKey, "S3_SECRET_KEY=" + c.SecretKey}
	for _, v := range f.Env {
		c.env = append(c.env, v.Name+"="+v.Value)
	}
	c.slots = f.Concurrency
	for range f.MaxScale {
		if err := c.startOne(b); err != nil {
			return err
		}
	}
	return nil
}

// startOne starts a process and waits until it is ready.
func (c *cataloguing) startOne(b *bench) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	cmd := exec.Command(filepath.Join(c.State, "bin", "catalogue"))
	cmd.Env = append(slices.Clone(c.env), "PORT="+strconv.Itoa(port))
	if err := cmd.Start(); err != nil {
		return err
	}
	address := "http://127.0.0.1:" + strconv.Itoa(port)
	c.processes, c.addresses = append(c.processes, cmd), append(c.addresses, address)
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	for !answers(ctx, address+"/health/ready") {
		if ctx.Err() != nil {
			return errors.New("the catalogue is not ready after a minute")
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

func (c *cataloguing) close() {
	for _, cmd := range c.processes {
		cmd.Process.Signal(syscall.SIGTERM)
	}
	for _, cmd := range c.processes {
		cmd.Wait()
	}
	if c.sink != nil {
		c.sink.Close()
	}
	if c.db != nil {
		c.db.Close()
	}
	c.Down()
}

// parts is the processor time of each of those who have a part in a book.
type parts struct{ function, database, store time.Duration }

// spent is what they have used so far. What serves the store is the runtime's own
// process; its other children do nothing.
func (c *cataloguing) spent() (p parts, err error) {
	for _, cmd := range c.processes {
		p.function += processor(cmd.Process.Pid)
	}
	pids, err := c.Processes("postgres")
	for _, pid := range pids {
		p.database += processor(pid)
	}
	p.store = processor(c.PID()) - p.database
	return p, err
}

func (p parts) since(before parts) parts {
	return parts{p.function - before.function, p.database - before.database, p.store - before.store}
}

func (p parts) all() time.Duration { return p.function + p.database + p.store }
