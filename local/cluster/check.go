package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"xietong.dev/local/console"
	"xietong.dev/shared/blob"
)

// askLimit is how long anything may take that is asked whether it works.
const askLimit = 2 * time.Second

// checks ask what everything here works with.
func (c *Console) checks() []console.Check {
	return []console.Check{
		{Name: "database", Ask: func(ctx context.Context) error { return c.db.Ping(ctx) }},
		{Name: "store", Ask: c.storeAnswers},
		{Name: "broker", Ask: c.brokerAnswers},
		{Name: "ledgers", Ask: c.learner.check},
	}
}

// storeAnswers asks the store for an object that there is not.
func (c *Console) storeAnswers(ctx context.Context) error {
	_, err := c.store.Head(ctx, c.Documents, "console/there-is-none", "")
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	return err
}

// brokerAnswers asks the ingress for a page that it does not have: it takes events with
// POST, and says so.
func (c *Console) brokerAnswers(ctx context.Context) error {
	status, err := get(ctx, c.Sink)
	if err == nil && (status == http.StatusNotFound || status >= 500) {
		return fmt.Errorf("the broker's ingress answered %d", status)
	}
	return err
}

// awake is how long after its last work a function is surely still running: platforms
// wait for longer before they stop it.
const awake = 20 * time.Second

// health asks the functions that run anyway whether they are ready. To ask one that sleeps
// would wake it, and to ask it again and again would keep it from ever sleeping.
func (c *Console) health(ctx context.Context) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	var asking sync.WaitGroup
	var mu sync.Mutex
	said := map[string]bool{}
	for _, f := range c.functions {
		if f.MinScale == 0 && !c.learner.workedSince(f.Word, time.Now().Add(-awake)) {
			continue
		}
		asking.Go(func() {
			status, err := get(ctx, c.addressOf(f.Word).JoinPath("health/ready").String())
			mu.Lock()
			defer mu.Unlock()
			said[f.Word] = err == nil && status == http.StatusOK
		})
	}
	asking.Wait()
	return said
}

// get returns the status that an address answers with.
func get(ctx context.Context, address string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}
