package broker

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// DeadGroup is the dead letters of one function that died of the same.
type DeadGroup struct {
	ID          string // short, and the same as long as these three are
	Service     string
	Code        int    // HTTP status of the last answer; 0 where there was none
	Reason      string // what all their reasons have in common
	Count       int
	First, Last time.Time // when the first and the last of them died
	Example     int64     // Seq of the latest event
}

// DeadGroups returns dead letters by what they died of, the largest group first.
func (b *Broker) DeadGroups(ctx context.Context, q DeadQuery) ([]DeadGroup, error) {
	groups := map[string]*DeadGroup{}
	err := b.eachDeath(ctx, q, func(_ string, g DeadGroup) {
		known, there := groups[g.ID]
		if !there {
			groups[g.ID] = &g
			return
		}
		known.add(g)
	})
	all := make([]DeadGroup, 0, len(groups))
	for _, g := range groups {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b DeadGroup) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// DeadCounts returns how many dead letters match, by Trigger.
func (b *Broker) DeadCounts(ctx context.Context, q DeadQuery) (map[string]int, error) {
	counts := map[string]int{}
	err := b.eachDeath(ctx, q, func(trigger string, g DeadGroup) { counts[trigger] += g.Count })
	return counts, err
}

// eachDeath calls each with the dead letters of one Trigger that have the same
// code and the same reason to the letter.
func (b *Broker) eachDeath(ctx context.Context, q DeadQuery, each func(trigger string, g DeadGroup)) error {
	w := q.where()
	rows, err := b.DB.Query(ctx, `SELECT d.trigger, `+serviceOf+`, d.code, d.reason, count(*), min(d.ended_at), max(d.ended_at), max(d.seq)`+letters+w.sql()+` GROUP BY 1, 2, 3, 4`, w.args...)
	if err != nil {
		return fmt.Errorf("count dead letters: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var trigger, reason string
		var g DeadGroup
		if err := rows.Scan(&trigger, &g.Service, &g.Code, &reason, &g.Count, &g.First, &g.Last, &g.Example); err != nil {
			return fmt.Errorf("count dead letters: %w", err)
		}
		if q.takes(g.Service, g.Code, reason) {
			g.Reason = fingerprint(reason)
			g.ID = groupID(g.Service, g.Code, g.Reason)
			each(trigger, g)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("count dead letters: %w", err)
	}
	return nil
}

// add counts others of the same group in.
func (g *DeadGroup) add(o DeadGroup) {
	g.Count += o.Count
	g.Example = max(g.Example, o.Example)
	if o.First.Before(g.First) {
		g.First = o.First
	}
	if o.Last.After(g.Last) {
		g.Last = o.Last
	}
}

func groupID(service string, code int, reason string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s", service, code, reason))
	return fmt.Sprintf("%x", sum[:4])
}

// What differs from one reason to the next of the same kind, in the order in which
// it is taken out.
var differs = []struct {
	what *regexp.Regexp
	mark string
}{
	{regexp.MustCompile(`"[^"]*"|“[^”]*”|「[^」]*」`), `"…"`},
	{regexp.MustCompile(`(^|[\s(\[:=,])'[^']*'`), `$1'…'`},                                                       // and not the one in "isn't"
	{regexp.MustCompile(`[^\s"'(),;]*/[^\s"'(),;/]*/[^\s"'(),;]*|[^\s"'(),;]+/[^\s"'(),;]*\.[^\s"'(),;]*`), `…`}, // an address, a path, a key; a media type has one slash and no dot
	{regexp.MustCompile(`\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9a-fA-F]{8,}\b`), `#`},
	{regexp.MustCompile(`\b([0-9]+(\.[0-9]+)?(ns|µs|us|ms|s|m|h))+\b`), `#`}, // a duration as Go writes it
	{regexp.MustCompile(`[0-9]+([.,:][0-9]+)*`), `#`},
	{regexp.MustCompile(`\s+`), ` `},
}

// fingerprint is what a reason has in common with others of its kind: without the
// quotations, keys, identifiers and numbers that differ from one to the next.
func fingerprint(reason string) string {
	for _, d := range differs {
		reason = d.what.ReplaceAllString(reason, d.mark)
	}
	return strings.TrimSpace(reason)
}
