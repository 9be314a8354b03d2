package fn

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"xietong.dev/shared/fault"
)

// metrics are what /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	events   *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	age      *prometheus.HistogramVec
}

func newMetrics(word string) *metrics {
	labels := prometheus.Labels{"function": word}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "events_total", ConstLabels: labels,
			Help: "Deliveries by outcome: done, replayed, refused, busy, failed, malformed."}, []string{"type", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "event_seconds", ConstLabels: labels,
			Help: "Time from delivery to answer.", Buckets: prometheus.ExponentialBuckets(0.002, 4, 9)}, []string{"type"}),
		age: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "event_age_seconds", ConstLabels: labels,
			Help: "Age of an event when it is delivered: how long it has queued.", Buckets: prometheus.ExponentialBuckets(0.01, 4, 10)}, []string{"type"}),
	}
	m.registry.MustRegister(m.events, m.seconds, m.age, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// newTraces returns what makes and flushes traces. Spans leave the process only
// where OTEL_EXPORTER_OTLP_ENDPOINT says so; trace ids are in the log in any case.
func newTraces(ctx context.Context, endpoint string) (*sdk.TracerProvider, error) {
	var options []sdk.TracerProviderOption
	if endpoint != "" {
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
		if err != nil {
			return nil, err
		}
		options = append(options, sdk.WithBatcher(exporter))
	}
	return sdk.NewTracerProvider(options...), nil
}

// observation follows one delivery.
type observation struct {
	*runtime
	ctx     context.Context
	event   Event
	span    trace.Span
	log     *slog.Logger
	started time.Time
}

// observe runs work inside a span whose parent is the request's trace and which
// links to the event's own, the one in which it was first sent.
func (r *runtime) observe(ctx context.Context, h http.Header, e Event, work func(*observation)) {
	var options []trace.SpanStartOption
	if first, ok := e.Extensions()["traceparent"].(string); ok {
		origin := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": first})
		options = append(options, trace.WithLinks(trace.LinkFromContext(origin)))
	}
	options = append(options, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("cloudevents.event_id", e.ID()), attribute.String("cloudevents.event_source", e.Source()),
		attribute.String("cloudevents.event_type", e.Type()), attribute.String("cloudevents.event_subject", e.Subject())))
	ctx, span := r.traces.Tracer(r.Word).Start(propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(h)), "process "+e.Type(), options...)
	defer span.End()
	obs := &observation{runtime: r, ctx: ctx, event: e, span: span, started: time.Now(), log: r.log.With(
		slog.String("event", e.ID()), slog.String("type", e.Type()), slog.String("subject", e.Subject()),
		slog.String("correlation", correlation(e)), slog.String("trace", span.SpanContext().TraceID().String()))}
	if call := h.Get(callID); call != "" {
		obs.log = obs.log.With(slog.String("call", call))
	}
	if !e.Time().IsZero() {
		r.metrics.age.WithLabelValues(e.Type()).Observe(max(0, time.Since(e.Time()).Seconds()))
	}
	work(obs)
	r.metrics.seconds.WithLabelValues(e.Type()).Observe(time.Since(obs.started).Seconds())
}

// settled logs and counts what became of the delivery, once, here at the edge.
func (o *observation) settled(s settled) {
	took := slog.Duration("took", time.Since(o.started).Round(time.Millisecond))
	_, busy := fault.RetryAfter(s.err)
	switch {
	case s.err == nil && s.replayed:
		o.count("replayed")
		o.log.Info("done before; sent again", slog.Int("sent", len(s.send)), took)
	case s.err == nil:
		o.count("done")
		o.log.Info("done", slog.Int("sent", len(s.send)), took)
	case busy:
		o.count("busy")
		o.log.Info("busy", slog.Any("reason", s.err), took)
	case fault.IsInvalid(s.err):
		o.count("refused")
		o.span.SetStatus(codes.Error, fault.Code(s.err))
		o.log.Warn("refused", slog.String("code", fault.Code(s.err)), slog.Any("reason", s.err), took)
	default:
		o.count("failed")
		o.span.SetStatus(codes.Error, "failed")
		o.log.Error("failed; will be tried again", slog.Any("error", s.err), took)
	}
}

func (o *observation) count(outcome string) {
	o.metrics.events.WithLabelValues(o.event.Type(), outcome).Inc()
}
