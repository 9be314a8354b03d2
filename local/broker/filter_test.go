package broker

import (
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"

	"xietong.dev/shared/manifest"
)

func exact(pairs ...string) manifest.Filter  { return manifest.Filter{Exact: values(pairs)} }
func prefix(pairs ...string) manifest.Filter { return manifest.Filter{Prefix: values(pairs)} }
func suffix(pairs ...string) manifest.Filter { return manifest.Filter{Suffix: values(pairs)} }
func all(f ...manifest.Filter) manifest.Filter {
	return manifest.Filter{All: f}
}
func anyOf(f ...manifest.Filter) manifest.Filter { return manifest.Filter{Any: f} }
func not(f manifest.Filter) manifest.Filter      { return manifest.Filter{Not: &f} }
func sql(text string) manifest.Filter            { return manifest.Filter{CESQL: text} }
func legacy(pairs ...string) manifest.Filter     { return manifest.Filter{Attributes: values(pairs)} }

func values(pairs []string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestFilters(t *testing.T) {
	e := event.New()
	e.SetID("id-1")
	e.SetSource("/functions/uploads")
	e.SetType("dev.xietong.recording.uploaded.v1")
	e.SetSubject("三月会议.wav")
	e.SetTime(time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC))
	e.SetDataSchema("https://xietong.dev/schema/recording")
	e.SetDataContentType("application/json")
	e.SetExtension("unit", "办公室")
	e.SetExtension("count", 7)
	e.SetExtension("urgent", true)

	bare := event.New()
	bare.SetID("id-2")
	bare.SetSource("/test")
	bare.SetType("t")

	const typ = "dev.xietong.recording.uploaded.v1"
	for _, c := range []struct {
		name    string
		event   Event
		filters []manifest.Filter
		want    bool
	}{
		{"no filters", e, nil, true},
		{"an empty list", e, []manifest.Filter{}, true},
		{"an empty filter", e, []manifest.Filter{{}}, true},

		{"exact type", e, []manifest.Filter{exact("type", typ)}, true},
		{"exact other type", e, []manifest.Filter{exact("type", "other")}, false},
		{"exact is the whole value", e, []manifest.Filter{exact("type", "dev.xietong.recording")}, false},
		{"exact minds upper and lower case", e, []manifest.Filter{exact("type", "DEV.XIETONG.RECORDING.UPLOADED.V1")}, false},
		{"exact id", e, []manifest.Filter{exact("id", "id-1")}, true},
		{"exact source", e, []manifest.Filter{exact("source", "/functions/uploads")}, true},
		{"exact subject in Chinese", e, []manifest.Filter{exact("subject", "三月会议.wav")}, true},
		{"exact specversion", e, []manifest.Filter{exact("specversion", "1.0")}, true},
		{"exact other specversion", e, []manifest.Filter{exact("specversion", "0.3")}, false},
		{"exact time", e, []manifest.Filter{exact("time", "2026-03-01T02:00:00Z")}, true},
		{"exact dataschema", e, []manifest.Filter{exact("dataschema", "https://xietong.dev/schema/recording")}, true},
		{"exact datacontenttype", e, []manifest.Filter{exact("datacontenttype", "application/json")}, true},
		{"exact extension", e, []manifest.Filter{exact("unit", "办公室")}, true},
		{"exact extension that is a number", e, []manifest.Filter{exact("count", "7")}, true},
		{"exact extension that is a boolean", e, []manifest.Filter{exact("urgent", "true")}, true},
		{"exact two attributes, both right", e, []manifest.Filter{exact("id", "id-1", "unit", "办公室")}, true},
		{"exact two attributes, one wrong", e, []manifest.Filter{exact("id", "id-1", "unit", "财政局")}, false},
		{"exact absent extension", bare, []manifest.Filter{exact("unit", "办公室")}, false},
		{"exact absent subject", bare, []manifest.Filter{exact("subject", "x")}, false},
		{"exact absent time", bare, []manifest.Filter{exact("time", "0001-01-01T00:00:00Z")}, false},

		{"prefix", e, []manifest.Filter{prefix("type", "dev.xietong.")}, true},
		{"prefix is the whole", e, []manifest.Filter{prefix("type", typ)}, true},
		{"prefix is longer", e, []manifest.Filter{prefix("type", typ+".x")}, false},
		{"prefix from the middle", e, []manifest.Filter{prefix("type", "xietong.")}, false},
		{"prefix in Chinese", e, []manifest.Filter{prefix("subject", "三月")}, true},
		{"prefix two attributes, one wrong", e, []manifest.Filter{prefix("type", "dev.", "source", "/other")}, false},
		{"prefix absent", bare, []manifest.Filter{prefix("subject", "三")}, false},
		{"prefix of a number", e, []manifest.Filter{prefix("count", "7")}, true},

		{"suffix", e, []manifest.Filter{suffix("type", ".uploaded.v1")}, true},
		{"suffix from the middle", e, []manifest.Filter{suffix("type", ".uploaded")}, false},
		{"suffix of subject", e, []manifest.Filter{suffix("subject", ".wav")}, true},
		{"suffix two attributes", e, []manifest.Filter{suffix("subject", ".wav", "source", "uploads")}, true},
		{"suffix absent", bare, []manifest.Filter{suffix("unit", "室")}, false},

		{"all, every one right", e, []manifest.Filter{all(exact("id", "id-1"), prefix("type", "dev."))}, true},
		{"all, one wrong", e, []manifest.Filter{all(exact("id", "id-1"), prefix("type", "com."))}, false},
		{"all within all", e, []manifest.Filter{all(all(exact("id", "id-1")), suffix("type", "v1"))}, true},
		{"any, one right", e, []manifest.Filter{anyOf(exact("id", "no"), suffix("subject", ".wav"))}, true},
		{"any, none right", e, []manifest.Filter{anyOf(exact("id", "no"), suffix("subject", ".mp3"))}, false},
		{"any within all", e, []manifest.Filter{all(anyOf(suffix("subject", ".wav"), suffix("subject", ".mp3")), prefix("type", "dev."))}, true},
		{"not of a match", e, []manifest.Filter{not(exact("id", "id-1"))}, false},
		{"not of a miss", e, []manifest.Filter{not(exact("id", "other"))}, true},
		{"not of an absent attribute", bare, []manifest.Filter{not(exact("unit", "办公室"))}, true},
		{"not not", e, []manifest.Filter{not(not(exact("id", "id-1")))}, true},
		{"not any", e, []manifest.Filter{not(anyOf(exact("id", "x"), exact("id", "y")))}, true},
		{"two filters, both right", e, []manifest.Filter{exact("id", "id-1"), prefix("type", "dev.")}, true},
		{"two filters, one wrong", e, []manifest.Filter{exact("id", "id-1"), prefix("type", "com.")}, false},

		{"cesql equals", e, []manifest.Filter{sql("type = '" + typ + "'")}, true},
		{"cesql differs", e, []manifest.Filter{sql("type <> '" + typ + "'")}, false},
		{"cesql LIKE", e, []manifest.Filter{sql("subject LIKE '%.wav'")}, true},
		{"cesql LIKE in Chinese", e, []manifest.Filter{sql("subject LIKE '三月%'")}, true},
		{"cesql NOT LIKE", e, []manifest.Filter{sql("subject NOT LIKE '%.wav'")}, false},
		{"cesql IN", e, []manifest.Filter{sql("unit IN ('财政局', '办公室')")}, true},
		{"cesql NOT IN", e, []manifest.Filter{sql("unit NOT IN ('财政局', '办公室')")}, false},
		{"cesql AND", e, []manifest.Filter{sql("id = 'id-1' AND count > 6")}, true},
		{"cesql OR", e, []manifest.Filter{sql("id = 'no' OR count = 7")}, true},
		{"cesql comparison fails", e, []manifest.Filter{sql("count < 7")}, false},
		{"cesql arithmetic", e, []manifest.Filter{sql("count * 2 = 14")}, true},
		{"cesql boolean extension", e, []manifest.Filter{sql("urgent")}, true},
		{"cesql EXISTS", e, []manifest.Filter{sql("EXISTS unit")}, true},
		{"cesql EXISTS of an absent one", bare, []manifest.Filter{sql("EXISTS unit")}, false},
		{"cesql NOT EXISTS", bare, []manifest.Filter{sql("NOT EXISTS unit")}, true},
		{"cesql absent attribute is an error", bare, []manifest.Filter{sql("unit = 'x'")}, false},
		{"cesql error stays false under NOT", bare, []manifest.Filter{sql("NOT (unit = 'x')")}, false},
		{"cesql division by zero", e, []manifest.Filter{sql("count / 0 = 1")}, false},
		{"cesql that is no boolean: a text", e, []manifest.Filter{sql("id")}, false},
		{"cesql that is no boolean: a number", e, []manifest.Filter{sql("count")}, false},
		{"cesql function", e, []manifest.Filter{sql("LENGTH(id) = 4")}, true},
		{"cesql function UPPER", e, []manifest.Filter{sql("UPPER(id) = 'ID-1'")}, true},
		{"cesql unknown function", e, []manifest.Filter{sql("NOSUCH(id)")}, false},
		{"cesql beside another filter", e, []manifest.Filter{sql("count = 7"), exact("id", "no")}, false},
		{"not cesql", e, []manifest.Filter{not(sql("count = 8"))}, true},

		{"attributes equal", e, []manifest.Filter{legacy("type", typ)}, true},
		{"attributes differ", e, []manifest.Filter{legacy("type", "x")}, false},
		{"attributes empty asks for presence", e, []manifest.Filter{legacy("unit", "")}, true},
		{"attributes empty and absent", bare, []manifest.Filter{legacy("unit", "")}, false},
		{"attributes empty and subject absent", bare, []manifest.Filter{legacy("subject", "")}, false},
		{"attributes, one wrong", e, []manifest.Filter{legacy("unit", "", "id", "x")}, false},
	} {
		passes, err := Compile(c.filters)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := passes(c.event); got != c.want {
			t.Errorf("%s: passed %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFilterThatCannotBeCompiled(t *testing.T) {
	if _, err := Compile([]manifest.Filter{not(sql("type = "))}); err == nil {
		t.Error("a CESQL expression without an end was compiled")
	}
}
