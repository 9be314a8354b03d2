package uploads

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fn"
)

const noticeType = "com.amazonaws.s3."

// Wrap makes an event of a bare notice, as stores post them. Its id hashes what
// the notice says, so that a store that sends it again sends the same event; a
// store's own sequencer would not do, for some begin anew when they restart.
func (n *Namer) Wrap(_ http.Header, body []byte) (fn.Event, error) {
	notices, err := Notices(body, n.MaxRecords)
	if err != nil {
		return fn.Event{}, fmt.Errorf("the request is neither a CloudEvent nor the notice of an object store: it %w", err)
	}
	e := event.New()
	if len(notices) == 0 {
		e.SetType(noticeType + "TestEvent")
		e.SetSource("aws:s3")
		e.SetID(ce.ID("test", string(body)))
		return e, pack(&e)
	}
	ids := make([]string, len(notices))
	for i, notice := range notices {
		ids[i] = notice.id()
		if at := notice.time(e); at.After(e.Time()) {
			e.SetTime(at) // beside the data, which must stay the same
		}
		notices[i].record.EventTime = ""
	}
	first := notices[0]
	e.SetType(noticeType + first.Event)
	e.SetSource("aws:s3." + url.PathEscape(first.Bucket))
	e.SetID(ids[0])
	if len(ids) > 1 {
		e.SetID(ce.ID(ids...))
	}
	return e, pack(&e, notices...)
}

// single is the notice of one object out of several, to be sent on.
func single(cause fn.Event, notice Notice) (fn.Event, error) {
	e := event.New()
	e.SetType(noticeType + cmp.Or(notice.Event, "Unnamed"))
	e.SetSubject(cmp.Or(notice.Keys[0], cause.Subject()))
	if at := notice.time(cause); !at.IsZero() {
		notice.record.EventTime = at.UTC().Format(time.RFC3339Nano)
	}
	return e, pack(&e, notice)
}

func pack(e *fn.Event, notices ...Notice) error {
	records := make([]record, len(notices))
	for i, notice := range notices {
		records[i] = notice.record
	}
	return e.SetData(event.ApplicationJSON, map[string][]record{"Records": records})
}

func (n Notice) id() string {
	return ce.ID(n.Bucket, n.Keys[0], cmp.Or(n.Version, n.ETag), n.Event)
}
