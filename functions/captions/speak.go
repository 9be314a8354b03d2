package captions

// Speaking: one connection sends the sound of one track, and is told what was kept of it.
//
//	in   binary messages of samples: 16 kHz, one channel, 16 bit, little endian
//	     {"type":"end"} once the speaker has ended
//	out  {"type":"ready","kept":n,"now":m}  send from sample n on; m is where the meeting is
//	     {"type":"kept","kept":n}           sound before sample n need not be sent again
//	     {"type":"partial"|"line",…}        as those who watch are told
//	     {"type":"error","message":…}       before the connection is closed

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/coder/websocket"

	"xietong.dev/shared/web"
)

// message is what is said over a connection, either way.
type message struct {
	Type    string `json:"type"`
	Kept    *int64 `json:"kept,omitempty"`
	Now     *int64 `json:"now,omitempty"` // the sample that a track without a pause would be at
	Message string `json:"message,omitempty"`
	Code    string `json:"code,omitempty"`
	Caption
}

const maxFrame = 64 << 10 // bytes of one message

// speak answers GET /captions/{id}/speak?track=0.
func (c *call) speak() error {
	number, err := web.Number(c.r, "track", 0, c.MaxTracks-1, 0)
	if err != nil {
		return err
	}
	s, err := c.load()
	if err != nil {
		return err
	}
	if s.EndedAt != nil {
		return web.Refuse(http.StatusConflict, "ended")
	}
	conn, err := c.connect()
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	defer func() { <-c.Captions.open }()
	conn.SetReadLimit(maxFrame)
	t := &talk{Captions: c.Captions, track: track{session: s.ID, number: number, holder: c.NewID()}, session: s, conn: conn}
	if err = hold(c.r.Context(), c.DB, &t.track, c.Now().Sub(s.BeganAt)); err == nil {
		err = t.run(c.r.Context())
	}
	c.hangUp(conn, err)
	return nil
}

// connect takes a connection over, unless there are too many.
func (c *call) connect() (*websocket.Conn, error) {
	select {
	case c.Captions.open <- struct{}{}:
	default:
		return nil, &web.Problem{Status: http.StatusServiceUnavailable, Code: "busy", Header: http.Header{"Retry-After": {"5"}}}
	}
	conn, err := websocket.Accept(c.w, c.r, nil)
	if err != nil { // it has answered by itself
		<-c.Captions.open
		return nil, errAnswered
	}
	return conn, nil
}

var errAnswered = errors.New("the request is answered")

// hangUp says why a connection ends, and ends it.
func (c *call) hangUp(conn *websocket.Conn, err error) {
	var p *web.Problem
	switch {
	case err == nil || errors.Is(err, errOver):
		conn.Close(websocket.StatusNormalClosure, "")
	case errors.As(err, &p):
		tell(context.WithoutCancel(c.r.Context()), conn, message{Type: "error", Code: p.Code, Message: web.Say(messages, c.lang, p)})
		conn.Close(websocket.StatusPolicyViolation, p.Code)
	case errors.Is(err, errGone), errors.Is(err, context.Canceled):
	default:
		c.Log.Warn("a connection broke off", "path", c.r.URL.Path, "error", err)
		conn.Close(websocket.StatusTryAgainLater, "try again")
	}
}

func tell(ctx context.Context, conn *websocket.Conn, m message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, text)
}

// errOver says that the speaker has said to have ended, errGone that the connection ended
// without that: it will come again.
var (
	errOver = errors.New("the stream is over")
	errGone = errors.New("the other side has gone")
)

// receive reads messages into sound, until the connection ends, or errOver. To end a read
// closes the connection, and whoever speaks would not learn why; so reading goes on for
// the whole of the connection, and only handing on ends with ctx.
func receive(whole, ctx context.Context, conn *websocket.Conn, sound chan<- []int16) error {
	for {
		kind, body, err := conn.Read(whole)
		if err != nil {
			return fmt.Errorf("%w: %w", errGone, err)
		}
		if kind == websocket.MessageText {
			var m message
			if json.Unmarshal(body, &m) != nil || m.Type != "end" {
				return web.Refuse(http.StatusBadRequest, "speak_text")
			}
			return errOver
		}
		if len(body)%2 != 0 {
			return web.Refuse(http.StatusBadRequest, "speak_samples")
		}
		samples := make([]int16, len(body)/2)
		for i := range samples {
			samples[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
		}
		select {
		case sound <- samples:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
