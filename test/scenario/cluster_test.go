package scenario

import (
	"bytes"
	"crypto/md5" // what the store names a small object by
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/blob"
	"xietong.dev/test/drive"
)

// cluster is the console as it is deployed on a cluster, a person at it, and the runtime
// that plays the cluster: its broker takes the same Triggers.
type cluster struct {
	*testing.T
	*drive.Runtime
	client  *http.Client
	address string
	csrf    string
}

const clusterToken = "a-token-that-people-show"

// TestTheConsoleOfAClusterTellsAndActs drops a file and has it done, brings a poison file
// and an event before its object, reads why both died, and redrives what was mended. The
// console is started after the first events: what it is told late it tells all the same.
func TestTheConsoleOfAClusterTellsAndActs(t *testing.T) {
	c := besideACluster(t)
	story := c.drop("document", "通知.docx", sample(t, "notice-zh.docx"))
	want := map[string]int{"s3.ObjectCreated:Put": 1, "document.uploaded": 1, "document.converted": 1, "document.preview.requested": 1, "document.previewed": 1}
	await(t, "the story to its end", func() bool { return cmp.Equal(want, c.story(story)) })
	c.poison()
	c.redriveMended()
	c.lends()
	if page := c.page("/console/"); strings.Contains(page, "<form method=\"post\" action=\"/console/triggers\"") || !strings.Contains(page, "kubectl delete trigger") {
		t.Error("the overview offers what only the cluster can do, or does not say how")
	}
}

func besideACluster(t *testing.T) *cluster {
	t.Helper()
	program := filepath.Join(t.TempDir(), "console")
	build := exec.Command("go", "build", "-o", program, "./local/console/cmd/console")
	build.Dir = root
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the console: %v\n%s", err, text)
	}
	port := freePort(t)
	jar, _ := cookiejar.New(nil) // without a list of suffixes it cannot fail
	c := &cluster{T: t, Runtime: up(t, "--also", "local/console/knative.yaml=http://127.0.0.1:"+port), client: &http.Client{Jar: jar}, address: "http://127.0.0.1:" + port}
	c.begin(program, port, "CONSOLE_TOKEN="+clusterToken, "MANIFESTS="+root, "FUNCTION_URL="+c.gateway()+"/{function}", "LEARN_EVERY=200ms")
	await(t, "the console", func() bool { return c.status("/health/ready") == http.StatusOK })
	res, err := c.client.PostForm(c.address+"/console/enter", url.Values{"token": {clusterToken}, "name": {"李雷"}})
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("enter: %v %v", res, err)
	}
	c.csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(c.page("/console/"))[1]
	return c
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// begin starts a program with what the functions of a cluster are given.
func (c *cluster) begin(program, port string, env ...string) {
	c.Helper()
	cmd := exec.Command(program)
	cmd.Env = append(env, "PATH="+os.Getenv("PATH"), "HOST=127.0.0.1", "PORT="+port, "DATABASE_URL="+c.Database, "K_SINK="+c.Front+"/broker", "API_TOKEN="+c.APIToken,
		"S3_ENDPOINT="+c.Store, "S3_REGION=us-east-1", "S3_ACCESS_KEY="+c.AccessKey, "S3_SECRET_KEY="+c.SecretKey)
	said := &drive.Output{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			c.Errorf("%s was told to stop and ended with %v", filepath.Base(program), err)
		}
		if c.Failed() {
			c.Logf("%s said:\n%s", filepath.Base(program), said)
		}
	})
}

// gateway leads to the functions as a cluster's does: events to a second process of
// convert, requests of people to the runtime's front door.
func (c *cluster) gateway() string {
	convert := freePort(c.T)
	front, _ := url.Parse(c.Front)
	started := false
	mux := http.NewServeMux()
	mux.HandleFunc("POST /convert/{$}", func(w http.ResponseWriter, r *http.Request) {
		if !started {
			started = true
			c.begin(filepath.Join(c.State, "bin", "convert"), convert)
			await(c.T, "the second convert", func() bool {
				res, err := http.Get("http://127.0.0.1:" + convert + "/health/ready")
				return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
			})
		}
		r.URL.Path = "/"
		httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "127.0.0.1:" + convert}).ServeHTTP(w, r)
	})
	mux.Handle("/minutes/", http.StripPrefix("/minutes", &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(front) }}))
	server := httptest.NewServer(mux)
	c.Cleanup(server.Close)
	return server.URL
}

// get reads a page, or what its script reads.
func (c *cluster) get(path, accept string) (int, string) {
	c.Helper()
	req, err := http.NewRequestWithContext(limit(c.T), http.MethodGet, c.address+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Language", "en")
	res, err := c.client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func (c *cluster) page(path string) string {
	c.Helper()
	_, text := c.get(path, "text/html")
	return text
}

func (c *cluster) status(path string) int {
	c.Helper()
	status, _ := c.get(path, "text/html")
	return status
}

// drop drops a file at the console and returns its story.
func (c *cluster) drop(kind, name string, body []byte) string {
	c.Helper()
	req, err := http.NewRequestWithContext(limit(c.T), http.MethodPut, c.address+"/console/try/files?"+url.Values{"kind": {kind}, "name": {name}}.Encode(), bytes.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("X-Csrf", c.csrf)
	res, err := c.client.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	var put struct{ Story string }
	if err := json.NewDecoder(res.Body).Decode(&put); err != nil || res.StatusCode != http.StatusCreated || put.Story == "" {
		c.Fatalf("drop %s: %d %+v %v", name, res.StatusCode, put, err)
	}
	return put.Story
}

// story counts the events of a story by type, once none of its deliveries is open.
func (c *cluster) story(id string) map[string]int {
	c.Helper()
	var told struct {
		Events []struct{ Type string }
		Open   int
	}
	if _, text := c.get("/console/try/story?id="+url.QueryEscape(id), "application/json"); json.Unmarshal([]byte(text), &told) != nil || told.Open > 0 {
		return nil
	}
	count := map[string]int{}
	for _, e := range told.Events {
		count[strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(e.Type, "dev.xietong."), "com.amazonaws."), ".v1")]++
	}
	return count
}

var letterLink = regexp.MustCompile(`/console/dead/letter\?seq=(\d+)&amp;trigger=([a-z.-]+)`)

// letter waits for the one dead letter with a reason, and returns its number, its Trigger
// and its page.
func (c *cluster) letter(reason string) (seq, trigger, page string) {
	c.Helper()
	await(c.T, "the dead letter of "+reason, func() bool {
		found := letterLink.FindStringSubmatch(c.page("/console/dead?reason=" + url.QueryEscape(reason)))
		if found != nil {
			seq, trigger = found[1], found[2]
		}
		return found != nil
	})
	return seq, trigger, c.page("/console/dead/letter?seq=" + seq + "&trigger=" + trigger)
}

// poison drops what is no recording, and reads why it died.
func (c *cluster) poison() {
	c.Helper()
	story := c.drop("recording", "notes.wav", []byte("not a recording\n"))
	_, trigger, page := c.letter("not_media")
	if trigger != "uploads-object-created" || !strings.Contains(page, "<dd>422</dd>") || !strings.Contains(page, "notes.wav&#34; holds text/plain") {
		c.Errorf("the letter of %s says\n%s", trigger, page)
	}
	await(c.T, "the end of the poison's story", func() bool { return c.story(story)["recording.refused"] == 1 })
}

// redriveMended sends an event before its object is there, puts the object, and redrives.
func (c *cluster) redriveMended() {
	c.Helper()
	body := []byte("补交的通知。\n")
	event := filepath.Join(c.TempDir(), "late.json")
	os.WriteFile(event, fmt.Appendf(nil, `{"specversion":"1.0","id":"late","source":"/apps/office","type":"dev.xietong.document.uploaded.v1","subject":"late-notice","datacontenttype":"application/json",
		"data":{"document":"late-notice","upload":"late-notice-1","name":"补交.txt","media_type":"text/plain","object":{"bucket":"documents","key":"late/补交.txt","etag":"%x","size":%d}}}`, md5.Sum(body), len(body)), 0o600)
	if text, err := c.Local(limit(c.T), "send", event); err != nil {
		c.Fatalf("%v\n%s", err, text)
	}
	seq, trigger, _ := c.letter("no longer there")
	if _, err := c.Blob.Put(limit(c.T), "documents", "late/补交.txt", bytes.NewReader(body), blob.Put{Size: int64(len(body))}); err != nil {
		c.Fatal(err)
	}
	res, err := c.client.PostForm(c.address+"/console/dead/redrive", url.Values{"csrf": {c.csrf}, "do": {"redrive"}, "letter": {seq + "~" + trigger}, "why": {"文件已补交"}, "rate": {"0"}})
	if err != nil || res.StatusCode != http.StatusOK {
		c.Fatalf("redrive: %v %v", res, err)
	}
	await(c.T, "the mended letter done", func() bool {
		_, text := c.get("/console/dead/letter?seq="+seq+"&trigger="+trigger, "application/json")
		return strings.HasPrefix(text, `"done`)
	})
	await(c.T, "what it came to", func() bool { n := c.story("late"); return n["document.converted"] == 1 && n["document.previewed"] == 1 })
	if n := kinds(c.T, c.Runtime, "late-notice")["document.uploaded"]; n != 1 {
		c.Errorf("the cluster's broker was given the event %d times, want once: a redrive is for one function alone", n)
	}
	if acts := c.page("/console/acts"); !strings.Contains(acts, "李雷") || !strings.Contains(acts, "文件已补交") {
		c.Error("nobody wrote down who redrove, or why")
	}
}

// lends shows a function's own page to who was let in, and asks others who they are.
func (c *cluster) lends() {
	c.Helper()
	if page := c.page("/minutes"); !strings.Contains(page, "<title>Minutes") {
		c.Errorf("the page of minutes is\n%.300s", page)
	}
	if res, err := (&http.Client{}).Get(c.address + "/minutes"); err != nil || res.StatusCode != http.StatusUnauthorized {
		c.Errorf("who was not let in is answered %v %v", res.StatusCode, err)
	}
}
