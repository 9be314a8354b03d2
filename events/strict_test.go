package events_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"xietong.dev/events/eventstest"
)

// optional are the members that may be absent; everything else is required.
var optional = []string{"version", "etag", "title", "language", "model", "label", "speaker", "confidence", "words",
	"suspect", "gaps", "owner", "due", "pages", "width", "height", "page", "password", "watermark", "opacity", "trace", "recall", "missing", "blank", "fonts", "used",
	"row", "metadata", "licence", "copies", "lending_days", "ends", "subtitle", "contributors", "publisher", "published", "isbn", "series", "position", "subjects",
	"clc", "summary", "accessibility", "why", "identifier", "direction", "fixed", "resources", "toc", "offset", "packed", "deflated", "crc32", "letters", "scrambled", "properties", "children",
	"address", "account", "limited", "until", "replay", "after", "sums", "changed", "units", "probes",
	"participants", "place", "recorded_at", "languages", "speakers", "heard", "questions", "risks", "numbers", "dropped", "translations", "due_on", "said", "timing"}

// mustKnow are the places where a name from optional is required all the same:
// who has heard a recording knows its language, and every topic has a title.
var mustKnow = []string{
	"dev.xietong.recording.transcribed.v1 language", "dev.xietong.recording.summarised.v1 language", "dev.xietong.recording.summarised.v1 summary",
	"transcript.v1 language", "summary.v1 language", "decisions[0].translations[0].language", "summary.v1 topics[0].title", "dev.xietong.recording.transcribed.v1 gaps",
	"dev.xietong.document.preview.requested.v1 pages", "dev.xietong.document.preview.requested.v1 width", "dev.xietong.document.converted.v1 pages", "dev.xietong.document.previewed.v1 pages",
	"dev.xietong.book.catalogued.v1 metadata", "dev.xietong.book.catalogued.v1 letters", "origin.version", "row.row", "metadata.title",
	"toc[0].title", "toc[0].children[0].title", "toc[0].children[0].children[0].title", "toc[0].children[1].title", "toc[1].title",
	"ruleset.version", "dev.xietong.risk.ruleset.published.v1 version", "dev.xietong.risk.command.issued.v1 why", "dev.xietong.risk.command.acknowledged.v1 why",
	"sums.missing", "dev.xietong.risk.replayed.v1 missing", "dev.xietong.risk.replay.requested.v1 replay", "dev.xietong.risk.replayed.v1 replay",
	"transcript.v1 speakers", "dev.xietong.glossary.changed.v1 version",
}

// mayLack are the places where a name that is required elsewhere may be absent.
var mayLack = []string{"dev.xietong.book.catalogued.v1 text", "book_contents.v1 reading[0].size", "book_contents.v1 resources[0].size",
	"dev.xietong.device.batch.uploaded.v1 app", "dev.xietong.risk.alert.closed.v1 by", "participants[0].track", "participants[0].role", "participants[1].track",
	"dev.xietong.recording.uploaded.v1 kind", "dev.xietong.recording.summarised.v1 kind", "dev.xietong.summary.requested.v1 kind", "transcript.v1 kind", "summary.v1 kind"}

func isOptional(contract string, f eventstest.Field) bool {
	isIn := func(places []string) bool {
		return slices.Contains(places, f.Path) || slices.Contains(places, contract+" "+f.Path)
	}
	return isIn(mayLack) || slices.Contains(optional, f.Name) && !isIn(mustKnow)
}

func TestEveryRequiredFieldIsMissed(t *testing.T) {
	for _, c := range contracts(t) {
		for _, f := range eventstest.Fields(c.example) {
			if f.IsElement() {
				continue
			}
			_, err := c.read(encode(t, f.Remove(c.example)))
			switch {
			case isOptional(c.name, f) && err != nil:
				t.Errorf("%s without the optional %s: %v", c.name, f.Path, err)
			case !isOptional(c.name, f):
				refused(t, err, c.name+" without "+f.Path, "field "+f.Path+" is missing")
			}
		}
	}
}

func TestEveryFieldHasOneType(t *testing.T) {
	values := []any{nil, true, "0-1240", json.Number("1.5"), []any{}, map[string]any{}}
	for _, c := range contracts(t) {
		for _, f := range eventstest.Fields(c.example) {
			for _, v := range values {
				if reflect.TypeOf(v) == reflect.TypeOf(f.Value) && (v != json.Number("1.5") || f.Name == "position") {
					continue
				}
				_, err := c.read(encode(t, f.Set(c.example, v)))
				refused(t, err, fmt.Sprintf("%s with %s = %v", c.name, f.Path, v), "field "+f.Path+" is ")
			}
		}
	}
}

func TestEveryFieldHasBounds(t *testing.T) {
	long := func(n int) string { return strings.Repeat("长", n) }
	count := func(least int64) []any { return []any{least - 1, -1 << 40, int64(1) << 53, json.Number("1e30")} }
	text := func(most int) []any { return []any{"", long(most + 1), "a\x00b"} }
	loose := func(most int) []any { return []any{long(most + 1), "a\x00b"} }
	ids := []any{"", "short", "UPPERCASE1", "-6f1c9c1e", "6f1c9c1e/x", strings.Repeat("a", 65)}
	tags := []any{"z", "zh_CN", "中文", "zh-", "zh-" + strings.Repeat("a1b2c3d4-", 4) + "a1"}
	many := func(n int, v any) []any { return slices.Repeat([]any{v}, n) }
	times := []any{"", "2026-11-27", "2026-11-27T01:30:00", "2026-11-27T01:30:00+08:00", "2026-11-27T24:00:00Z", "2026-02-30T01:30:00Z", "2026-11-27T01:30:00.0000000001Z"}
	hashed := []any{"", strings.Repeat("a", 31), strings.Repeat("a", 33), strings.Repeat("A", 32)}
	sum := map[string]any{"name": "u", "compared": 1, "same": 1, "newly_blocked": 0}
	elements := map[string][]any{} // of lists of words
	// By the name of the field; by its path, or by contract and path, where one
	// name has several meanings.
	bad := map[string][]any{
		"recording": ids, "upload": ids, "language": tags, "code": {"", "x", "No_Speech", "no speech", strings.Repeat("a", 64)},
		"bucket": text(255), "key": text(1024), "version": loose(1024), "etag": loose(1024), "size": count(0),
		"name": text(1024), "engine.name": text(127), "model": loose(255), "media_type": text(127), "format": {"", "SRT", "ass"},
		"title": loose(1024), "summary.v1 topics[0].title": loose(255), "stage": text(63), "reason": text(2048),
		"chunks": count(1), "tracks": count(1), "ended": count(1), "index": count(0), "track": count(0), "revision": count(1),
		"start_ms": count(0), "end_ms": count(1), "segments[0].words[0].end_ms": count(0), "first_ms": count(0), "count": count(1),
		"duration_ms": count(0), "dev.xietong.recording.cut.v1 duration_ms": count(1),
		"dev.xietong.recording.transcribed.v1 segments": count(1), "dev.xietong.recording.transcribed.v1 gaps": count(0),
		"document_version": {0, 2, -1}, "id": text(64), "label": loose(255), "speaker": loose(64), "suspect": loose(63),
		"confidence": {-0.001, 1.001, json.Number("1e400")}, "text": text(4096), "quote": text(16384),
		"document": ids, "folder": ids, "to": {"", "PDF", "exe"}, "renditions[0].format": {"", "doc"}, "dev.xietong.document.converted.v1 format": text(31),
		"renditions": {[]any{}}, "pages": count(1), "dev.xietong.document.conversion.requested.v1 pages": loose(255),
		"dev.xietong.document.converted.v1 pages": count(0), "first": count(1), "last": count(1), "page": count(0),
		"width": {-1, 8193}, "dev.xietong.document.preview.requested.v1 width": {0, 8193}, "height": {-1, 1<<20 + 1}, "password": loose(255), "lines": {[]any{}, []any{"1", "2", "3", "4", "5", "6", "7"}},
		"watermark.lines[0]": text(100), "watermark.lines[1]": text(100), "opacity": {-0.1, 1.1}, "trace": {"00c0ffee", "00C0FFEE00C0FFEE", "zzzzzzzzzzzzzzzz"},
		"quality": {"", "fine"}, "recall": {-0.001, 1.001}, "missing": loose(255), "report.blank[0]": {0, 1<<20 + 1}, "wanted": text(255), "used": loose(255),
		"book": ids, "batch": ids, "source": {"", "Zhonghua", "-zhonghua", "中华", strings.Repeat("a", 64)}, "source_id": text(255), "origin.version": count(0),
		"row": {0, 1_000_001}, "copies": {-1, 1_000_001}, "lending_days": {-1, 36_526}, "ends": {"2030", "2030-12", "2030-13-01", "2030-12-32"},
		"metadata.title": text(1024), "subtitle": loose(1024), "contributors": {many(201, map[string]any{"name": "萧红", "role": "aut"})}, "role": {"", "au", "AUT", "autx", "1st"},
		"publisher": loose(255), "published": {"24", "2024-5", "2024-13", "2024-00", "2024-05-32", "2024-05-17T00:00:00Z", "199?"},
		"isbn":   {"7101098769", "978710109876X", "978-7-101-09876-1", "9787101098760", "9787101089761", "9777101098764", "97871010987610"},
		"series": loose(255), "position": {-0.5, 1_000_000.5, json.Number("1e400")}, "clc": {"i246.5", "246", "I 246", "长", "I" + strings.Repeat("2", 63)},
		"subjects": {many(201, "长篇小说")}, "accessibility": {many(201, "readingOrder")}, "properties": {many(201, "nav")}, "metadata.summary": loose(16384),
		"sha256": {"", strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("A", 64), strings.Repeat("g", 64)}, "letters": count(0),
		"why": loose(2048), "by": text(255), "rows": {-1, 1_000_001}, "catalogue": {-1, 1_000_001}, "unchanged": {-1, 1_000_001},
		"older": {-1, 1_000_001}, "withdraw": {-1, 1_000_001}, "restore": {-1, 1_000_001}, "refused": {-1, 1_000_001},
		"dev.xietong.book.batch.rows.requested.v1 first": {0, 1_000_001}, "dev.xietong.book.batch.rows.requested.v1 last": {0, 1_000_001},
		"identifier": loose(1024), "direction": {"up", "LTR"}, "href": text(2048), "offset": count(0), "packed": count(0), "crc32": {-1, int64(1) << 32}, "scrambled": {"rot13", "IDPF"},
		"reading": {[]any{}}, "parts[0].text": loose(16 << 20), "parts[1].text": {"a\x00b"},
		"segment": text(64), "app": {"", "-app", "应用", "a b", strings.Repeat("a", 65)}, "dev.xietong.device.batch.uploaded.v1 app": {"-app", "应用", strings.Repeat("a", 65)},
		"protected": {"", "a+b", "a=", strings.Repeat("a", 8193)}, "body": {"", "a+b", "a=", strings.Repeat("a", 88_065)}, "signature": {"", "a+b", "a=", strings.Repeat("a", 1025)},
		"address": {"localhost", "::z", "1.2.3", "10.0.0.256", strings.Repeat("1", 46)}, "received": times, "time": times, "window_ends": times, "issued": times, "until": times[1:],
		"report": ids, "alert": ids, "command": ids, "replay": ids, "dev.xietong.risk.ruleset.published.v1 replay": ids[1:], "unit": text(255), "device": hashed, "account": hashed[1:], "limited": {"x", "No", "a b"},
		"outcome": {"", "Block", "deny"}, "score": {-1, 101}, "rule": {"", "RT", "a..b", ".a", strings.Repeat("a", 65)}, "zh": text(255), "en": text(255),
		"kind": {"", "Device", "wipe"}, "entity.id": {"", "G", strings.Repeat("a", 65)}, "ruleset.version": count(1), "dev.xietong.risk.ruleset.published.v1 version": count(1),
		"hash": {"", strings.Repeat("a", 63), strings.Repeat("A", 64)}, "approvals": {[]any{}, many(21, "u-1")}, "ruleset": count(0), "from": {"", "Allow", "2026-11-27"}, "limit": {0, 1_000_001},
		"compared": count(0), "same": count(0), "newly_blocked": count(0), "sums.missing": count(0), "dev.xietong.risk.replayed.v1 missing": count(0),
		"dev.xietong.risk.command.issued.v1 why": text(2048), "dev.xietong.risk.command.acknowledged.v1 why": text(2048), "dev.xietong.risk.alert.closed.v1 by": loose(255),
		"reasons": {many(51, map[string]any{"rule": "a", "zh": "甲", "en": "a"})}, "changed": {many(26, map[string]any{"from": "allow", "to": "block", "count": 1})},
		"units": {many(201, sum)}, "probes": {many(201, sum)},
		"place": loose(1024), "participants[0].role": {"Chair", "host"},
		"recorded_at": times[1:], "due_on": {"2026-9-30", "2026-09-32", "30.09.2026"}, "dropped": count(0), "function": text(63), "objects": count(0), "payloads": count(0),
		"dev.xietong.recording.forgotten.v1 rows": count(0), "participants": {many(501, map[string]any{"name": "张伟"})}, "terms": {many(2001, map[string]any{"text": "一网通办"})},
		"heard": {many(21, "一")}, "languages": {many(4, "en")}, "dev.xietong.summary.requested.v1 speakers": {many(501, map[string]any{"id": "s1", "track": 0})},
		"dev.xietong.glossary.changed.v1 version": count(1), "terms[0].text": text(100), "terms[1].text": text(100),
		"said": {"a\x00b"}, "timing": {"exact", "Chunk"}, "owner": loose(255), "due": loose(255), "term": text(255), "evidence": {[]any{}},
	}
	elements["approvals"] = text(255)
	elements["heard"], elements["languages"] = text(100), append(tags, "")
	for _, place := range []string{"participants[0].account", "participants[1].account", "speakers[0].account", "speakers[1].account"} {
		bad[place] = loose(255)
	}
	for _, c := range []string{"dev.xietong.recording.uploaded.v1", "dev.xietong.recording.summarised.v1", "dev.xietong.summary.requested.v1", "transcript.v1", "summary.v1"} {
		bad[c+" kind"] = []any{"Meeting", "wedding"}
	}
	for _, alert := range []string{"opened", "updated", "closed"} {
		for _, field := range []string{" first", " last"} {
			bad["dev.xietong.risk.alert."+alert+".v1"+field] = times
		}
	}
	for _, list := range []string{"subjects", "accessibility", "properties"} {
		elements[list] = text(255)
	}
	for _, heading := range []string{"toc[0]", "toc[1]", "toc[0].children[0]", "toc[0].children[0].children[0]", "toc[0].children[1]"} {
		bad[heading+".title"], bad[heading+".href"] = text(1024), loose(2048)
	}
	for i := range 3 {
		bad[fmt.Sprintf("segments[%d].text", i)] = []any{"a\x00b"}
		bad[fmt.Sprintf("segments[0].words[%d].text", i)] = loose(1024)
	}
	for _, c := range contracts(t) {
		for _, f := range eventstest.Fields(c.example) {
			values := bad[f.Name]
			if special, found := elements[f.Name]; found && f.IsElement() {
				values = special
			}
			for _, key := range []string{f.Path, c.name + " " + f.Path} {
				if special, found := bad[key]; found {
					values = special
				}
			}
			switch f.Value.(type) {
			case string, json.Number:
				if len(values) == 0 {
					t.Errorf("%s: no bounds are tried on %s", c.name, f.Path)
				}
			}
			for _, v := range values {
				_, err := c.read(encode(t, f.Set(c.example, v)))
				refused(t, err, fmt.Sprintf("%s with %s = %.40v", c.name, f.Path, v), "field "+f.Path)
			}
		}
	}
}

func TestFieldsFitEachOther(t *testing.T) {
	for _, s := range []struct{ name, path, value, field string }{
		{"dev.xietong.chunk.cut.v1", "end_ms", "602340", "end_ms"},
		{"dev.xietong.chunk.cut.v1", "start_ms", "648120", "end_ms"},
		{"dev.xietong.chunk.transcribed.v1", "chunks", "11", "chunks"},
		{"dev.xietong.chunk.transcribed.v1", "index", "40", "chunks"},
		{"dev.xietong.document.preview.requested.v1", "first", "21", "last"},
		{"dev.xietong.document.preview.requested.v1", "pages", "19", "pages"},
		{"dev.xietong.document.previewed.v1", "pages", "19", "pages"},
		{"dev.xietong.book.batch.rows.requested.v1", "first", "401", "last"},
		{"dev.xietong.book.batch.planned.v1", "counts.rows", "18039", "counts.rows"},
		{"dev.xietong.book.batch.planned.v1", "counts.catalogue", "20001", "counts.rows"},
		{"dev.xietong.book.batch.completed.v1", "counts.older", "20001", "counts.rows"},
		{"dev.xietong.book.batch.completed.v1", "counts.withdraw", "20001", "counts.rows"},
		{"dev.xietong.book.batch.completed.v1", "counts.restore", "20001", "counts.rows"},
		{"dev.xietong.book.batch.completed.v1", "counts.refused", "20001", "counts.rows"},
		{"dev.xietong.risk.replayed.v1", "compared", "99000", "compared"},
		{"dev.xietong.risk.replayed.v1", "units[0].same", "60001", "units[0].compared"},
		{"transcript.v1", "segments[1].end_ms", "7300", "segments[1].end_ms"},
		{"transcript.v1", "segments[0].words[2].end_ms", "1789", "segments[0].words[2].end_ms"},
		{"transcript.v1", "gaps[0].end_ms", "602340", "gaps[0].end_ms"},
		{"summary.v1", "topics[0].end_ms", "1240", "topics[0].end_ms"},
		{"summary.v1", "actions[0].evidence[0].end_ms", "7300", "actions[0].evidence[0].end_ms"},
	} {
		c, f := find(t, s.name, s.path)
		_, err := c.read(encode(t, f.Set(c.example, json.Number(s.value))))
		refused(t, err, fmt.Sprint(s), "field "+s.field+" is ")
	}
}

func TestTimesAreInOrder(t *testing.T) {
	for _, s := range []struct{ name, path, value string }{
		{"dev.xietong.risk.alert.opened.v1", "last", "2026-11-27T01:19:59Z"},
		{"dev.xietong.risk.command.issued.v1", "until", "2026-11-27T01:29:59Z"},
		{"dev.xietong.risk.replay.requested.v1", "to", "2026-10-27T23:59:59Z"},
	} {
		c, f := find(t, s.name, s.path)
		_, err := c.read(encode(t, f.Set(c.example, s.value)))
		refused(t, err, fmt.Sprint(s), "which does not fit")
	}
}

func TestOnlyOneReadingOfTheJSON(t *testing.T) {
	const body = `"recording":"6f1c9c1e","upload":"b27d5f2e"`
	heard := contracts(t)[5]
	for _, c := range []struct{ text, want string }{
		{`{` + body + `,"revision":1}`, ""},
		{" {\t" + body + ",\n\"revision\":1.0} \r\n", ""},
		{`{` + body + `,"revision":1e0,"later":{"a":[1,{"b":null}],"n":1e999}}`, ""},
		{`{` + body + `,"revision":1,"Revision":-7,"REVISION":"x"}`, ""},
		{`{` + body + `,"Revision":1}`, "field revision is missing"},
		{`{` + body + `,"revision":1,"revision":1}`, "field revision is there twice"},
		{`{` + body + `,"revision":1,"rev\u0069sion":2}`, "field revision is there twice"},
		{`{` + body + `,"revision":1,"later":1,"later":1}`, "field later is there twice"},
		{`{` + body + `,"revision":1,"later":{"a":1,"a":1}}`, "field later.a is there twice"},
		{`{` + body + `,"revision":1} {}`, "after top-level value"},
		{`{` + body + `,"revision":1}]`, "after top-level value"},
		{`{` + body + `,"revision":NaN}`, "not JSON at byte"},
		{`{` + body + `,"revision":Infinity}`, "not JSON at byte"},
		{`{` + body + `,"revision":01}`, "not JSON at byte"},
		{`{` + body + `,"revision":1e400}`, "field revision is 1e400, want an integer"},
		{`{` + body + `,"revision":9007199254740992}`, "field revision is 9007199254740992, want an integer"},
		{`{` + body + `,"revision":` + strings.Repeat("9", 5000) + `}`, "field revision is 999"},
		{`{` + body + `,"revision":1,}`, "not JSON at byte"},
		{`{` + body + ` "revision":1}`, "not JSON at byte"},
		{`{` + body + `,"revision":1`, "unexpected end of JSON input"},
		{`{` + body + `,"revision"`, "unexpected end of JSON input"},
		{``, "unexpected end of JSON input"},
		{`  `, "unexpected end of JSON input"},
		{"\ufeff{" + body + `,"revision":1}`, "not JSON at byte"},
		{"{" + body + ",\"revision\":1,\"x\":\"\xff\"}", "not UTF-8"},
		{`null`, "the value is null, want an object"},
		{`[]`, "the value is a list, want an object"},
		{`"x"`, "the value is a string, want an object"},
		{strings.Repeat("[", 1_000_000), "exceeded max depth"},
		{`{` + body + `,"revision":1,"later":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`, "is nested deeper than 16 levels"},
		{`{` + body + `,"revision":1,"later":` + strings.Repeat(`{"a":`, 9_000) + `1` + strings.Repeat("}", 9_000) + `}`, "is nested deeper than 16 levels"},
		{`{` + body + `,"revision":1,"later":` + strings.Repeat("[", 15) + strings.Repeat("]", 15) + `}`, ""},
		{`{` + body + `,"revision":1,"later":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`, "is nested deeper than 16 levels"},
	} {
		_, err := heard.read([]byte(c.text))
		if c.want == "" {
			if err != nil {
				t.Errorf("%.120s: %v", c.text, err)
			}
			continue
		}
		refused(t, err, fmt.Sprintf("%.120s", c.text), c.want)
	}
}

func TestUnknownFieldsPass(t *testing.T) {
	for _, c := range contracts(t) {
		for _, f := range eventstest.Fields(c.example) {
			holder, is := f.Value.(map[string]any)
			if !is {
				continue
			}
			wider := map[string]any{"said_later": []any{nil, map[string]any{"a": 1}}}
			for name, v := range holder {
				wider[name] = v
			}
			if _, err := c.read(encode(t, f.Set(c.example, wider))); err != nil {
				t.Errorf("%s with more in %s: %v", c.name, f.Path, err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	all := contracts(f)
	for i, c := range all {
		f.Add(i, encode(f, c.example))
	}
	f.Add(0, []byte(`{"recording":"\ud800aaaaaaaa","recording":1e999}`))
	f.Fuzz(func(t *testing.T, i int, text []byte) {
		c := all[uint(i)%uint(len(all))]
		got, err := c.read(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%s took what is not JSON: %q", c.name, text)
		}
		again, err := c.read(encode(t, got))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%s: %v\nfirst %+v\nagain %+v", c.name, err, got, again)
		}
	})
}

func find(t *testing.T, name, path string) (contract, eventstest.Field) {
	t.Helper()
	for _, c := range contracts(t) {
		for _, f := range eventstest.Fields(c.example) {
			if c.name == name && f.Path == path {
				return c, f
			}
		}
	}
	t.Fatalf("no %s in %s", path, name)
	return contract{}, eventstest.Field{}
}

func refused(t *testing.T, err error, what, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got error %v, want %q", what, err, want)
	}
}
