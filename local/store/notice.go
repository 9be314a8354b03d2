package store

import (
	"cmp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/shared/ce"
)

// record is what S3 says of an object that arrived. It holds nothing that
// differs when the same object is told of again: an event's id stands for its
// data.
type record struct {
	EventVersion string   `json:"eventVersion"`
	EventSource  string   `json:"eventSource"`
	AWSRegion    string   `json:"awsRegion"`
	EventName    string   `json:"eventName"`
	S3           recordS3 `json:"s3"`
}

type recordS3 struct {
	SchemaVersion string `json:"s3SchemaVersion"`
	// Configuration ends in -global, as everywhere in this server's notices:
	// the mark by which a reader knows that the key is not URL-encoded.
	Configuration string       `json:"configurationId"`
	Bucket        recordBucket `json:"bucket"`
	Object        recordObject `json:"object"`
}

type recordBucket struct {
	Name string `json:"name"`
	ARN  string `json:"arn"`
}

type recordObject struct {
	Key     string `json:"key"`
	Size    int64  `json:"size"`
	ETag    string `json:"eTag"`
	Version string `json:"versionId,omitempty"`
}

// notice is the CloudEvent of an arrival, in the form of the CloudEvents
// adapter for AWS S3, except that its id hashes what arrived, so that telling
// it twice is telling it once.
func notice(region, how, bucket, key string, object *s3.HeadObjectOutput) (events.Event, error) {
	name := "ObjectCreated:" + how
	r := record{EventVersion: "2.2", EventSource: "aws:s3", AWSRegion: region, EventName: name, S3: recordS3{
		SchemaVersion: "1.0", Configuration: "local-global",
		Bucket: recordBucket{Name: bucket, ARN: "arn:aws:s3:::" + bucket},
		Object: recordObject{Key: key, Size: value(object.ContentLength), ETag: strings.Trim(value(object.ETag), `"`), Version: value(object.VersionId)},
	}}
	e := event.New()
	e.SetType("com.amazonaws.s3." + name)
	e.SetSource(r.EventSource + "." + region + "." + bucket)
	e.SetID(ce.ID(bucket, key, cmp.Or(r.S3.Object.Version, r.S3.Object.ETag), e.Type()))
	e.SetSubject(key)
	if object.LastModified != nil {
		e.SetTime(*object.LastModified)
	}
	return e, e.SetData(event.ApplicationJSON, map[string][]record{"Records": {r}})
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
