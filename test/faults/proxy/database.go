package proxy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Database stands between functions and PostgreSQL. It reads the client's
// messages, so that it can cut a connection at the worst moment.
type Database struct {
	Dice *Dice

	target   atomic.Value // string, host:port
	listener net.Listener
}

// ListenDatabase listens on a free port of this machine.
func ListenDatabase(dice *Dice) (*Database, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Database{Dice: dice, listener: l}
	go p.accept()
	return p, nil
}

// Address is where functions connect to.
func (p *Database) Address() string { return p.listener.Addr().String() }

// Point says where the database is now.
func (p *Database) Point(address string) { p.target.Store(address) }

// Close takes no more connections.
func (p *Database) Close() error { return p.listener.Close() }

func (p *Database) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(client)
	}
}

func (p *Database) serve(client net.Conn) {
	defer client.Close()
	if p.Dice.Roll("database-half-open") != "" {
		p.hang()
		return
	}
	target, _ := p.target.Load().(string)
	server, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		return
	}
	var ends sync.WaitGroup
	answers := &answers{Writer: client}
	ends.Go(func() {
		io.Copy(answers, server)
		client.Close()
	})
	if p.forward(client, server, answers) == errCutAfter {
		// The server has the message and answers to nobody.
		client.Close()
		time.Sleep(200 * time.Millisecond)
	}
	server.Close()
	ends.Wait()
}

// answers go to the client until they are cut off: an answer may be faster than
// whoever closes the connection.
type answers struct {
	io.Writer
	cut atomic.Bool
}

func (a *answers) Write(p []byte) (int, error) {
	if a.cut.Load() {
		return 0, errCutAfter
	}
	return a.Writer.Write(p)
}

var errCutAfter = errors.New("cut after the message was sent")
var errCutBefore = errors.New("cut before the message was sent")

// forward passes on what the client says, message by message.
func (p *Database) forward(client io.Reader, server io.Writer, answers *answers) error {
	in := bufio.NewReader(client)
	if err := pass(in, server, 0, nil); err != nil { // the startup message has no type
		return err
	}
	for {
		kind, err := in.ReadByte()
		if err != nil {
			return err
		}
		var after error
		err = pass(in, server, kind, func(body []byte) error {
			var before error
			before, after = p.judge(kind, body)
			answers.cut.Store(after != nil)
			return before
		})
		if err := errors.Join(err, after); err != nil {
			if after != nil {
				return errCutAfter
			}
			return err
		}
	}
}

// judge says whether a message is followed by a cut, or never arrives.
func (p *Database) judge(kind byte, body []byte) (before, after error) {
	if kind != 'Q' || !strings.EqualFold(strings.TrimRight(string(body), "\x00"), "commit") {
		return nil, nil
	}
	switch p.Dice.Roll("commit-cut", "commit-lost", "database-slow", "database-half-open") {
	case "commit-cut":
		return nil, errCutAfter
	case "commit-lost":
		return errCutBefore, nil
	case "database-slow":
		time.Sleep(p.Dice.Between(500*time.Millisecond, 3*time.Second))
	case "database-half-open":
		p.hang()
		return errCutBefore, nil
	}
	return nil, nil
}

// hang takes what comes, and answers nothing.
func (p *Database) hang() { time.Sleep(p.Dice.Between(2*time.Second, 8*time.Second)) }

// maxMessage bounds what one message may hold.
const maxMessage = 64 << 20

// pass forwards one message: a type where it has one, its length, its body.
func pass(in io.Reader, out io.Writer, kind byte, judge func([]byte) error) error {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < 4 || length > maxMessage {
		return errors.New("a message of PostgreSQL's protocol has no sensible length")
	}
	message := make([]byte, 0, 1+length)
	if kind != 0 {
		message = append(message, kind)
	}
	message = append(message, head[:]...)
	body := make([]byte, length-4)
	if _, err := io.ReadFull(in, body); err != nil {
		return err
	}
	if judge != nil {
		if err := judge(body); err != nil {
			return err
		}
	}
	_, err := out.Write(append(message, body...))
	return err
}
