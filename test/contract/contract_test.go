// Package contract holds the schemas, the examples and the Go code of events
// to each other: whoever reads only the schemas must come to the same verdict
// as a function does.
package contract

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"xietong.dev/events"
	"xietong.dev/events/eventstest"
)

const root = "../.."

// document is what a schema describes: the data of an event, or an object.
type document struct {
	name    string
	read    func(text []byte) error
	example any
}

func reader[T events.Data](text []byte) error {
	var zero T
	e := event.New()
	e.SetType(zero.EventType())
	if err := e.SetData(event.ApplicationJSON, text); err != nil {
		return err
	}
	_, err := events.Decode[T](e)
	return err
}

func documents(t *testing.T) []document {
	readers := map[string]func([]byte) error{
		"dev.xietong.recording.uploaded.v1":            reader[events.RecordingUploaded],
		"dev.xietong.transcript.uploaded.v1":           reader[events.TranscriptUploaded],
		"dev.xietong.recording.cut.v1":                 reader[events.RecordingCut],
		"dev.xietong.chunk.cut.v1":                     reader[events.ChunkCut],
		"dev.xietong.chunk.transcribed.v1":             reader[events.ChunkTranscribed],
		"dev.xietong.recording.heard.v1":               reader[events.RecordingHeard],
		"dev.xietong.recording.transcribed.v1":         reader[events.RecordingTranscribed],
		"dev.xietong.recording.summarised.v1":          reader[events.RecordingSummarised],
		"dev.xietong.recording.refused.v1":             reader[events.RecordingRefused],
		"dev.xietong.minutes.deleted.v1":               reader[events.MinutesDeleted],
		"dev.xietong.summary.requested.v1":             reader[events.SummaryRequested],
		"dev.xietong.recording.forgotten.v1":           reader[events.RecordingForgotten],
		"dev.xietong.glossary.changed.v1":              reader[events.GlossaryChanged],
		"dev.xietong.captions.ended.v1":                reader[events.CaptionsEnded],
		"dev.xietong.document.uploaded.v1":             reader[events.DocumentUploaded],
		"dev.xietong.document.conversion.requested.v1": reader[events.DocumentConversionRequested],
		"dev.xietong.document.preview.requested.v1":    reader[events.DocumentPreviewRequested],
		"dev.xietong.document.converted.v1":            reader[events.DocumentConverted],
		"dev.xietong.document.previewed.v1":            reader[events.DocumentPreviewed],
		"dev.xietong.document.refused.v1":              reader[events.DocumentRefused],
		"dev.xietong.document.deleted.v1":              reader[events.DocumentDeleted],
		"dev.xietong.book.uploaded.v1":                 reader[events.BookUploaded],
		"dev.xietong.book.catalogued.v1":               reader[events.BookCatalogued],
		"dev.xietong.book.text.requested.v1":           reader[events.BookTextRequested],
		"dev.xietong.book.cover.requested.v1":          reader[events.BookCoverRequested],
		"dev.xietong.book.covered.v1":                  reader[events.BookCovered],
		"dev.xietong.book.withdrawn.v1":                reader[events.BookWithdrawn],
		"dev.xietong.book.restored.v1":                 reader[events.BookRestored],
		"dev.xietong.book.refused.v1":                  reader[events.BookRefused],
		"dev.xietong.book.batch.uploaded.v1":           reader[events.BatchUploaded],
		"dev.xietong.book.batch.planned.v1":            reader[events.BatchPlanned],
		"dev.xietong.book.batch.approved.v1":           reader[events.BatchApproved],
		"dev.xietong.book.batch.rows.requested.v1":     reader[events.BatchRowsRequested],
		"dev.xietong.book.batch.completed.v1":          reader[events.BatchCompleted],
		"dev.xietong.book.batch.refused.v1":            reader[events.BatchRefused],
		"dev.xietong.device.reported.v1":               reader[events.DeviceReported],
		"dev.xietong.device.batch.uploaded.v1":         reader[events.DeviceBatchUploaded],
		"dev.xietong.risk.decided.v1":                  reader[events.RiskDecided],
		"dev.xietong.risk.alert.opened.v1":             reader[events.RiskAlertOpened],
		"dev.xietong.risk.alert.updated.v1":            reader[events.RiskAlertUpdated],
		"dev.xietong.risk.alert.closed.v1":             reader[events.RiskAlertClosed],
		"dev.xietong.risk.command.issued.v1":           reader[events.RiskCommandIssued],
		"dev.xietong.risk.command.acknowledged.v1":     reader[events.RiskCommandAcknowledged],
		"dev.xietong.risk.ruleset.published.v1":        reader[events.RiskRulesetPublished],
		"dev.xietong.risk.replay.requested.v1":         reader[events.RiskReplayRequested],
		"dev.xietong.risk.replayed.v1":                 reader[events.RiskReplayed],
	}
	var all []document
	for _, data := range events.Types() {
		read, there := readers[data.EventType()]
		if !there {
			t.Fatalf("no reader for %s: add it here", data.EventType())
		}
		all = append(all, document{data.EventType(), read, example(t, data.EventType()).(map[string]any)["data"]})
	}
	return append(all,
		document{"transcript.v1", func(text []byte) error { _, err := events.DecodeTranscript(text); return err }, example(t, "transcript.v1")},
		document{"summary.v1", func(text []byte) error { _, err := events.DecodeSummary(text); return err }, example(t, "summary.v1")},
		document{"book_contents.v1", func(text []byte) error { _, err := events.DecodeBookContents(text); return err }, example(t, "book_contents.v1")})
}

func TestSchemasTakeTheirExamples(t *testing.T) {
	envelope := schema(t, "event.v1")
	for _, d := range documents(t) {
		if err := schema(t, d.name).Validate(d.example); err != nil {
			t.Errorf("%s: %v", d.name, err)
		}
		if strings.HasPrefix(d.name, "dev.xietong.") {
			if err := envelope.Validate(example(t, d.name)); err != nil {
				t.Errorf("%s as an event: %v", d.name, err)
			}
		}
	}
}

// Every spoiled example must be taken by both or refused by both, or by Decode
// alone where two fields do not fit each other, which a schema cannot say.
func TestSchemasAndDecodeAgree(t *testing.T) {
	const pairs = 2000
	for _, d := range documents(t) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			s, dice, taken, refused := schema(t, d.name), rand.New(rand.NewPCG(1, 2)), 0, 0
			try := func(change string, doc any) {
				ok, err := agree(s, d.read, doc)
				if err != nil {
					t.Errorf("%s: %v", change, err)
				}
				if ok {
					taken++
				} else {
					refused++
				}
			}
			changes := spoil(d.example)
			for _, c := range changes {
				try(c.what, c.doc)
			}
			for range pairs {
				one := changes[dice.IntN(len(changes))]
				two := spoilOne(one.doc, dice)
				try(one.what+", "+two.what, two.doc)
			}
			if taken < 50 || refused < 500 {
				t.Errorf("%d taken and %d refused: the changes prove too little", taken, refused)
			}
		})
	}
}

func agree(s *jsonschema.Schema, read func([]byte) error, doc any) (taken bool, err error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return false, err
	}
	value, err := eventstest.Parse(text)
	if err != nil {
		return false, err
	}
	bySchema, byDecode := s.Validate(value), read(text)
	if bySchema == nil && byDecode != nil && strings.Contains(byDecode.Error(), "which does not fit") {
		return false, nil
	}
	if (bySchema == nil) != (byDecode == nil) {
		return false, fmt.Errorf("the schema says %v, Decode says %v", bySchema, byDecode)
	}
	return byDecode == nil, nil
}

type change struct {
	what string
	doc  any
}

// spoil returns doc with every single change that this test knows.
func spoil(doc any) []change {
	var all []change
	if holder, is := doc.(map[string]any); is {
		all = append(all, change{"more at the top", with(holder, "said_later")}, change{"more at the top in capitals", with(holder, "RECORDING")})
	}
	for _, f := range eventstest.Fields(doc) {
		if !f.IsElement() {
			all = append(all, change{"no " + f.Path, f.Remove(doc)})
		}
		if holder, is := f.Value.(map[string]any); is {
			all = append(all, change{"more in " + f.Path, f.Set(doc, with(holder, "said_later"))})
		}
		for _, v := range tried(f) {
			all = append(all, change{fmt.Sprintf("%s = %.40v", f.Path, v), f.Set(doc, v)})
		}
	}
	return all
}

// spoilOne returns doc with one change, chosen by the dice.
func spoilOne(doc any, dice *rand.Rand) change {
	fields := eventstest.Fields(doc)
	if len(fields) == 0 {
		return change{"no more", doc}
	}
	f := fields[dice.IntN(len(fields))]
	values := tried(f)
	if i := dice.IntN(len(values) + 5); i < len(values) {
		return change{fmt.Sprintf("%s = %.40v", f.Path, values[i]), f.Set(doc, values[i])}
	}
	if f.IsElement() {
		return change{"null in " + f.Path, f.Set(doc, nil)}
	}
	return change{"no " + f.Path, f.Remove(doc)}
}

func with(holder map[string]any, name string) map[string]any {
	wider := maps.Clone(holder)
	wider[name] = []any{nil, map[string]any{"a": json.Number("1.5")}}
	return wider
}

// values are of every JSON type, and stand on both sides of every bound.
var values = func() []any {
	all := []any{nil, true, false, []any{}, []any{nil}, []any{map[string]any{}}, map[string]any{}, map[string]any{"bucket": "b", "key": "k", "size": json.Number("0")},
		"", "x", "zh", "zh-Hant", "zh_CN", "zh\n", "no_speech", "No_Speech", "srt", "6f1c9c1e", "6F1C9C1E", "-6f1c9c1e", "a\x00b", "a\nb", "语音",
		"zhonghua", "-zhonghua", "aut", "AUT", "epub", "idpf", "rtl", "I246.5", "i246.5", "9787101098761", "9787101098760", "978-7-101-09876-1",
		"2024", "2024-05", "2024-13", "2024-05-17", "2024-05-32", strings.Repeat("0f", 32), strings.Repeat("0F", 32),
		"2026-11-27T01:30:00Z", "2026-02-30T01:30:00Z", "2026-11-27T01:30:00+08:00", "::1", "1.2.3", strings.Repeat("0f", 16), "block", "device", "rt.frida", "rt..frida", "step_up"}
	for _, n := range []string{"0", "1", "2", "-1", "-0", "0.0", "1.0", "1e0", "1e3", "0.5", "1.5", "-0.5", "1.0000001", "40", "648120", "20000", "20001",
		"36525", "36526", "1000000", "1000001", "4294967295", "4294967296", "9007199254740991", "9007199254740992", "-9007199254740992", "1e30", "1e-3"} {
		all = append(all, json.Number(n))
	}
	for _, n := range []int{35, 63, 64, 127, 255, 1024, 2048, 4096} {
		all = append(all, lengths(n)...)
	}
	return all
}()

// tried adds to values what only the longest fields and lists are worth.
func tried(f eventstest.Field) []any {
	list, _ := f.Value.([]any)
	switch {
	case f.Name == "quote" || f.Path == "metadata.summary":
		return append(slices.Clone(values), lengths(16384)...)
	case len(list) > 0 && slices.Contains([]string{"contributors", "subjects", "accessibility", "properties", "units", "probes"}, f.Name):
		return append(slices.Clone(values), slices.Repeat(list[:1], 200), slices.Repeat(list[:1], 201))
	case len(list) > 0 && f.Name == "reasons":
		return append(slices.Clone(values), slices.Repeat(list[:1], 50), slices.Repeat(list[:1], 51))
	case len(list) > 0 && f.Name == "changed":
		return append(slices.Clone(values), slices.Repeat(list[:1], 25), slices.Repeat(list[:1], 26))
	case len(list) > 0 && f.Name == "approvals":
		return append(slices.Clone(values), slices.Repeat(list[:1], 20), slices.Repeat(list[:1], 21))
	case f.Name == "protected":
		return append(slices.Clone(values), lengths(8192)...)
	case f.Name == "body":
		return append(slices.Clone(values), lengths(88_064)...)
	}
	return values
}

func lengths(n int) []any {
	return []any{strings.Repeat("a", n), strings.Repeat("a", n+1), strings.Repeat("长", n), strings.Repeat("长", n+1)}
}

func TestEveryTypeIsListed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "events", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the sources of events: %v %v", files, err)
	}
	var declared, listed []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Name.Name == "EventType" && f.Recv != nil {
				declared = append(declared, fmt.Sprint(f.Recv.List[0].Type))
			}
		}
	}
	for _, data := range events.Types() {
		listed = append(listed, reflect.TypeOf(data).Name())
	}
	slices.Sort(declared)
	slices.Sort(listed)
	if !slices.Equal(declared, listed) {
		t.Errorf("events.Types lists\n%v, and these have an EventType:\n%v", listed, declared)
	}
}

func TestSchemasSpeakBothLanguages(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(root, "events", "schema", "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("the schemas: %v %v", names, err)
	}
	for _, name := range names {
		doc := read(t, name).(map[string]any)
		if want := "https://xietong.dev/schema/" + filepath.Base(name); doc["$id"] != want || doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: $id %v $schema %v", name, doc["$id"], doc["$schema"])
		}
		for _, key := range []string{"title", "description"} {
			if !bilingual(doc[key]) {
				t.Errorf("%s: %s is %v, want Chinese and English", name, key, doc[key])
			}
		}
		for _, f := range eventstest.Fields(doc) {
			holder, is := f.Value.(map[string]any)
			if in := regexp.MustCompile(`(^|\.)properties\.[^.]+$|^\$defs\.[^.]+$`); is && in.MatchString(f.Path) && !bilingual(holder["description"]) {
				t.Errorf("%s: the description of %s is %v, want Chinese and English", name, f.Path, holder["description"])
			}
		}
	}
}

func bilingual(v any) bool {
	text, _ := v.(string)
	zh, en, _ := strings.Cut(strings.ReplaceAll(text, " / ", "。"), "。")
	return strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) &&
		strings.ContainsFunc(en, func(r rune) bool { return r < 128 && unicode.IsLetter(r) })
}

// A trigger on a type that nobody sends would never fire.
func TestManifestsNameOnlyEventsThereAre(t *testing.T) {
	known := map[string]bool{}
	for _, data := range events.Types() {
		known[data.EventType()] = true
	}
	names, err := filepath.Glob(filepath.Join(root, "functions", "*", "knative.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("the manifests: %v %v", names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, eventType := range regexp.MustCompile(`dev\.xietong(\.[a-z]+)+\.v[0-9]+`).FindAllString(string(text), -1) {
			if !known[eventType] {
				t.Errorf("%s waits for %s, which is no type of events", name, eventType)
			}
		}
	}
}

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join(root, "events", "schema", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func example(t *testing.T, name string) any {
	t.Helper()
	return read(t, filepath.Join(root, "events", "example", name+".json"))
}

func read(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := eventstest.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}
