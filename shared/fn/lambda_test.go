package fn_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fn"
	"xietong.dev/shared/fn/fntest"
	"xietong.dev/shared/fn/lambdatest"
)

// onLambda is obedient in the hands of Lambda.
type onLambda struct {
	*program
	*lambdatest.Platform
}

func startOnLambda(t *testing.T, settings ...string) onLambda {
	t.Helper()
	platform := lambdatest.Start(t)
	return onLambda{start(t, append(settings, "AWS_LAMBDA_RUNTIME_API="+platform.Address)...), platform}
}

func (l onLambda) invoke(t *testing.T, payload []byte) lambdatest.Result {
	t.Helper()
	return l.Invoke(t, payload, 30*time.Second)
}

func text(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// awsSamples are the payloads that aws-lambda-go ships.
func awsSamples(t *testing.T) fs.FS {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/aws/aws-lambda-go/events").Output()
	if err != nil {
		t.Fatal(err)
	}
	return os.DirFS(filepath.Join(strings.TrimSpace(string(dir)), "testdata"))
}

func sampleOf(t *testing.T, samples fs.FS, name string) []byte {
	t.Helper()
	payload, err := fs.ReadFile(samples, name)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestLambdaTakesAnEventAndReplies(t *testing.T) {
	l := startOnLambda(t)
	payload := text(t, order("1", orders{Send: 1}))
	first, second := l.invoke(t, payload), l.invoke(t, payload)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("invoked twice: %s", diff)
	}
	var reply fn.Event
	if err := json.Unmarshal([]byte(first.Body), &reply); err != nil || reply.Subject() != "纪要" || reply.Extensions()["unit"] != "区财政局" {
		t.Errorf("replied %v, error %v", first, err)
	}
	if diff := cmp.Diff([]string{"会议 1"}, l.rows(t)); diff != "" {
		t.Error(diff)
	}
}

func TestLambdaSendsEventsToTheSink(t *testing.T) {
	sink := fntest.StartSink(t)
	l := startOnLambda(t, "K_SINK="+sink.URL)
	for range 2 {
		if got := l.invoke(t, text(t, order("1", orders{Send: 2}))); got.Body != "null" || got.Failure != nil {
			t.Errorf("got %+v, want null", got)
		}
	}
	sent := sink.Since(0)
	if len(sent) != 4 || sent[0].ID() != sent[2].ID() || sent[1].ID() != sent[3].ID() || sent[0].ID() == sent[1].ID() {
		t.Errorf("sent %v, want the same two events twice", sent)
	}
}

func TestLambdaFailuresSayWhatTheyMean(t *testing.T) {
	l := startOnLambda(t, "MAX_EVENT=2KiB")
	broken := []byte(`{"specversion":"1.0","type":"t","source":"/s","id":"1","time":"noon"}`)
	for i, c := range []struct {
		payload       []byte
		kind, message string
	}{
		{text(t, order("1", orders{Fail: "refused"})), "Refused", "no_speech: 录音里没有人说话; upload another"},
		{text(t, order("2", orders{Fail: "busy"})), "Busy", "busy; come again"},
		{text(t, order("3", orders{Fail: "failed"})), "Failed", "try again"},
		{text(t, order("4", orders{Fail: "panic"})), "Failed", "try again"},
		{text(t, order("5", orders{Send: 2})), "Failed", "try again"}, // two events, and no sink
		{text(t, order(strings.Repeat("6", 3000), orders{})), "Malformed", "the message is over 2048 bytes"},
		{broken, "Malformed", "not a CloudEvent"},
		{[]byte(`{}`), "Malformed", "not a CloudEvent"},
		{[]byte(`7`), "Malformed", "not a CloudEvent"},
	} {
		for range 2 {
			got := l.invoke(t, c.payload)
			if got.Failure == nil || got.Failure.Type != c.kind || !strings.HasPrefix(got.Failure.Message, c.message) {
				t.Errorf("case %d: %+v %+v, want %s: %s", i+1, got, got.Failure, c.kind, c.message)
			}
		}
	}
	if got := l.invoke(t, text(t, order("good", orders{}))); got.Body != "null" {
		t.Errorf("the next event: %+v", got)
	}
}

// message is one record of an SQS batch.
func message(queue, id string, body []byte) map[string]any {
	return map[string]any{"messageId": id, "body": string(body), "eventSource": "aws:sqs",
		"eventSourceARN": "arn:aws:sqs:us-west-2:123456789012:" + queue, "attributes": map[string]string{"ApproximateReceiveCount": "1"}}
}

func batch(t *testing.T, queue string, bodies ...[]byte) []byte {
	t.Helper()
	var records []any
	for i, body := range bodies {
		records = append(records, message(queue, fmt.Sprintf("m%d", i+1), body))
	}
	return text(t, map[string]any{"Records": records})
}

func TestLambdaReportsWhichMessagesFailed(t *testing.T) {
	bodies := func() [][]byte {
		return [][]byte{
			text(t, order("1", orders{})),
			text(t, order("2", orders{Fail: "refused"})),
			[]byte(`{"specversion":"1.0"}`),
			text(t, order("4", orders{})),
			text(t, order("5", orders{Fail: "busy"})),
			text(t, order("6", orders{Fail: "failed"})),
			[]byte("只是一句话"),
		}
	}
	for queue, c := range map[string]struct {
		report string
		rows   []string
	}{
		"events": {`{"batchItemFailures":[{"itemIdentifier":"m2"},{"itemIdentifier":"m3"},{"itemIdentifier":"m5"},{"itemIdentifier":"m6"}]}`,
			[]string{"events", "会议 1", "会议 4"}},
		"events.fifo": {`{"batchItemFailures":[{"itemIdentifier":"m2"},{"itemIdentifier":"m3"},{"itemIdentifier":"m4"},{"itemIdentifier":"m5"},{"itemIdentifier":"m6"},{"itemIdentifier":"m7"}]}`,
			[]string{"会议 1"}},
	} {
		t.Run(queue, func(t *testing.T) {
			l := startOnLambda(t)
			for range 2 { // Lambda may bring done messages again
				got := l.invoke(t, batch(t, queue, bodies()...))
				if diff := cmp.Diff(lambdatest.Result{Body: c.report}, got); diff != "" {
					t.Error(diff)
				}
			}
			if diff := cmp.Diff(c.rows, sorted(l.rows(t))); diff != "" {
				t.Error(diff)
			}
			if got := l.invoke(t, batch(t, queue, text(t, order("8", orders{})))); got.Body != `{"batchItemFailures":[]}` {
				t.Errorf("a batch without failure: %+v", got)
			}
		})
	}
}

func TestLambdaGivesUpInTimeAndLetsGo(t *testing.T) {
	l := startOnLambda(t, "DEADLINE_MARGIN=1s")
	slow, next := text(t, order("1", orders{Wait: "1m"})), text(t, order("2", orders{}))
	got := l.Invoke(t, batch(t, "events", next, slow, text(t, order("3", orders{}))), 2*time.Second)
	if want := `{"batchItemFailures":[{"itemIdentifier":"m2"},{"itemIdentifier":"m3"}]}`; got.Body != want {
		t.Errorf("got %+v, want %s", got, want)
	}
	var held, failures int
	if err := l.db.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE lease_until > now()), sum(failures) FROM ledger WHERE state = 1`).Scan(&held, &failures); err != nil || held != 0 || failures != 0 {
		t.Errorf("%d claims held, %d failures counted, error %v", held, failures, err)
	}
}

func TestLambdaMakesEventsOfNotices(t *testing.T) {
	l := startOnLambda(t, "OBEDIENT=wraps")
	samples := awsSamples(t)
	inside := text(t, map[string]any{"version": "0", "id": "e1", "detail-type": "dev.xietong.test.asked.v1", "source": "office", "detail": order("in EventBridge", orders{})})
	objectCreated, err := os.ReadFile("testdata/eventbridge-object-created.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, payload := range map[string][]byte{
		"S3":                      sampleOf(t, samples, "s3-event.json"),
		"S3, decoded key":         sampleOf(t, samples, "s3-event-with-decoded.json"),
		"EventBridge":             objectCreated,
		"event in EventBridge":    inside,
		"S3 in SQS":               batch(t, "notices", []byte(strings.ReplaceAll(string(sampleOf(t, samples, "s3-event.json")), "Happy", "Sad"))),
		"EventBridge in SQS":      batch(t, "notices", []byte(strings.ReplaceAll(string(objectCreated), "会议", "培训"))),
		"structured, of a notice": text(t, order("direct", orders{})),
	} {
		for range 2 {
			if got := l.invoke(t, payload); got.Body != "null" && got.Body != `{"batchItemFailures":[]}` {
				t.Errorf("%s: %+v %+v", name, got, got.Failure)
			}
		}
	}
	want := []string{"Happy%20Face.jpg", "Sad%20Face.jpg", "会议 direct", "会议 in EventBridge", "周一 会议.mp3", "周一 培训.mp3"}
	if diff := cmp.Diff(want, sorted(l.rows(t))); diff != "" {
		t.Error(diff)
	}
}

// Lambda carries much that is not ours. It must neither pass nor harm.
func TestLambdaRefusesWhatItDoesNotKnow(t *testing.T) {
	l := startOnLambda(t, "OBEDIENT=wraps")
	samples := awsSamples(t)
	names, err := fs.Glob(samples, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, name := range names {
		got := l.invoke(t, sampleOf(t, samples, name))
		switch {
		case got.Failure == nil:
			taken[name] = got.Body
		case got.Failure.Type != "Malformed":
			t.Errorf("%s: %+v, want Malformed", name, got.Failure)
		}
	}
	for name, body := range taken {
		if strings.Contains(string(sampleOf(t, samples, name)), `"rawPath"`) && strings.Contains(body, `"statusCode"`) {
			delete(taken, name)
		}
	}
	want := map[string]string{"sqs-event.json": `{"batchItemFailures":[{"itemIdentifier":"MessageID_1"}]}`}
	for _, name := range []string{"s3-event", "s3-event-with-decoded", "s3-glacier-event", "s3-intelligenttier-event", "s3-lifecycle-event", "s3-replication-event", "s3-restore-event"} {
		want[name+".json"] = "null"
	}
	if diff := cmp.Diff(want, taken); diff != "" || len(names) < 100 {
		t.Errorf("of %d samples these were taken: %s", len(names), diff)
	}
}

func TestLambdaSaysWhyAFunctionCannotBegin(t *testing.T) {
	platform := lambdatest.Start(t)
	p := launch(t, "AWS_LAMBDA_RUNTIME_API="+platform.Address)
	p.cmd.Wait()
	failure := <-platform.InitErr
	if p.cmd.ProcessState.ExitCode() != 1 || failure.Type != "Function.Open" || !strings.Contains(failure.Message, "DATABASE_URL") {
		t.Errorf("exit status %d, told %+v", p.cmd.ProcessState.ExitCode(), failure)
	}
}

func TestLambdaStopsWithGrace(t *testing.T) {
	l := startOnLambda(t)
	if name := <-l.Stoppable; name == "" {
		t.Error("the function did not ask to be told of its end")
	}
	result := make(chan lambdatest.Result, 1)
	go func() { result <- l.invoke(t, text(t, order("1", orders{Wait: "300ms"}))) }()
	within(t, 10*time.Second, "the work has begun", func() bool {
		var begun int
		return l.db.QueryRow(t.Context(), `SELECT count(*) FROM ledger`).Scan(&begun) == nil && begun == 1
	})
	if status := l.stop(t); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	if len(l.rows(t)) != 1 {
		t.Error("the work under way was not finished")
	}
}
