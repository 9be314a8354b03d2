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
		g.Reason = fingerprint(g.Reason)
		g.ID = groupID(g.Service, g.Code, g.Reason)
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

// about says which dead letters are meant, a group by its reason too: its ID alone says
// nothing to who reads it once the group is gone.
func (b *Broker) about(ctx context.Context, q DeadQuery) (string, error) {
	if q.Group == "" {
		return q.String(), nil
	}
	groups, err := b.DeadGroups(ctx, q)
	if err != nil || len(groups) == 0 {
		return q.String(), err
	}
	return clip(fmt.Sprintf("%v (%s %d: %s)", q, groups[0].Service, groups[0].Code, groups[0].Reason)), nil
}

// DeadCounts returns how many dead letters match, by Trigger.
func (b *Broker) DeadCounts(ctx context.Context, q DeadQuery) (map[string]int, error) {
	counts := map[string]int{}
	err := b.eachDeath(ctx, q, func(trigger string, g DeadGroup) { counts[trigger] += g.Count })
	return counts, err
}

// eachDeath calls each with the dead letters of one Trigger that have the same code
// and the same reason to the letter; the group has no ID yet.
func (b *Broker) eachDeath(ctx context.Context, q DeadQuery, each func(trigger string, g DeadGroup)) error {
	w := q.where()
	rows, err := b.DB.Query(ctx, `SELECT d.trigger, `+serviceOf+`, d.code, d.reason, count(*), min(d.ended_at), max(d.ended_at), max(d.seq)`+q.from()+w.sql()+` GROUP BY 1, 2, 3, 4`, w.args...)
	if err != nil {
		return fmt.Errorf("count dead letters: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var trigger string
		var g DeadGroup
		if err := rows.Scan(&trigger, &g.Service, &g.Code, &g.Reason, &g.Count, &g.First, &g.Last, &g.Example); err != nil {
			return fmt.Errorf("count dead letters: %w", err)
		}
		if q.takes(g.Service, g.Code, g.Reason) {
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
// it is taken out. A look at the text spares most of the searches, of which the page
// of dead letters would do a few for each of them.
var differs = []struct {
	what *regexp.Regexp
	mark string
	may  func(reason string) bool // it may be there
}{
	{regexp.MustCompile(`"[^"]*"|“[^”]*”|「[^」]*」`), `"…"`, has(`"“「`)},
	{regexp.MustCompile(`(^|[\s(\[:=,])'[^']*'`), `$1'…'`, has(`'`)},                                                       // and not the one in "isn't"
	{regexp.MustCompile(`[^\s"'(),;]*/[^\s"'(),;/]*/[^\s"'(),;]*|[^\s"'(),;]+/[^\s"'(),;]*\.[^\s"'(),;]*`), `…`, has(`/`)}, // an address, a path, a key; a media type has one slash and no dot
	{regexp.MustCompile(`\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9a-fA-F]{8,}\b`), `#`, hasHex},
	{regexp.MustCompile(`\b([0-9]+(\.[0-9]+)?(ns|µs|us|ms|s|m|h))+\b`), `#`, hasUnit}, // a duration as Go writes it
	{regexp.MustCompile(`[0-9]+([.,:][0-9]+)*`), `#`, has("0123456789")},
	{regexp.MustCompile(`\s+`), ` `, hasSpaces},
}

// has looks for any of some characters.
func has(chars string) func(string) bool {
	return func(reason string) bool { return strings.ContainsAny(reason, chars) }
}

// hasHex looks for eight hexadecimal digits in a row.
func hasHex(reason string) bool {
	n := 0
	for i := 0; i < len(reason) && n < 8; i++ {
		if c := reason[i]; c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' {
			n++
		} else {
			n = 0
		}
	}
	return n == 8
}

// hasUnit looks for a digit before a letter that a unit of time begins with.
func hasUnit(reason string) bool {
	for i := 1; i < len(reason); i++ {
		if reason[i-1] >= '0' && reason[i-1] <= '9' && strings.IndexByte("nu\xc2msh", reason[i]) >= 0 { // C2 begins µ
			return true
		}
	}
	return false
}

// hasSpaces looks for space that is not one blank.
func hasSpaces(reason string) bool {
	return strings.ContainsAny(reason, "\t\n\f\r") || strings.Contains(reason, "  ")
}

// fingerprint is what a reason has in common with others of its kind: without the
// quotations, keys, identifiers and numbers that differ from one to the next.
func fingerprint(reason string) string {
	for _, d := range differs {
		if d.may(reason) {
			reason = d.what.ReplaceAllString(reason, d.mark)
		}
	}
	return strings.TrimSpace(reason)
}
