package fn

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/propagation"

	"xietong.dev/shared/ce"
)

// post sends events to the sink, one request each, in their order.
func (r *runtime) post(ctx context.Context, events []Event) error {
	if len(events) > 0 && r.config.Sink == "" {
		return errors.New("environment variable K_SINK is not set: there is nowhere to send events")
	}
	for _, e := range events {
		if err := r.postOne(ctx, e); err != nil {
			return fmt.Errorf("send %s %s: %w", e.Type(), e.ID(), err)
		}
	}
	r.ledger.sent(events)
	return nil
}

func (r *runtime) postOne(ctx context.Context, e Event) error {
	req, err := ce.NewRequest(ctx, r.config.Sink, e)
	if err != nil {
		return err
	}
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(req.Header))
	return ce.Send(r.client, req)
}
