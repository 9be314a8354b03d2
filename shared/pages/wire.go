package pages

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"xietong.dev/shared/fault"
)

// Reader and worker send each other frames: the lengths of two parts, a JSON text
// and the bytes of a file or a picture. The Reader asks; before it answers, the
// worker may ask in turn for stretches of the file.

// request is what the Reader asks. Do names a [doing], or opens or closes a file.
type request struct {
	Do       string
	Page     int    `json:",omitempty"`
	Width    int    `json:",omitempty"`
	Format   string `json:",omitempty"`
	Quality  int    `json:",omitempty"`
	Levels   int    `json:",omitempty"`
	Most     int    `json:",omitempty"`
	Size     int64  `json:",omitempty"` // of a file that is read as it is looked at
	Password string `json:",omitempty"`
}

// What a request may do besides the doings.
const (
	doOpen  = "open"
	doClose = "close"
)

// reply is what a worker says. One that wants a stretch of the file says only that.
type reply struct {
	Want   *stretch        `json:",omitempty"`
	Code   string          `json:",omitempty"` // of a refusal
	Error  string          `json:",omitempty"`
	Result json.RawMessage `json:",omitempty"`
}

// stretch is a part of the file.
type stretch struct {
	At   int64
	Size int
}

// codes are those of refusals that a worker may tell of.
var codes = []string{CodeEncrypted, CodeWrongPassword, CodeUnreadable, CodeTooLarge, CodeTooManyPages, CodePageTooLarge}

// err is the error that a reply tells of.
func (r reply) err() error {
	switch {
	case slices.Contains(codes, r.Code):
		return fault.Refusef(r.Code, "%s", r.Error)
	case r.Code != "" || r.Error != "":
		return errors.New(r.Error)
	}
	return nil
}

// refusing is a reply that tells of an error.
func refusing(err error) reply { return reply{Code: fault.Code(err), Error: err.Error()} }

// wire is one end of the talk.
type wire struct {
	in   *bufio.Reader
	out  io.Writer
	most int64 // bytes of either part of a frame that comes in
}

// frameHead is the length of a frame's lengths.
const frameHead = 16

func (w *wire) send(text any, raw []byte) error {
	encoded, err := json.Marshal(text)
	if err != nil {
		return err
	}
	frame := make([]byte, frameHead, frameHead+len(encoded))
	binary.LittleEndian.PutUint64(frame, uint64(len(encoded)))
	binary.LittleEndian.PutUint64(frame[8:], uint64(len(raw)))
	if _, err := w.out.Write(append(frame, encoded...)); err != nil {
		return err
	}
	if len(raw) > 0 {
		_, err = w.out.Write(raw)
	}
	return err
}

// receive reads a frame. One that announces more than is allowed is an error before
// room is made for it.
func (w *wire) receive(text any) (raw []byte, err error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(w.in, head[:]); err != nil {
		return nil, err
	}
	encoded, err := w.part(head[:8])
	if err != nil {
		return nil, err
	}
	if raw, err = w.part(head[8:]); err != nil {
		return nil, err
	}
	return raw, json.Unmarshal(encoded, text)
}

func (w *wire) part(length []byte) ([]byte, error) {
	n := binary.LittleEndian.Uint64(length)
	if n > uint64(w.most) {
		return nil, fmt.Errorf("a frame announces %d bytes; %d are allowed", n, w.most)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(w.in, b)
	return b, err
}
