// Package store is the object store of the one-machine runtime: an S3 server
// inside this process, over a directory.
//
//	in   S3 requests on a loopback address
//	out  objects on the disk, and a CloudEvent to Notify for each that arrives
//
// An object is on the disk and its notice is taken before the client sees 200;
// where either fails the client is answered 500 and sends again, and where Notify
// is busy (a [fault.Busy]) 503 SlowDown, so that it slows down. There is one
// account. Nothing is printed.
//
// The server works relative to the current directory, which [Open] therefore
// moves to Config.Dir: make paths absolute before, and keep one store open at
// a time in a process.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3err"

	"xietong.dev/events"
)

// Config says where a store is and whom it tells.
type Config struct {
	Dir       string // absolute; objects lie in objects/, and in attributes/ what the file system cannot attach to them
	Address   string // 127.0.0.1:port; port 0 takes a free one
	Region    string // us-east-1 where empty
	AccessKey string
	SecretKey string
	Buckets   []string // made where they are missing
	Origins   []string // http://host:port of pages that may read and write objects by signed addresses

	// Notify takes the notice of an object that has arrived in one of the
	// buckets in Notices. An error makes the client send the object again, later
	// where it is a [fault.Busy].
	Notify        func(ctx context.Context, e events.Event) error
	Notices       []string
	NoticeTimeout time.Duration // how long Notify may take; 10 s where zero

	NoSync bool         // leave writing to the disk to the kernel: faster, and lost when the machine stops
	Log    *slog.Logger // what went wrong inside; nil drops it
}

// Store is a running S3 server.
type Store struct {
	address string
	server  *s3api.S3ApiServer
	backend *posix.Posix
	served  chan error
}

// copyLimit is S3's own for one copy request. The server takes zero literally
// and would refuse every copy.
const copyLimit = 5 << 30

// Open starts a store and returns once it listens.
func Open(ctx context.Context, c Config) (*Store, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	b, err := c.open()
	if err != nil {
		return nil, fmt.Errorf("object store in %s: %w", c.Dir, err)
	}
	for _, bucket := range c.Buckets {
		if err := c.makeBucket(ctx, b, bucket); err != nil {
			b.Shutdown()
			return nil, fmt.Errorf("make bucket %s: %w", bucket, err)
		}
		if err := c.openToPages(ctx, b, bucket); err != nil {
			b.Shutdown()
			return nil, fmt.Errorf("let pages use bucket %s: %w", bucket, err)
		}
	}
	s, err := c.listen(b)
	if err != nil {
		b.Shutdown()
		return nil, fmt.Errorf("object store: %w", err)
	}
	return s, nil
}

// URL is the address that S3 clients are given.
func (s *Store) URL() string { return "http://" + s.address }

// grace is how long Close waits for what is being answered. The server alone
// would wait five seconds for a connection that was never used, and ten for a
// client that has stopped reading.
const grace = 2 * time.Second

// Close takes no more requests, gives those that run a moment to end, and stops.
func (s *Store) Close() error {
	ended := make(chan error, 1)
	go func() { ended <- s.server.ShutDown() }()
	var err error
	select {
	case err = <-ended:
	case <-time.After(grace):
	}
	<-s.served // always an error: that the listener is closed
	s.backend.Shutdown()
	return err
}

func (c Config) withDefaults() Config {
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.NoticeTimeout == 0 {
		c.NoticeTimeout = 10 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) check() error {
	host, _, err := net.SplitHostPort(c.Address)
	ip := net.ParseIP(host)
	switch {
	case err != nil || ip == nil || !ip.IsLoopback():
		return fmt.Errorf("object store address %q: want 127.0.0.1:port", c.Address)
	case !filepath.IsAbs(c.Dir):
		return fmt.Errorf("object store directory %q: want an absolute path", c.Dir)
	case c.AccessKey == "" || c.SecretKey == "":
		return errors.New("object store: want an access key and a secret key")
	case len(c.Notices) > 0 && c.Notify == nil:
		return errors.New("object store: notices are asked for, but there is nobody to notify")
	}
	return nil
}

func (c Config) objects() string    { return filepath.Join(c.Dir, "objects") }
func (c Config) attributes() string { return filepath.Join(c.Dir, "attributes") }

// open opens the directory. A store that began with attributes in files stays
// with them, wherever its directory is moved.
func (c Config) open() (*posix.Posix, error) {
	if err := os.MkdirAll(c.objects(), 0o700); err != nil {
		return nil, err
	}
	options := posix.PosixOpts{CopyObjectThreshold: copyLimit}
	if _, err := os.Stat(c.attributes()); os.IsNotExist(err) && (meta.XattrMeta{}).Test(c.objects()) == nil {
		return posix.New(c.objects(), meta.XattrMeta{}, options)
	}
	if err := os.MkdirAll(c.attributes(), 0o700); err != nil {
		return nil, err
	}
	files, err := meta.NewSideCar(c.attributes())
	if err != nil {
		return nil, err
	}
	return posix.New(c.objects(), files, options)
}

func (c Config) makeBucket(ctx context.Context, b *posix.Posix, bucket string) error {
	acl, err := json.Marshal(auth.ACL{Owner: c.AccessKey})
	if err != nil {
		return err
	}
	err = b.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket:                    &bucket,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{},
		ObjectOwnership:           types.ObjectOwnershipBucketOwnerEnforced,
	}, acl)
	if there := s3Code(err); there == "BucketAlreadyExists" || there == "BucketAlreadyOwnedByYou" {
		return nil
	}
	return err
}

// listen starts the server. It takes an address rather than a listener, so a
// free port is looked for first, and again where a neighbour was quicker.
func (c Config) listen(b *posix.Posix) (s *Store, err error) {
	for range 5 {
		var address string
		if address, err = free(c.Address); err != nil {
			return nil, err
		}
		if s, err = c.serve(b, address); err == nil || address == c.Address {
			return s, err
		}
	}
	return nil, err
}

func (c Config) serve(b *posix.Posix, address string) (*Store, error) {
	listening := make(chan struct{})
	server, err := s3api.New(&arrivals{Backend: b, config: c},
		middlewares.RootUserConfig{Access: c.AccessKey, Secret: c.SecretKey}, c.Region,
		auth.NewIAMServiceSingle(auth.Account{Access: c.AccessKey, Secret: c.SecretKey, Role: auth.RoleAdmin}),
		nil, nil, nil, nil,
		s3api.WithQuiet(), s3api.WithKeepAlive(),
		s3api.WithConcurrencyLimiter(maxConnections, maxRequests),
		s3api.WithOnListen(func() { close(listening) }))
	if err != nil {
		return nil, err
	}
	s := &Store{address: address, server: server, backend: b, served: make(chan error, 1)}
	go func() { s.served <- server.ServeMultiPort([]string{address}) }()
	select {
	case <-listening:
		if err := s.answers(); err != nil {
			return nil, errors.Join(err, server.ShutDown())
		}
		return s, nil
	case err := <-s.served:
		return nil, err
	}
}

// answers waits for the first answer, whatever it is. The server says that it
// listens a moment before it serves, and one that is closed in between neither
// stops nor says so.
func (s *Store) answers() error {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	res, err := client.Get(s.URL())
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// More than one machine's clients ever open; zero would refuse every request.
const (
	maxConnections = 4096
	maxRequests    = 1024
)

func free(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "0" {
		return address, err
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// s3Code is the code that err has in S3's answers, and "" where it has none.
func s3Code(err error) string {
	var e s3err.S3Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.BaseError().Code
}
