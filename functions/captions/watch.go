package captions

// Watching: whoever is connected is told every sentence once it is final, in the order
// of their numbers, and what is being said meanwhile.
//
//	in   GET /captions/{id}/watch?after=n   lines after the n-th; 0 for all there are
//	out  {"type":"line","number":…,"text":…}   final
//	     {"type":"partial","track":…,"text":…} replaces what the track said before; without a text it came to nothing
//	     {"type":"ended"}                      and the connection is closed

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/coder/websocket"

	"xietong.dev/shared/web"
)

// watch answers GET /captions/{id}/watch.
func (c *call) watch() error {
	after, err := web.Number(c.r, "after", 0, math.MaxInt32, 0)
	if err != nil {
		return err
	}
	s, err := c.load()
	if err != nil {
		return err
	}
	conn, err := c.connect()
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	defer func() { <-c.Captions.open }()
	ctx := conn.CloseRead(c.r.Context()) // it has nothing to say
	c.hangUp(conn, c.follow(ctx, conn, s, int64(after)))
	return nil
}

// follow tells of a session until it ends. It asks the database, so that the one who
// speaks may be connected to another instance.
func (c *call) follow(ctx context.Context, conn *websocket.Conn, s session, after int64) error {
	shown := map[int]string{} // the partial caption of each track
	asked := c.Now()
	for {
		now, err := c.said(ctx, s, after)
		if err != nil {
			return err
		}
		for _, m := range news(now, shown) {
			if err := tell(ctx, conn, m); err != nil {
				return err
			}
			after = max(after, m.Number)
		}
		if now.over && len(now.lines) < maxLines {
			return tell(ctx, conn, message{Type: "ended"})
		}
		if at := c.Now(); at.Sub(asked) >= silence {
			if err := ping(ctx, conn); err != nil {
				return err
			}
			asked = at
		}
		select {
		case <-time.After(c.WatchEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// silence is how often whoever watches is asked whether they are still there: proxies cut
// a connection on which nothing is said (nginx after 60 s), and those who went without a
// word would hold theirs for ever.
const silence = 20 * time.Second

func ping(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return conn.Ping(ctx)
}

// news is what somebody is to be told who was shown these partial captions, which are
// brought up to date.
func news(now said, shown map[int]string) (all []message) {
	for _, line := range now.lines {
		all = append(all, message{Type: "line", Caption: line})
		delete(shown, line.Track)
	}
	if len(now.lines) == maxLines {
		return all // there are more
	}
	gone := maps.Clone(shown)
	for _, partial := range now.partials {
		if delete(gone, partial.Track); shown[partial.Track] != partial.Text {
			all = append(all, message{Type: "partial", Caption: partial})
			shown[partial.Track] = partial.Text
		}
	}
	for _, track := range slices.Sorted(maps.Keys(gone)) {
		all = append(all, message{Type: "partial", Caption: Caption{Track: track}})
		delete(shown, track)
	}
	return all
}
