package console

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTicksAreRoundAndReachOverWhatIsShown(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []float64
		want []float64
	}{
		{"nothing", niceTicks(0, 4), []float64{0, 1}},
		{"to seven", niceTicks(7, 4), []float64{0, 2, 4, 6, 8}},
		{"to eight", niceTicks(8, 4), []float64{0, 2, 4, 6, 8}},
		{"below one", niceTicks(0.03, 3), []float64{0, 0.01, 0.02, 0.03}},
		{"thousands", niceTicks(4100, 4), []float64{0, 2000, 4000, 6000}},
		{"one of a kind", countTicks(1, 4), []float64{0, 1}},
		{"three", countTicks(3, 4), []float64{0, 1, 2, 3}},
		{"seconds", durationTicks(8, 4), []float64{0, 2, 4, 6, 8}},
		{"a minute and a half", durationTicks(90, 4), []float64{0, 30, 60, 90}},
		{"half an hour", durationTicks(1700, 4), []float64{0, 600, 1200, 1800}},
		{"eight hours", durationTicks(8*3600, 4), []float64{0, 7200, 14400, 21600, 28800}},
		{"powers", powerTicks(0.02, 3), []float64{0.01, 0.1, 1, 10}},
		{"one power", powerTicks(1, 1), []float64{1, 10}},
		{"no powers", powerTicks(0, 0), []float64{0.001, 1}},
	} {
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*math.Max(1, b) }
		if !slices.EqualFunc(c.got, c.want, near) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestTimeTicksFollowTheClocksOfTheirZone(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	said := func(all []time.Time) (out []string) {
		for _, at := range all {
			out = append(out, at.Format("02 15:04"))
		}
		return out
	}
	from := time.Date(2026, 3, 4, 10, 7, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		got  []time.Time
		want []string
	}{
		{"a quarter", timeTicks(from, from.Add(15*time.Minute), 5), []string{"04 10:10", "04 10:15", "04 10:20"}},
		{"an hour", timeTicks(from, from.Add(time.Hour), 5), []string{"04 10:15", "04 10:30", "04 10:45", "04 11:00"}},
		{"a day, elsewhere", timeTicks(from.In(shanghai), from.In(shanghai).Add(24*time.Hour), 5), []string{"05 00:00", "05 06:00", "05 12:00", "05 18:00"}},
		{"a week", timeTicks(from, from.AddDate(0, 0, 7), 8), []string{"05 00:00", "06 00:00", "07 00:00", "08 00:00", "09 00:00", "10 00:00", "11 00:00"}},
		{"too long", timeTicks(from, from.AddDate(1, 0, 0), 8), nil},
	} {
		if diff := cmp.Diff(c.want, said(c.got)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// Where clocks are set forward a day has 23 hours, and the next tick is midnight again.
func TestDaysAreDaysWhereClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 3, 28, 0, 0, 0, 0, berlin)
	for _, at := range timeTicks(from, from.AddDate(0, 0, 6), 6) {
		if at.Hour() != 0 {
			t.Errorf("a day begins at %v", at)
		}
	}
}

func TestLinesHaveGapsWhereNothingIs(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		ys   []float64
		want string
	}{
		{[]float64{none, none}, ""},
		{[]float64{1, 2, 3.14159}, "M0 1h.01L10 2L20 3.1"},
		{[]float64{1, none, 3}, "M0 1h.01M20 3h.01"},
		{[]float64{none, 2, 3}, "M10 2h.01L20 3"},
	} {
		if got := linePath([]float64{0, 10, 20}, c.ys); got != c.want {
			t.Errorf("%v: %q, want %q", c.ys, got, c.want)
		}
	}
}

func TestAxes(t *testing.T) {
	linear := axis{ticks: []float64{0, 50, 100}, top: 10, bottom: 110}
	log := axis{ticks: []float64{0.01, 0.1, 1}, top: 10, bottom: 110, log: true}
	for _, c := range []struct {
		a       axis
		v, want float64
	}{
		{linear, 0, 110}, {linear, 100, 10}, {linear, 25, 85},
		{log, 0.01, 110}, {log, 1, 10}, {log, 0.1, 60}, {log, 0, 110}, {log, 0.001, 110},
	} {
		if got := c.a.place(c.v); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v lies at %v, want %v", c.v, got, c.want)
		}
	}
}

func TestAStackIsDrawnFromTheBottomUp(t *testing.T) {
	from := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	d := data{From: from, To: from.Add(2 * time.Minute), Step: time.Minute, Log: true, Label: "outcomes",
		Stacked: []valued{{"done", []float64{3, 0}}, {"dead", []float64{1, 0}}}}
	f := frameOf{Left: 0, Right: 100, Top: 0, Bottom: 40, ticks: 3}
	got := d.in(f, "en")
	want := []box{{"done", "1", "10", "48", "30"}, {"dead", "1", "0", "48", "10"}}
	if diff := cmp.Diff(want, got.Bars); diff != "" || got.Empty || got.Steps != 2 || got.Pitch != 50 {
		t.Errorf("drew %+v (-want +got)\n%s", got, diff)
	}
	if d.Stacked[0].Values[0], d.Stacked[1].Values[0] = 0, 0; !d.in(f, "en").Empty {
		t.Error("a chart of nothing does not say so")
	}
}

func TestDrawingsFitTheirFrames(t *testing.T) {
	from := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	d := data{From: from, To: from.Add(time.Hour), Step: time.Minute, Seconds: true, Lines: []valued{{"p50", slices.Repeat([]float64{0.25}, 60)}}}
	for _, drawn := range d.draw("zh") {
		if len(drawn.Columns) == 0 || len(drawn.Columns) > drawn.ticks || len(drawn.Rows) < 2 || !strings.HasPrefix(drawn.Lines[0].Path, "M") {
			t.Errorf("%s: %+v", drawn.Class, drawn)
		}
	}
}
