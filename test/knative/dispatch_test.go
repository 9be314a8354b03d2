package knative

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/go-cmp/cmp"
	duck "knative.dev/eventing/pkg/apis/duck/v1"
	"knative.dev/eventing/pkg/eventfilter"
	"knative.dev/eventing/pkg/eventfilter/subscriptionsapi"
	"knative.dev/eventing/pkg/kncloudevents"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
)

const (
	told  = "dev.xietong.test.told.v1"
	heard = "dev.xietong.test.heard.v1"
)

// asked is an event as an upstream app sends it.
func asked(id string) fn.Event {
	e := event.New()
	e.SetID(id)
	e.SetSource("/apps/office")
	e.SetType("dev.xietong.test.asked.v1")
	e.SetSubject("三月 会议 100%")
	e.SetExtension("unit", "区财政局")
	e.SetData("application/json", []byte(`{"问":1}`))
	return e
}

func check[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

// names returns what tells an event apart, for comparing.
func names(events []fn.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, strings.Join([]string{e.Type(), e.Source(), e.Subject(), ce.Attributes(e)["unit"], ce.Attributes(e)["causationid"], string(e.Data())}, " | "))
	}
	return all
}

func TestOneEventOutEntersTheBrokerAsTheReply(t *testing.T) {
	r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { return do(e, told) })
	r.send(t, asked("1"))
	check(t, "replies", []string{told + ` | /functions/tried | 三月 会议 100% | 区财政局 | 1 | {"说":"好"}`}, names(r.replies.kept()))
	check(t, "posted to the sink", nil, names(r.broker.kept()))
	check(t, "answers", []int{200}, r.line.answers())
	check(t, "done", []string{"三月 会议 100%"}, r.done(t))
}

func TestSeveralEventsOutGoToTheSink(t *testing.T) {
	r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { return do(e, told, heard) })
	r.send(t, asked("1"))
	check(t, "posted to the sink", []string{
		told + ` | /functions/tried | 三月 会议 100% | 区财政局 | 1 | {"说":"好"}`,
		heard + ` | /functions/tried | 三月 会议 100% | 区财政局 | 1 | {"说":"好"}`,
	}, names(r.broker.kept()))
	check(t, "replies", nil, names(r.replies.kept()))
	check(t, "answers", []int{204}, r.line.answers())
}

func TestNothingOutIsDone(t *testing.T) {
	r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { return do(e) })
	r.send(t, asked("1"))
	check(t, "answers", []int{204}, r.line.answers())
	check(t, "replies", nil, names(r.replies.kept()))
	check(t, "dead letters", nil, names(r.dead.kept()))
}

func TestARefusalIsADeadLetterAtOnce(t *testing.T) {
	r := start(t, func(int, fn.Event) (fn.Outcome, error) {
		return nil, fault.Refusef("no_speech", "录音里没有人说话")
	})
	r.send(t, asked("1"))
	check(t, "answers", []int{422}, r.line.answers())
	check(t, "done", nil, r.done(t))
	r.wantDeadLetter(t, "422", "no_speech: 录音里没有人说话")
}

// wantDeadLetter wants the event itself, with why it could not be delivered.
func (r *rig) wantDeadLetter(t *testing.T, code, reason string) {
	t.Helper()
	dead := r.dead.kept()
	if len(dead) != 1 {
		t.Fatalf("%d dead letters, want 1", len(dead))
	}
	want, got := ce.Attributes(asked("1")), ce.Attributes(dead[0])
	text, err := base64.StdEncoding.DecodeString(got["knativeerrordata"])
	if err != nil {
		t.Errorf("knativeerrordata: %v", err)
	}
	got["knativeerrordata"] = strings.TrimSpace(string(text))
	want["knativeerrordest"], want["knativeerrorcode"], want["knativeerrordata"] = r.line.url, code, reason
	check(t, "the dead letter", want, got)
	check(t, "its data", `{"问":1}`, string(dead[0].Data()))
}

func TestWhatIsTooLargeIsADeadLetterAtOnce(t *testing.T) {
	r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { return do(e) }, "MAX_EVENT=5")
	r.send(t, asked("1"))
	check(t, "answers", []int{413}, r.line.answers())
	r.wantDeadLetter(t, "413", "the message is over 5 bytes; put large data into the object store and send its key")
}

func TestAFailureIsTriedAgainUntilItIsDone(t *testing.T) {
	r := start(t, func(n int, e fn.Event) (fn.Outcome, error) {
		if n < 3 {
			return nil, errors.New("the store is away")
		}
		return do(e, told)
	})
	r.send(t, asked("1"))
	check(t, "answers", []int{500, 500, 200}, r.line.answers())
	check(t, "done", []string{"三月 会议 100%"}, r.done(t))
	check(t, "replies", 1, len(r.replies.kept()))
	check(t, "dead letters", nil, names(r.dead.kept()))
}

func TestAFailureThatStaysIsADeadLetterThatTellsNothingOfTheInside(t *testing.T) {
	r := start(t, func(int, fn.Event) (fn.Outcome, error) { return nil, errors.New("password=geheim") })
	r.delivery = delivery(2)
	r.send(t, asked("1"))
	check(t, "answers", []int{500, 500, 500}, r.line.answers())
	r.wantDeadLetter(t, "500", "try again")
}

// The function gives up before Knative does, so that whoever waits is told.
func TestAFunctionThatGivesUpEndsTheRetries(t *testing.T) {
	r := start(t, func(int, fn.Event) (fn.Outcome, error) { return nil, errors.New("the store is away") }, "MAX_FAILURES=2")
	r.send(t, asked("1"))
	check(t, "answers", []int{500, 422}, r.line.answers())
	r.wantDeadLetter(t, "422", "failed: failed 2 times, at last: the store is away")
}

func TestBusyIsTriedAgainAndCountsAsNoFailure(t *testing.T) {
	r := start(t, func(n int, e fn.Event) (fn.Outcome, error) {
		if n < 3 {
			return nil, fault.Busy(time.Second, errors.New("the engine is taken"))
		}
		return do(e)
	}, "MAX_FAILURES=1")
	r.send(t, asked("1"))
	check(t, "answers", []int{429, 429, 204}, r.line.answers())
	check(t, "done", []string{"三月 会议 100%"}, r.done(t))
}

// An operator may switch on delivery-retryafter; then Knative waits as long as
// the function asks it to.
func TestKnativeWaitsAsLongAsABusyFunctionAsks(t *testing.T) {
	var tries []time.Time
	r := start(t, func(n int, e fn.Event) (fn.Outcome, error) {
		tries = append(tries, time.Now())
		if n == 1 {
			return nil, fault.Busy(time.Second, errors.New("the engine is taken"))
		}
		return do(e)
	})
	most, policy := "PT10S", duck.BackoffPolicyLinear // whose first pause is none
	r.delivery.RetryAfterMax, r.delivery.BackoffPolicy = &most, &policy
	r.send(t, asked("1"))
	check(t, "answers", []int{429, 204}, r.line.answers())
	if pause := tries[1].Sub(tries[0]); pause < time.Second {
		t.Errorf("came again after %v, want the second that it was asked to wait", pause)
	}
}

func TestALostAnswerChangesNothing(t *testing.T) {
	for name, out := range map[string][]string{"as reply": {told}, "to the sink": {told, heard}} {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { return do(e, out...) })
			r.line.lose = 2
			r.send(t, asked("1"))
			if n := len(r.line.answers()); n != 3 {
				t.Errorf("delivered %d times, want 3", n)
			}
			check(t, "done", []string{"三月 会议 100%"}, r.done(t))
			var ids []string
			for _, e := range append(r.replies.kept(), r.broker.kept()...) {
				ids = append(ids, e.ID())
			}
			slices.Sort(ids)
			check(t, "events that are not repeats", len(out), len(slices.Compact(ids)))
			check(t, "dead letters", nil, names(r.dead.kept()))
		})
	}
}

// When an attempt takes too long, Knative starts the next at once, while the
// function still works at the first.
func TestAnAttemptThatOvertakesTheFirstIsHeldOff(t *testing.T) {
	ctx, overtaken := context.WithTimeout(t.Context(), 10*time.Second)
	defer overtaken()
	r := startLeased(t, time.Minute, func(n int, e fn.Event) (fn.Outcome, error) {
		if n == 1 {
			<-ctx.Done()
		}
		return do(e, told)
	})
	timeout := "PT0.5S"
	r.delivery.Timeout = &timeout
	r.line.answered = func(status int) {
		if status == http.StatusTooManyRequests {
			overtaken()
		}
	}
	r.send(t, asked("1"))
	answers := r.line.answers()
	if !slices.Contains(answers, 429) || answers[len(answers)-1] != 200 {
		t.Errorf("answers %v, want 429 while the first was worked at, and 200 in the end", answers)
	}
	check(t, "done", []string{"三月 会议 100%"}, r.done(t))
	check(t, "replies", 1, len(r.replies.kept()))
}

func TestARedrivenDeadLetterIsDoneOnce(t *testing.T) {
	mended := false
	r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) {
		if !mended {
			return nil, fault.Refusef("no_engine", "no engine speaks this language")
		}
		return do(e, told)
	})
	r.send(t, asked("1"))
	dead := r.dead.kept()[0]
	mended = true
	r.send(t, dead)
	r.send(t, dead)
	check(t, "answers", []int{422, 200, 200}, r.line.answers())
	check(t, "done", []string{"三月 会议 100%"}, r.done(t))
	replies := r.replies.kept()
	if len(replies) != 2 || replies[0].ID() != replies[1].ID() {
		t.Errorf("replies %v, want the same event twice", replies)
	}
	check(t, "replies", []string{told + ` | /functions/tried | 三月 会议 100% | 区财政局 | 1 | {"说":"好"}`}, names(replies[:1]))
}

func TestBothFormatsOfKnativeMeanTheSame(t *testing.T) {
	for _, format := range []duck.FormatType{duck.DeliveryFormatBinary, duck.DeliveryFormatJson} {
		t.Run(string(format), func(t *testing.T) {
			var got fn.Event
			r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { got = e; return do(e) })
			r.send(t, asked("1"), kncloudevents.WithEventFormat(&format))
			check(t, "what the function was given", ce.Attributes(asked("1")), ce.Attributes(got))
			check(t, "its data", `{"问":1}`, string(got.Data()))
		})
	}
}

// Knative reads headers as they stand: it does not undo the percent-coding. What
// we send is structured, so that its filters see a Chinese value as it is.
func TestKnativesFiltersSeeWhatWeSend(t *testing.T) {
	for name, out := range map[string][]string{"as reply": {told}, "to the sink": {told, heard}} {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(_ int, e fn.Event) (fn.Outcome, error) { return do(e, out...) })
			r.send(t, asked("1"))
			seen := append(r.replies.asKnativeReads(), r.broker.asKnativeReads()...)
			check(t, "events", len(out), len(seen))
			for _, e := range seen {
				filter, err := subscriptionsapi.NewExactFilter(map[string]string{"subject": "三月 会议 100%", "unit": "区财政局"})
				if err != nil {
					t.Fatal(err)
				}
				check(t, "the filter of "+e.Type(), eventfilter.PassFilter, filter.Filter(t.Context(), e))
			}
		})
	}
}
