package uploads

import (
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
)

// What a key in the bucket for offline reports stands for: <app>/<path>.ndjson.

// reportEnding is that of a batch of reports.
const reportEnding = ".ndjson"

// reporter is the app whose folder a key lies in, and "" where it lies in none.
func reporter(key string) string {
	if app, _, below := strings.Cut(key, "/"); below && events.IsApp(app) {
		return app
	}
	return ""
}

// announceReports says that a batch of reports has arrived. What its lines hold, their
// signatures say, and the function that opens them.
func (n *Namer) announceReports(cause fn.Event, a arrival) (fn.Outcome, error) {
	if ending(a.object.Key, []string{reportEnding}) == "" {
		return nil, fault.Refusef(events.RefusedInvalid, "%q is no batch of reports; name it <app>/<name>%s", a.object.Key, reportEnding)
	}
	return n.send(cause, a, events.DeviceBatchUploaded{Upload: a.upload, Object: a.object, App: reporter(a.object.Key)})
}
