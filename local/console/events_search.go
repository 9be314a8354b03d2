package console

// What is looked for in the list of events, as an address says it.

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

// eventsAddress is that of the list with one parameter changed.
func eventsAddress(query url.Values, name, value string) string {
	query.Del("lang")
	if query.Set(name, value); value == "" {
		query.Del(name)
	}
	return "/console/events?" + query.Encode()
}

var searchParams = []string{"type", "function", "unit", "outcome", "text", "since", "until", "story", "before", "after", "lang", "seq"}

// eventsFiltered reports whether the address asks for anything but all events.
func eventsFiltered(query url.Values) bool {
	for _, name := range searchParams[:8] {
		if query.Get(name) != "" {
			return true
		}
	}
	return false
}

// followable reports whether what comes can be followed. How an event ends is not known when
// it comes, so a list by outcome stands still; so does one of the past.
func followable(s broker.Search) bool {
	return s.Outcome == "" && s.Until.IsZero() && s.Before == 0 && s.After == 0
}

// eventSearch reads the filters of an address.
func (v *visit) eventSearch() (s broker.Search, err error) {
	if err := web.Params(v.r, searchParams...); err != nil {
		return s, err
	}
	query := v.r.URL.Query()
	for _, name := range searchParams[:8] {
		if err := checkSearch(name, query.Get(name)); err != nil {
			return s, err
		}
	}
	s = broker.Search{Type: strings.TrimSpace(query.Get("type")), Service: query.Get("function"), Unit: strings.TrimSpace(query.Get("unit")), Text: query.Get("text"),
		Outcome: broker.Outcome(query.Get("outcome")), Correlation: query.Get("story"), Limit: eventsListed}
	switch s.Outcome {
	case "", broker.OnItsWay, broker.AllDone, broker.SomeDead, broker.Untaken:
	default:
		return s, web.Field("field_one_of", "outcome", "underway, done, dead, untaken")
	}
	if s.Since, err = v.eventMoment("since"); err != nil {
		return s, err
	}
	if s.Until, err = v.eventMoment("until"); err != nil {
		return s, err
	}
	if s.Before, err = eventNumber("before", query.Get("before")); err != nil {
		return s, err
	}
	s.After, err = eventNumber("after", query.Get("after"))
	return s, err
}

const longestSearch = 1024 // characters; ids and subjects may be as long

func checkSearch(name, text string) error {
	if utf8.RuneCountInString(text) > longestSearch || !utf8.ValidString(text) {
		return web.Field("field_length", name, 0, longestSearch)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return web.Field("field_control", name)
	}
	return nil
}

// eventMoment reads a time as a form writes it, in this machine's zone, or as a script does.
func (v *visit) eventMoment(name string) (time.Time, error) {
	text := v.r.URL.Query().Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, v.Now().Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, web.Field("not_a_time", name)
}

func eventNumber(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, web.Field("not_a_number", name)
	}
	return n, nil
}
