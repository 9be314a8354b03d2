package captions

// Watching: whoever is connected is told every sentence once it is final, in the order
// of their numbers, and what is being said meanwhile.
//
//	in   GET /captions/{id}/watch?after=n   lines after the n-th; 0 for all there are
//	out  {"type":"line","number":…,"text":…}   final
//	     {"type":"partial","track":…,"text":…} replaces what the track said before
//	     {"type":"ended"}                      and the connection is closed

import (
	"context"
	"math"
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
	for {
		now, err := readSaid(ctx, c.DB, s, after)
		if err != nil {
			return err
		}
		for _, line := range now.lines {
			if err := tell(ctx, conn, message{Type: "line", Caption: line}); err != nil {
				return err
			}
			after = line.Number
			delete(shown, line.Track)
		}
		for _, partial := range now.partials {
			if shown[partial.Track] == partial.Text {
				continue
			}
			if err := tell(ctx, conn, message{Type: "partial", Caption: partial}); err != nil {
				return err
			}
			shown[partial.Track] = partial.Text
		}
		if now.over && len(now.lines) < maxLines {
			return tell(ctx, conn, message{Type: "ended"})
		}
		select {
		case <-time.After(c.WatchEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
