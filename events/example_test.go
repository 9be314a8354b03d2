package events_test

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/events"
	"xietong.dev/events/eventstest"
)

// contract is one type of event, or one document: how it is read, and its example.
type contract struct {
	name    string
	read    func(text []byte) (any, error)
	example any // the data of the event, or the document
}

func reader[T events.Data](text []byte) (any, error) {
	var zero T
	e := events.Event{}
	e.SetSpecVersion("1.0")
	e.SetType(zero.EventType())
	if err := e.SetData(event.ApplicationJSON, text); err != nil {
		return nil, err
	}
	return events.Decode[T](e)
}

func contracts(t testing.TB) []contract {
	t.Helper()
	readers := []func([]byte) (any, error){
		reader[events.RecordingUploaded], reader[events.TranscriptUploaded], reader[events.RecordingCut],
		reader[events.ChunkCut], reader[events.ChunkTranscribed], reader[events.RecordingHeard],
		reader[events.RecordingTranscribed], reader[events.RecordingSummarised], reader[events.RecordingRefused],
		reader[events.MinutesDeleted], reader[events.SummaryRequested], reader[events.RecordingForgotten], reader[events.GlossaryChanged], reader[events.CaptionsEnded],
		reader[events.DocumentUploaded], reader[events.DocumentConversionRequested],
		reader[events.DocumentPreviewRequested], reader[events.DocumentConverted], reader[events.DocumentPreviewed],
		reader[events.DocumentRefused], reader[events.DocumentDeleted],
		reader[events.BookUploaded], reader[events.BookCatalogued], reader[events.BookTextRequested], reader[events.BookCoverRequested], reader[events.BookCovered],
		reader[events.BookWithdrawn], reader[events.BookRestored], reader[events.BookRefused], reader[events.BatchUploaded],
		reader[events.BatchPlanned], reader[events.BatchApproved], reader[events.BatchRowsRequested], reader[events.BatchCompleted],
		reader[events.BatchRefused],
		reader[events.DeviceReported], reader[events.DeviceBatchUploaded], reader[events.RiskDecided], reader[events.RiskAlertOpened], reader[events.RiskAlertUpdated], reader[events.RiskAlertClosed],
		reader[events.RiskCommandIssued], reader[events.RiskCommandAcknowledged], reader[events.RiskRulesetPublished], reader[events.RiskReplayRequested], reader[events.RiskReplayed],
	}
	if len(readers) != len(events.Types()) {
		t.Fatalf("%d readers for %d types", len(readers), len(events.Types()))
	}
	var all []contract
	for i, data := range events.Types() {
		all = append(all, contract{data.EventType(), readers[i], example(t, data.EventType()).(map[string]any)["data"]})
	}
	return append(all,
		contract{"transcript.v1", func(text []byte) (any, error) { return events.DecodeTranscript(text) }, example(t, "transcript.v1")},
		contract{"summary.v1", func(text []byte) (any, error) { return events.DecodeSummary(text) }, example(t, "summary.v1")},
		contract{"book_contents.v1", func(text []byte) (any, error) { return events.DecodeBookContents(text) }, example(t, "book_contents.v1")})
}

func example(t testing.TB, name string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("example", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := eventstest.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestExamplesComeBackAsTheyWere(t *testing.T) {
	for _, c := range contracts(t) {
		got, err := c.read(encode(t, c.example))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		again, err := eventstest.Parse(encode(t, got))
		if err != nil || !reflect.DeepEqual(again, c.example) {
			t.Errorf("%s: %v\n got %v\nwant %v", c.name, err, again, c.example)
		}
	}
}

func TestExamplesAreEventsOfTheirName(t *testing.T) {
	for _, data := range events.Types() {
		var e events.Event
		if err := json.Unmarshal(encode(t, example(t, data.EventType())), &e); err != nil {
			t.Fatalf("%s: %v", data.EventType(), err)
		}
		want := map[string]any{"correlationid": e.Extensions()["correlationid"], "causationid": e.Extensions()["causationid"],
			"authtype": "user", "authid": "u-20418", "unit": "binhai-district"}
		if err := e.Validate(); err != nil || e.Type() != data.EventType() || !reflect.DeepEqual(e.Extensions(), want) {
			t.Errorf("%s: %v\n%v", data.EventType(), err, e)
		}
		about := example(t, data.EventType()).(map[string]any)["data"].(map[string]any)
		if subject := cmp.Or(about["recording"], about["document"], about["book"], about["batch"],
			about["command"], about["alert"], about["report"], about["hash"], about["replay"], about["upload"], about["app"], about["unit"]); e.Subject() != subject {
			t.Errorf("%s: subject is %q, want %q", e.Type(), e.Subject(), subject)
		}
	}
}

func TestEveryContractHasOneSchemaAndOneExample(t *testing.T) {
	want := []string{"summary.v1.json", "transcript.v1.json", "book_contents.v1.json"}
	for _, data := range events.Types() {
		want = append(want, data.EventType()+".json")
	}
	slices.Sort(want)
	for _, c := range []struct {
		folder string
		want   []string
	}{{"example", want}, {"schema", slices.Sorted(slices.Values(append(want, "event.v1.json")))}} {
		entries, err := os.ReadDir(c.folder)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s holds\n%s\nwant\n%s", c.folder, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestNewMakesWhatDecodeReads(t *testing.T) {
	want := events.RecordingCut{Recording: "6f1c9c1e", Upload: "b27d5f2e", Chunks: 3, Tracks: 1, DurationMS: 90_000}
	e, err := events.New(want)
	if err != nil {
		t.Fatal(err)
	}
	if e.Subject() != "6f1c9c1e" || e.DataContentType() != "application/json" {
		t.Errorf("got %v", e)
	}
	if got, err := events.Decode[events.RecordingCut](e); err != nil || got != want {
		t.Errorf("got %+v %v, want %+v", got, err, want)
	}
	want.Chunks = 0
	if _, err := events.New(want); err == nil || !strings.Contains(err.Error(), "field chunks") {
		t.Errorf("an event with no chunks: %v", err)
	}
}

func TestDecodeLooksAtTypeAndMedia(t *testing.T) {
	good, err := events.New(events.MinutesDeleted{Recording: "6f1c9c1e"})
	if err != nil {
		t.Fatal(err)
	}
	for media, ok := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "application/x.recording+json": true, "": true,
		"text/plain": false, "application/xml": false, ";": false, "application/jsonl": false,
	} {
		e := good.Clone()
		e.Context = e.Context.Clone()
		e.SetDataContentType(media)
		if _, err := events.Decode[events.MinutesDeleted](e); (err == nil) != ok {
			t.Errorf("datacontenttype %q: %v", media, err)
		}
	}
	if _, err := events.Decode[events.RecordingHeard](good); err == nil || !strings.Contains(err.Error(), "want \"dev.xietong.recording.heard.v1\"") {
		t.Errorf("another type: %v", err)
	}
}

func TestEmptyListsAreNeverNull(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{events.Transcript{}, `{"document_version":0,"recording":"","upload":"","revision":0,"language":"","duration_ms":0,"engine":{"name":""},"speakers":[],"segments":[]}`},
		{events.Summary{Topics: []events.Topic{{}}}, `{"document_version":0,"recording":"","upload":"","revision":0,"language":"","engine":{"name":""},"abstract":[],"topics":[{"title":"","start_ms":0,"end_ms":0,"points":[]}],"decisions":[],"actions":[],"keywords":[]}`},
		{events.BookContents{}, `{"document_version":0,"reading":[]}`},
		{events.RiskDecided{}, `{"report":"","app":"","unit":"","device":"","outcome":"","score":0,"reasons":[],"ruleset":{"version":0,"hash":""},"time":"","late":false}`},
	} {
		if got := string(encode(t, c.value)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
