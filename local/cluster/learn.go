package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"xietong.dev/local/broker"
	"xietong.dev/shared/pg"
)

// lotsAtOnce bounds how many lots of a thousand deliveries are asked for in one round, so
// that a function that was away for long does not keep the others waiting.
const lotsAtOnce = 10

// learner learns from the functions' ledgers how deliveries go.
type learner struct {
	broker *broker.Broker
	words  []string
	every  time.Duration
	log    *slog.Logger
	now    func() time.Time

	at map[string]places // where the next looks go on; only rounds touch it

	mu     sync.Mutex
	worked map[string]time.Time // when a function last did something
	wrong  map[string]string    // by function: why its ledger cannot be read
}

func (l *learner) run(ctx context.Context) {
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	for ctx.Err() == nil {
		l.round(ctx)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// round looks into every ledger once.
func (l *learner) round(ctx context.Context) {
	for _, word := range l.words {
		fresh, err := l.look(ctx, word)
		if ctx.Err() != nil {
			return
		}
		l.note(word, fresh, err)
	}
}

// places are the events that looks into a ledger have come to.
type places struct{ open, dead int64 }

// look reads on in a ledger from where it was: of what has not ended as far as there is
// something, of dead letters a lot.
func (l *learner) look(ctx context.Context, word string) (fresh int, err error) {
	at := l.at[word]
	for range lotsAtOnce {
		found, err := l.broker.Learn(ctx, word, at.open)
		if err != nil {
			return fresh, err
		}
		fresh += found.Fresh
		if at.open = found.Next; at.open == 0 {
			break
		}
	}
	found, err := l.broker.LearnOfDead(ctx, word, at.dead)
	if err != nil {
		return fresh, err
	}
	at.dead = found.Next
	if l.at == nil {
		l.at = map[string]places{}
	}
	l.at[word] = at
	return fresh + found.Fresh, nil
}

// note remembers what came of a look, and logs what is new about it.
func (l *learner) note(word string, fresh int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wrong == nil {
		l.wrong, l.worked = map[string]string{}, map[string]time.Time{}
	}
	if fresh > 0 {
		l.worked[word] = l.now()
	}
	why := ""
	if err != nil && !missing(err) {
		why = err.Error()
	}
	if why != "" && why != l.wrong[word] {
		l.log.Warn("a ledger cannot be read", slog.String("function", word), slog.Any("error", err))
	}
	l.wrong[word] = why
}

// missing reports whether a function has not made its ledger yet.
func missing(err error) bool {
	return slices.Contains([]string{"3F000", "42P01"}, pg.State(err))
}

// check says which ledgers cannot be read.
func (l *learner) check(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var words []string
	for word, why := range l.wrong {
		if why != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return nil
	}
	slices.Sort(words)
	return errors.New(fmt.Sprint("the ledgers of ", strings.Join(words, ", ")))
}

// workedSince reports whether a function has done something since a moment.
func (l *learner) workedSince(word string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.worked[word].After(at)
}
