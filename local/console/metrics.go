package console

// Metrics: what became of deliveries over time, drawn and in figures.

import (
	"log/slog"
	"maps"
	"math"
	"slices"
	"time"

	"xietong.dev/local/broker"
	"xietong.dev/shared/web"
)

func (d *desk) metrics(w *watch) {
	d.mux.Handle("GET /console/metrics", d.page(func(v *visit) error {
		asked, err := askedMetrics(v.r.URL.Query().Get)
		if err != nil {
			return err
		}
		view := metricsView{Asked: asked, Reaches: reaches}
		m, err := w.measured(v.r.Context(), asked.reach())
		if view.Blind = err != nil; err != nil {
			w.Log.Warn("there are no metrics", slog.Any("error", err))
		}
		view.fill(m, d.words(), v.language, w.Now().Location())
		return v.show("metrics.html", view)
	}))
}

// words are the functions of today.
func (d *desk) words() (all []string) {
	for _, f := range d.Functions {
		all = append(all, f.Word)
	}
	return all
}

// metricsAsked is what the address says.
type metricsAsked struct {
	Function string // empty is all
	Range    string
	Log      bool
}

func (a metricsAsked) reach() reach {
	return reaches[slices.IndexFunc(reaches, func(r reach) bool { return r.Word == a.Range })]
}

func askedMetrics(get func(string) string) (metricsAsked, error) {
	a := metricsAsked{Function: get("function"), Range: get("range"), Log: get("scale") == "log"}
	if a.Range == "" {
		a.Range = hour.Word
	}
	if !slices.ContainsFunc(reaches, func(r reach) bool { return r.Word == a.Range }) {
		return a, web.Field("field_one_of", "range", "15m, 1h, 6h, 24h, 7d")
	}
	return a, nil
}

// metricsView is what the template of the metrics shows.
type metricsView struct {
	Asked     metricsAsked
	Functions []string
	Reaches   []reach
	Blind     bool
	Partly    string // since when the figures are whole, where that is less than was asked for
	Total     figuresSaid
	Charts    []chartView
	Steps     []figuresSaid // the latest last
	Each      []figuresSaid // by function, where all are shown
}

// chartView is one chart with its legend.
type chartView struct {
	Name     string // a word of the message table
	Legend   []legend
	Drawings []plotted
}

// legend names a row of values; a percentile's name is its word.
type legend struct{ Class, Word string }

var (
	outcomeLegend    = []legend{{"done", "done deliveries"}, {"failed", "failed attempts"}, {"dead", "dead deliveries"}}
	percentileLegend = []legend{{"p50", "p50"}, {"p95", "p95"}, {"p99", "p99"}}
)

// figuresSaid is figures as people read them.
type figuresSaid struct {
	Name            string // of the function
	At              string // when the step began, RFC 3339
	Done            int
	Failed, Dead    int
	Handled, Waited [3]string // p50, p95, p99
}

func (v *metricsView) fill(m broker.Measured, words []string, language string, zone *time.Location) {
	v.Functions = offered(m, append(words, v.Asked.Function))
	if v.Blind {
		return
	}
	if m.Since.After(m.From) {
		v.Partly = m.Since.Format(time.RFC3339)
	}
	series := m.All
	if v.Asked.Function != "" {
		series = m.Functions[v.Asked.Function]
	}
	if len(series.Steps) == 0 { // nothing happened
		series.Steps = make([]broker.Figures, len(m.All.Steps))
	}
	v.Total = said(series.Total, language)
	for i, f := range series.Steps {
		step := said(f, language)
		step.At = m.From.Add(time.Duration(i) * m.Step).In(zone).Format(time.RFC3339)
		v.Steps = append(v.Steps, step)
	}
	if v.Asked.Function == "" {
		for _, name := range slices.Sorted(maps.Keys(m.Functions)) {
			each := said(m.Functions[name].Total, language)
			each.Name = name
			v.Each = append(v.Each, each)
		}
	}
	v.Charts = charts(m, series.Steps, v.Asked.Log, language, zone)
}

// offered are the functions to choose from: those that anything is known of, and the
// others that there are.
func offered(m broker.Measured, others []string) []string {
	all := slices.AppendSeq(others, maps.Keys(m.Functions))
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(word string) bool { return word == "" })
}

func said(f broker.Figures, language string) figuresSaid {
	times := func(t broker.Times) (all [3]string) {
		for i, d := range []time.Duration{t.P50, t.P95, t.P99} {
			all[i] = spanText(language, d)
			if t == (broker.Times{}) {
				all[i] = "–" // nothing ended, or nobody knows how long it took
			}
		}
		return all
	}
	return figuresSaid{Done: f.Done, Failed: f.Failed, Dead: f.Dead, Handled: times(f.Handled), Waited: times(f.Waited)}
}

// charts are the three drawings of a series.
func charts(m broker.Measured, steps []broker.Figures, log bool, language string, zone *time.Location) []chartView {
	base := data{From: m.From.In(zone), To: m.To.In(zone), Step: m.Step, Log: log}
	label := func(name string) string {
		return chartWords.Say(language, "chart label", metricsWords.Say(language, name))
	}
	outcomes := base
	outcomes.Label = label("outcomes")
	outcomes.Stacked = []valued{
		values("done", steps, func(f broker.Figures) float64 { return float64(f.Done) }),
		values("failed", steps, func(f broker.Figures) float64 { return float64(f.Failed) }),
		values("dead", steps, func(f broker.Figures) float64 { return float64(f.Dead) }),
	}
	percentiles := func(name string, of func(broker.Figures) broker.Times) []plotted {
		d := base
		d.Seconds, d.Label = true, label(name)
		for _, p := range []struct {
			class string
			of    func(broker.Times) time.Duration
		}{
			{"p99", func(t broker.Times) time.Duration { return t.P99 }},
			{"p95", func(t broker.Times) time.Duration { return t.P95 }},
			{"p50", func(t broker.Times) time.Duration { return t.P50 }},
		} {
			d.Lines = append(d.Lines, values(p.class, steps, func(f broker.Figures) float64 {
				if of(f) == (broker.Times{}) {
					return math.NaN()
				}
				return p.of(of(f)).Seconds()
			}))
		}
		return d.draw(language)
	}
	return []chartView{
		{Name: "outcomes", Legend: outcomeLegend, Drawings: outcomes.draw(language)},
		{Name: "handled", Legend: percentileLegend, Drawings: percentiles("handled", func(f broker.Figures) broker.Times { return f.Handled })},
		{Name: "waited", Legend: percentileLegend, Drawings: percentiles("waited", func(f broker.Figures) broker.Times { return f.Waited })},
	}
}

func values(class string, steps []broker.Figures, of func(broker.Figures) float64) valued {
	v := valued{Class: class, Values: make([]float64, len(steps))}
	for i, f := range steps {
		v.Values[i] = of(f)
	}
	return v
}
