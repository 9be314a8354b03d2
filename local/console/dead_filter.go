package console

// Which dead letters a page is about: all of it stands in the address.

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

// deadFilter is what people may ask for. Empty fields ask for all.
type deadFilter struct {
	Function, Trigger, Type, Reason, Group string
	Since, Until                           time.Time
}

// readDeadFilter reads it from an address or a form.
func readDeadFilter(r *http.Request, zone *time.Location) (f deadFilter, err error) {
	f = deadFilter{Function: r.FormValue("function"), Trigger: r.FormValue("trigger"), Type: strings.TrimSpace(r.FormValue("type")),
		Reason: strings.TrimSpace(r.FormValue("reason")), Group: r.FormValue("group")}
	if f.Since, err = readMoment(r, "since", zone); err == nil {
		f.Until, err = readMoment(r, "until", zone)
	}
	return f, err
}

// readMoment reads a moment as programs write it, or as a browser without our script
// does: then it is one of this machine's zone.
func readMoment(r *http.Request, name string, zone *time.Location) (time.Time, error) {
	text := r.FormValue(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, web.Field("dead_moment", name)
}

func (f deadFilter) query() broker.DeadQuery {
	return broker.DeadQuery{Trigger: f.Trigger, Service: f.Function, Type: f.Type, Reason: f.Reason, Group: f.Group, Since: f.Since, Until: f.Until}
}

// field is one value of a form or an address.
type field struct{ Name, Value string }

// Fields is the filter as a form carries it on.
func (f deadFilter) Fields() (all []field) {
	for _, one := range []field{{"function", f.Function}, {"trigger", f.Trigger}, {"type", f.Type}, {"reason", f.Reason}, {"group", f.Group},
		{"since", written(f.Since)}, {"until", written(f.Until)}} {
		if one.Value != "" {
			all = append(all, one)
		}
	}
	return all
}

// Any reports whether anything but a group is asked for.
func (f deadFilter) Any() bool {
	f.Group = ""
	return f != deadFilter{}
}

// Whole is the page of these letters whatever their group.
func (f deadFilter) Whole() string {
	f.Group = ""
	return f.Address()
}

func written(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// Address is the page of these letters, with more in its address.
func (f deadFilter) Address(more ...field) string {
	return address("/console/dead", append(f.Fields(), more...)...)
}

func address(path string, all ...field) string {
	q := url.Values{}
	for _, one := range all {
		q.Add(one.Name, one.Value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// letterName is how a letter is named in addresses and forms.
func letterName(id broker.LetterID) string { return fmt.Sprintf("%d~%s", id.Seq, id.Trigger) }

// maxTicked bounds how many letters one form may name; a page shows no more.
const maxTicked = deadPage

// readLetters reads which letters are ticked.
func readLetters(r *http.Request) (ids []broker.LetterID, err error) {
	if err := r.ParseForm(); err != nil {
		return nil, web.Refuse(http.StatusBadRequest, "dead_letter")
	}
	for _, name := range r.Form["letter"] {
		seq, trigger, _ := strings.Cut(name, "~")
		n, err := strconv.ParseInt(seq, 10, 64)
		if err != nil || trigger == "" || len(ids) == maxTicked {
			return nil, web.Refuse(http.StatusBadRequest, "dead_letter")
		}
		ids = append(ids, broker.LetterID{Seq: n, Trigger: trigger})
	}
	return ids, nil
}

// markName is a place in the list, as the address of the next page holds it.
func markName(m broker.DeadMark) string { return written(m.EndedAt) + "~" + letterName(m.LetterID) }

// readMark reads it. A place that is not one is the beginning.
func readMark(r *http.Request) (m broker.DeadMark) {
	parts := strings.SplitN(r.FormValue("before"), "~", 3)
	if len(parts) < 3 {
		return m
	}
	at, err := time.Parse(time.RFC3339Nano, parts[0])
	seq, wrong := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || wrong != nil {
		return m
	}
	return broker.DeadMark{EndedAt: at, LetterID: broker.LetterID{Seq: seq, Trigger: parts[2]}}
}
