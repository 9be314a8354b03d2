package fn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"xietong.dev/shared/ce"
)

// invoker answers the invocations of AWS Lambda. It makes requests of them, so
// that they take the same way through the same edge as everywhere else.
//
//	a structured CloudEvent      the event; its reply is the result where there is no sink
//	an SQS batch                 each message by itself, as a connector would bring it
//	an EventBridge event         the CloudEvent in its detail, or else what Wrap makes of it
//	an HTTP request, version 2   function URL or API Gateway: the answer, buffered
//	anything else                what Wrap makes of it: an S3 event
//
// An invocation fails, and an SQS message is reported as failed, whenever the
// event did not end well: also when it is refused for good. Lambda knows no
// answer for "never again", so a refusal uses up its few attempts and then lands
// in the queue's dead letters, or the function's, where a person finds it.
type invoker struct {
	*runtime
	edge    http.Handler
	running sync.RWMutex // held for reading by each invocation
}

// serveLambda answers invocations until ctx ends. Lambda freezes an idle process
// and kills it half a second after SIGTERM, when nothing runs any more.
func (r *runtime) serveLambda(ctx context.Context) error {
	i := &invoker{runtime: r, edge: r.handler()}
	r.ready.Store(true)
	go lambda.StartWithOptions(i, lambda.WithEnableSIGTERM())
	r.log.Info("ready", slog.String("address", "AWS Lambda"))
	<-ctx.Done()
	idle := make(chan struct{})
	go func() { i.running.Lock(); close(idle) }()
	select {
	case <-idle:
	case <-time.After(r.config.DrainLimit):
	}
	r.log.Info("stopped")
	return nil
}

// tellLambda reports that the function could not begin, which Lambda shows to
// its operator, and returns why.
func tellLambda(api string, why error) error {
	if api == "" {
		return why
	}
	body, _ := json.Marshal(messages.InvokeResponse_Error{Type: "Function.Open", Message: brief(why.Error(), 1000)})
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}} // the Runtime API is next door: no proxy
	res, err := client.Post("http://"+api+"/2018-06-01/runtime/init/error", "application/json", bytes.NewReader(body))
	if err != nil {
		return errors.Join(why, fmt.Errorf("tell Lambda: %w", err))
	}
	res.Body.Close()
	return why
}

// Invoke implements [lambda.Handler].
func (i *invoker) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	i.running.RLock()
	defer i.running.RUnlock()
	ctx, cancel := i.withMargin(ctx)
	defer cancel()
	result, err := i.invoke(ctx, payload)
	i.flush(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

// flush sends the traces of an invocation while the process is not yet frozen.
func (i *invoker) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := i.traces.ForceFlush(ctx); err != nil {
		i.log.Warn("traces not sent", slog.Any("error", err))
	}
}

// withMargin cancels work shortly before Lambda kills the process, so that what
// it had claimed is free for the next attempt. Time that ran out is no failure
// of the event: others of its batch may have used it up.
func (i *invoker) withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, limited := ctx.Deadline()
	ctx, cancel := context.WithCancel(ctx)
	if limited {
		stop := time.AfterFunc(time.Until(deadline)-i.config.DeadlineMargin, cancel)
		return ctx, func() { stop.Stop(); cancel() }
	}
	return ctx, cancel
}

// payload is as much of an invocation as tells what it is.
type payload struct {
	RequestContext struct{ HTTP struct{ Method string } }
	Records        []struct {
		EventSource string `json:"eventSource"`
	}
	DetailType string `json:"detail-type"`
	Detail     json.RawMessage
}

func (i *invoker) invoke(ctx context.Context, body []byte) (any, error) {
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		p = payload{} // not ours to judge: the edge will
	}
	switch {
	case isStructured(body):
		return i.event(ctx, body)
	case p.RequestContext.HTTP.Method != "":
		return i.http(ctx, body)
	case len(p.Records) > 0 && p.Records[0].EventSource == "aws:sqs":
		return i.batch(ctx, body)
	case p.DetailType != "" && isStructured(p.Detail):
		return i.event(ctx, p.Detail)
	}
	return i.deliver(ctx, http.Header{"Content-Type": {"application/json"}}, body)
}

func (i *invoker) event(ctx context.Context, body []byte) (any, error) {
	return i.deliver(ctx, http.Header{"Content-Type": {ce.StructuredType}}, body)
}

// batch works through the messages of a queue and reports those that are to come
// again. The queue's mapping must ask for it (ReportBatchItemFailures): without
// that Lambda takes the report for success. In a FIFO queue nothing may overtake
// what failed.
func (i *invoker) batch(ctx context.Context, body []byte) (any, error) {
	var batch events.SQSEvent
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, fmt.Errorf("read an SQS batch: %w", err)
	}
	report := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	stopped := false
	for _, m := range batch.Records {
		if !stopped && i.message(ctx, m) == nil {
			continue
		}
		report.BatchItemFailures = append(report.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		stopped = stopped || strings.HasSuffix(m.EventSourceARN, ".fifo") || ctx.Err() != nil
	}
	return report, nil
}

// message delivers one message under the headers that a connector would give it.
func (i *invoker) message(ctx context.Context, m events.SQSMessage) error {
	_, err := i.deliver(ctx, http.Header{
		"X-Connector":      {"aws-sqs"},
		"X-Topic":          {m.EventSourceARN[strings.LastIndex(m.EventSourceARN, ":")+1:]},
		"X-Sqs-Message-Id": {m.MessageId},
	}, []byte(m.Body))
	return err
}

// deliver posts one message to the edge and returns the event that it replies,
// if any, or in what way it failed.
func (i *invoker) deliver(ctx context.Context, h http.Header, body []byte) (any, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = h
	answer := i.serve(req)
	if kind := failure(answer.status); kind != "" {
		return nil, messages.InvokeResponse_Error{Type: kind, Message: strings.TrimSpace(answer.body.String())}
	}
	if !ce.IsEvent(answer.header) {
		return nil, nil
	}
	return ce.Read(ctx, answer.header, answer.body.Bytes())
}

// failure names what an answer means where there is no status to say it.
func failure(status int) string {
	switch status {
	case http.StatusOK, http.StatusNoContent:
		return ""
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return "Malformed"
	case http.StatusUnprocessableEntity:
		return "Refused"
	case http.StatusTooManyRequests:
		return "Busy"
	}
	return "Failed"
}

// serve passes a request through the edge. A panic is this request's alone: the
// process would die of it, and with it what else it works on.
func (i *invoker) serve(req *http.Request) *answer {
	if lc, ok := lambdacontext.FromContext(req.Context()); ok {
		req.Header.Set(callID, lc.AwsRequestID)
	}
	w, err := guard(func() (*answer, error) {
		w := &answer{header: http.Header{}}
		i.edge.ServeHTTP(w, req)
		return w, nil
	})
	if err != nil {
		i.log.Error("request failed", slog.Any("error", err))
		w = &answer{header: http.Header{}}
		http.Error(w, "try again", http.StatusInternalServerError)
	}
	return w
}
