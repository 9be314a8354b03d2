package uploads

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Notice says that something happened to one object.
type Notice struct {
	Bucket  string
	Keys    []string // what the object may be called, the likeliest first
	Version string   // empty where the bucket keeps no versions
	ETag    string   // without quotes
	Event   string   // such as ObjectCreated:Put

	record record // to be sent on
}

// record is the part of a notice that stays the same when the same object is
// told of again: no time, no request, no sequencer.
type record struct {
	EventSource string   `json:"eventSource,omitempty"`
	EventName   string   `json:"eventName"`
	EventTime   string   `json:"eventTime,omitempty"` // dropped from what is told bare, for there it differs from telling to telling
	S3          recordS3 `json:"s3"`
	// Unread is one message of a batch that nobody could read. It goes on alone,
	// to be refused without the others.
	Unread json.RawMessage `json:"unread,omitempty"`
}

type recordS3 struct {
	Configuration string       `json:"configurationId,omitempty"`
	Bucket        recordBucket `json:"bucket"`
	Object        recordObject `json:"object"`
}

type recordBucket struct {
	Name string `json:"name"`
}

type recordObject struct {
	Key     string `json:"key"`
	Plain   string `json:"urlDecodedKey,omitempty"` // as it is, where that is known for certain
	ETag    string `json:"eTag,omitempty"`
	Version string `json:"versionId,omitempty"`
}

// message is any of the wrappings that a notice comes in.
type message struct {
	Records    []json.RawMessage // S3 event, SQS batch
	S3         *recordS3         // one record, as Ceph's adapter for Knative sends it
	Body       string            // SQS
	Message    string            // SNS
	DetailType string            `json:"detail-type"` // EventBridge
	Detail     *detail
	Event      string // s3:TestEvent, which proves a subscription
}

type detail struct {
	Reason string
	Bucket recordBucket
	Object struct {
		Key     string
		ETag    string
		Version string `json:"version-id"`
	}
}

// maxDepth is an S3 record, in its notice, in SNS, in SQS, in its batch.
const maxDepth = 5

// Notices reads the notices that data holds, at most so many.
func Notices(data []byte, most int) ([]Notice, error) {
	records, err := unwrap(data, most, maxDepth)
	if err != nil {
		return nil, err
	}
	notices := make([]Notice, len(records))
	for i, r := range records {
		notices[i] = r.notice()
	}
	return notices, nil
}

func unwrap(data []byte, most, depth int) ([]record, error) {
	var m message
	if depth == 0 {
		return nil, errors.New("too many messages inside one another")
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("is not JSON that a store sends: %w", err)
	}
	switch {
	case m.S3 != nil:
		var r record
		return []record{r}, json.Unmarshal(data, &r)
	case m.Records != nil:
		return unwrapAll(m.Records, most, depth)
	case m.Body != "":
		return unwrap([]byte(m.Body), most, depth-1)
	case m.Message != "":
		return unwrap([]byte(m.Message), most, depth-1)
	case m.DetailType != "" && m.Detail != nil:
		return []record{m.Detail.record(m.DetailType)}, nil
	case m.Event == "s3:TestEvent":
		return nil, nil
	}
	return nil, errors.New("has none of Records, s3, body, Message and detail")
}

var errTooMany = errors.New("holds too many records")

func unwrapAll(messages []json.RawMessage, most, depth int) (all []record, err error) {
	for _, m := range messages {
		records, err := unwrap(m, most, depth-1)
		switch {
		case errors.Is(err, errTooMany):
			return nil, err
		case err != nil:
			records = []record{{Unread: m}}
		}
		all = append(all, records...)
		if len(all) > most {
			return nil, fmt.Errorf("%w: at most %d are taken (MAX_RECORDS)", errTooMany, most)
		}
	}
	return all, nil
}

// record turns what EventBridge says into the words of an S3 event.
func (d detail) record(detailType string) record {
	how := strings.TrimSpace(strings.TrimSuffix(d.Reason, "Object"))
	r := record{EventSource: "aws:s3", EventName: strings.ReplaceAll(detailType, " ", "") + ":" + how}
	r.S3.Bucket = d.Bucket
	r.S3.Object = recordObject{Key: url.QueryEscape(d.Object.Key), Plain: d.Object.Key, ETag: d.Object.ETag, Version: d.Object.Version}
	return r
}

func (r record) notice() Notice {
	r.S3.Object.ETag = strings.Trim(r.S3.Object.ETag, `"`)
	r.EventName = strings.TrimPrefix(r.EventName, "s3:")
	return Notice{Bucket: r.S3.Bucket.Name, Keys: r.keys(), Version: r.S3.Object.Version, ETag: r.S3.Object.ETag, Event: r.EventName, record: r}
}

// keys reads the key. AWS and MinIO URL-encode it, versitygw does not, and Ceph
// and those who copy AWS differ from release to release. So where both readings
// are possible both are given, and the store knows which object there is.
func (r record) keys() []string {
	written := r.S3.Object.Key
	if r.S3.Object.Plain != "" {
		return []string{r.S3.Object.Plain}
	}
	plain, err := url.QueryUnescape(written)
	switch {
	case err != nil || plain == written:
		return []string{written}
	case r.EventSource == "minio:s3":
		return []string{plain}
	case slices.Contains(plainConfigurations, r.S3.Configuration):
		return []string{written, plain}
	}
	return []string{plain, written}
}

// plainConfigurations are the names by which versitygw gives itself away: the
// one of each way it sends, and the one of the local runtime.
var plainConfigurations = []string{"webhook-global", "kafka-global", "nats-global", "rabbitmq-global", "local-global"}

// unreadable says why the notice cannot be acted on, whatever the store holds.
func (n Notice) unreadable() error {
	switch {
	case n.Bucket == "":
		return errors.New("names no bucket")
	case n.Keys[0] == "":
		return errors.New("names no object")
	case n.Event == "":
		return errors.New("names no event")
	}
	return nil
}

func (n Notice) created() bool { return strings.HasPrefix(n.Event, "ObjectCreated") }

// folder reports whether the object only stands for a folder, as consoles make
// them.
func (n Notice) folder() bool { return strings.HasSuffix(n.Keys[0], "/") }
