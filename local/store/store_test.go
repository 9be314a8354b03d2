package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/local/store"
	"xietong.dev/shared/fault"
)

// inbox keeps the notices of a store, and refuses as many as it is told to.
type inbox struct {
	sync.Mutex
	notices []events.Event
	refuse  int
	with    error // what it refuses with; that the broker is away where nil
}

func (i *inbox) Notify(_ context.Context, e events.Event) error {
	i.Lock()
	defer i.Unlock()
	i.notices = append(i.notices, e)
	if i.refuse > 0 {
		i.refuse--
		if i.with != nil {
			return i.with
		}
		return errors.New("the broker is away")
	}
	return nil
}

func config(t *testing.T, in *inbox) store.Config {
	return store.Config{
		Dir: t.TempDir(), Address: "127.0.0.1:0", AccessKey: "local", SecretKey: "not a secret",
		Buckets: []string{"recordings", "artifacts"}, Notices: []string{"recordings"}, Notify: in.Notify,
	}
}

func open(t *testing.T, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// rclone runs an S3 client that is not ours against s.
func rclone(t *testing.T, s *store.Store, args ...string) ([]byte, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "rclone", append([]string{"--retries-sleep", "10ms", "--s3-no-check-bucket"}, args...)...)
	// Nothing else of this environment: with AWS_CA_BUNDLE set, rclone refuses every store.
	command.Env = append([]string{"HOME=" + t.TempDir()}, "RCLONE_CONFIG="+filepath.Join(t.TempDir(), "none"), "RCLONE_CONFIG_HERE_TYPE=s3",
		"RCLONE_CONFIG_HERE_PROVIDER=Other", "RCLONE_CONFIG_HERE_ENDPOINT="+s.URL(),
		"RCLONE_CONFIG_HERE_ACCESS_KEY_ID=local", "RCLONE_CONFIG_HERE_SECRET_ACCESS_KEY=not a secret")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		return nil, errors.New(complaint.String())
	}
	return out, nil
}

func upload(t *testing.T, s *store.Store, content, to string, args ...string) {
	t.Helper()
	from := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(from, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rclone(t, s, append(args, "copyto", from, "here:"+to)...); err != nil {
		t.Fatal(err)
	}
}

// said is what a notice says, but for the time.
type said struct{ ID, Type, Source, Subject, Data string }

func (i *inbox) said() (all []said) {
	i.Lock()
	defer i.Unlock()
	for _, e := range i.notices {
		all = append(all, said{e.ID(), e.Type(), e.Source(), e.Subject(), string(e.Data())})
	}
	return all
}

func TestNoticeSaysWhatArrived(t *testing.T) {
	in := &inbox{}
	s := open(t, config(t, in))
	upload(t, s, "hello", "recordings/a/talk.wav")
	want := []said{{
		ID: "f53fd0ed8e2082b3a948e5b856e44591", Type: "com.amazonaws.s3.ObjectCreated:Put", Source: "aws:s3.us-east-1.recordings", Subject: "a/talk.wav",
		Data: `{"Records":[{"eventVersion":"2.2","eventSource":"aws:s3","awsRegion":"us-east-1","eventName":"ObjectCreated:Put",` +
			`"s3":{"s3SchemaVersion":"1.0","configurationId":"local-global","bucket":{"name":"recordings","arn":"arn:aws:s3:::recordings"},` +
			`"object":{"key":"a/talk.wav","size":5,"eTag":"5d41402abc4b2a76b9719d911017c592"}}}]}`,
	}}
	if diff := cmp.Diff(want, in.said()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if e := in.notices[0]; e.Validate() != nil || time.Since(e.Time()) > time.Minute {
		t.Errorf("notice is not a valid event of now: %v", e)
	}
}

// arrived is the part of a notice that differs from one arrival to the next.
type arrived struct {
	Type, Key string
	Size      int64
}

func (i *inbox) arrived(t *testing.T) (all []arrived) {
	for _, e := range i.said() {
		var data struct {
			Records []struct {
				S3 struct {
					Object struct {
						Key  string
						Size int64
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
			t.Fatal(err)
		}
		o := data.Records[0].S3.Object
		all = append(all, arrived{strings.TrimPrefix(e.Type, "com.amazonaws.s3."), o.Key, o.Size})
	}
	return all
}

func TestNoticeNamesTheKeyAsItIs(t *testing.T) {
	in := &inbox{}
	s := open(t, config(t, in))
	var want []arrived
	for _, key := range []string{"周会 录音.wav", "a b+c.wav", "100%25.wav", "x/y=z&q?.wav", "会議/第1回.mp3"} {
		upload(t, s, "hello", "recordings/"+key)
		want = append(want, arrived{"ObjectCreated:Put", key, 5})
	}
	if diff := cmp.Diff(want, in.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNoticeOfMultipartAndCopy(t *testing.T) {
	in := &inbox{}
	s := open(t, config(t, in))
	long := strings.Repeat("0123456789abcdef", 12<<20/16)
	upload(t, s, long, "recordings/long.wav", "--s3-upload-cutoff", "5Mi", "--s3-chunk-size", "5Mi")
	if _, err := rclone(t, s, "copyto", "here:recordings/long.wav", "here:recordings/again.wav"); err != nil {
		t.Fatal(err)
	}
	want := []arrived{
		{"ObjectCreated:CompleteMultipartUpload", "long.wav", 12 << 20},
		{"ObjectCreated:Copy", "again.wav", 12 << 20},
	}
	if diff := cmp.Diff(want, in.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got, err := rclone(t, s, "cat", "here:recordings/again.wav"); err != nil || string(got) != long {
		t.Errorf("read %d bytes back, want the %d that were written: %v", len(got), len(long), err)
	}
}

func TestOtherBucketsAreSilent(t *testing.T) {
	in := &inbox{}
	s := open(t, config(t, in))
	upload(t, s, "hello", "artifacts/chunks/1.wav")
	if got := in.said(); got != nil {
		t.Errorf("got %v, want no notice", got)
	}
}

func TestClientSendsAgainWhereNoticeFails(t *testing.T) {
	in := &inbox{refuse: 1}
	s := open(t, config(t, in))
	upload(t, s, "hello", "recordings/talk.wav")
	got := in.said()
	if len(got) != 2 || got[0] != got[1] {
		t.Errorf("got %v, want the same notice twice", got)
	}
}

func TestClientFailsWhereNoticeKeepsFailing(t *testing.T) {
	in := &inbox{refuse: 100}
	s := open(t, config(t, in))
	from := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(from, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := rclone(t, s, "--retries", "1", "--low-level-retries", "1", "copyto", from, "here:recordings/talk.wav")
	if err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("rclone ended with %v, want 500", err)
	}
}

func TestClientIsSlowedDownWhereNoticesAreBusy(t *testing.T) {
	in := &inbox{refuse: 1, with: fmt.Errorf("publish: %w", fault.Busy(time.Second, errors.New("the queue is full")))}
	s := open(t, config(t, in))
	from := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(from, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := rclone(t, s, "--retries", "1", "--low-level-retries", "1", "copyto", from, "here:recordings/talk.wav")
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "SlowDown") {
		t.Errorf("rclone ended with %v, want 503 SlowDown", err)
	}
	in.refuse = 1
	upload(t, s, "hello", "recordings/later.wav") // tries again by itself
	if got := in.said(); len(got) != 3 || got[1] != got[2] {
		t.Errorf("got %v, want the second notice twice, and taken at last", got)
	}
}

func TestNoticeTimeout(t *testing.T) {
	asked := make(chan error, 100)
	c := config(t, &inbox{})
	c.NoticeTimeout = 20 * time.Millisecond
	c.Notify = func(ctx context.Context, _ events.Event) error {
		<-ctx.Done()
		asked <- ctx.Err()
		return ctx.Err()
	}
	s := open(t, c)
	from := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(from, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rclone(t, s, "--retries", "1", "--low-level-retries", "1", "copyto", from, "here:recordings/talk.wav"); err == nil {
		t.Error("the upload was acknowledged without its notice")
	}
	if err := <-asked; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Notify was ended by %v, want the deadline", err)
	}
}

func TestRestartKeepsObjectsAndMetadata(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"attributes on the file": func(string) error { return nil },
		"attributes in files":    func(dir string) error { return os.Mkdir(filepath.Join(dir, "attributes"), 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t, &inbox{})
			if err := prepare(c.Dir); err != nil {
				t.Fatal(err)
			}
			first, err := store.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			upload(t, first, "hello", "recordings/a/talk.wav", "--header-upload", "x-amz-meta-title: Weekly meeting")
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			second := open(t, c)
			got, err := rclone(t, second, "cat", "here:recordings/a/talk.wav")
			if err != nil || string(got) != "hello" {
				t.Errorf("read %q, %v; want hello", got, err)
			}
			var listed []struct{ Metadata map[string]string }
			text, err := rclone(t, second, "lsjson", "--metadata", "--stat", "here:recordings/a/talk.wav")
			if err != nil || json.Unmarshal([]byte("["+string(text)+"]"), &listed) != nil || listed[0].Metadata["title"] != "Weekly meeting" {
				t.Errorf("got %s, %v; want the title", text, err)
			}
		})
	}
}

func TestStrangersAreKeptOut(t *testing.T) {
	s := open(t, config(t, &inbox{}))
	res, err := http.Get(s.URL() + "/recordings?list-type=2")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("got %s, want 403", res.Status)
	}
}

func TestNothingIsPrinted(t *testing.T) {
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	s := open(t, config(t, &inbox{}))
	upload(t, s, "hello", "recordings/talk.wav")
	w.Close()
	if printed, _ := io.ReadAll(r); len(printed) > 0 {
		t.Errorf("printed %s", printed)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for want, change := range map[string]func(*store.Config){
		`object store address "0.0.0.0:9000": want 127.0.0.1:port`:           func(c *store.Config) { c.Address = "0.0.0.0:9000" },
		`object store address ":9000": want 127.0.0.1:port`:                  func(c *store.Config) { c.Address = ":9000" },
		`object store directory "state": want an absolute path`:              func(c *store.Config) { c.Dir = "state" },
		`object store: want an access key and a secret key`:                  func(c *store.Config) { c.SecretKey = "" },
		`object store: notices are asked for, but there is nobody to notify`: func(c *store.Config) { c.Notify = nil },
	} {
		c := config(t, &inbox{})
		change(&c)
		if _, err := store.Open(t.Context(), c); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestTakenPortIsAnError(t *testing.T) {
	c := config(t, &inbox{})
	s := open(t, c)
	c.Address = strings.TrimPrefix(s.URL(), "http://")
	if _, err := store.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v, want that the address is in use", err)
	}
}

func TestCloseAtOnce(t *testing.T) {
	c := config(t, &inbox{})
	for range 50 {
		s, err := store.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCloseDoesNotWaitForAClientThatIsSilent(t *testing.T) {
	s, err := store.Open(t.Context(), config(t, &inbox{}))
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := store.Open(b.Context(), store.Config{Dir: dir, Address: "127.0.0.1:0", AccessKey: "local", SecretKey: "s", Buckets: []string{"recordings"}})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
}
