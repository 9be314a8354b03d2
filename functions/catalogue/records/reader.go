package records

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"xietong.dev/shared/archive"
)

// Reader reads the rows of a batch. It is for one goroutine.
type Reader struct {
	header Header
	rows   rows
	from   *source
	name   string
	limits Limits
	count  int
	ended  error
}

// rows reads one form. A [*RowError] concerns one row, whose number is not filled in;
// every other error ends the batch, [io.EOF] well.
type rows interface {
	next() (Row, error)
}

// headBytes is how much of a batch is looked at to tell its form.
const headBytes = 64 << 10

// Open tells what form a batch has and reads its header; name says in errors which
// batch it is. A refusal says what is wrong with the batch as a whole.
func Open(ctx context.Context, r io.Reader, name string, limits Limits) (*Reader, error) {
	from := &source{ctx: ctx, r: r, left: int64(limits.Batch), limits: limits, name: name}
	b := bufio.NewReaderSize(from, headBytes)
	head, err := b.Peek(headBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	reader := &Reader{header: Header{Mode: Delta, Count: -1, Version: limits.Version}, from: from, name: name, limits: limits}
	open, err := reader.form(head)
	if err != nil {
		return nil, err
	}
	reader.rows, err = open(b)
	switch {
	case err == io.EOF:
		return nil, refusef(CodeCut, "batch %q ends before its first row", name)
	case err != nil:
		return nil, reader.why(err)
	}
	return reader, nil
}

// Header returns what the batch says of itself.
func (r *Reader) Header() Header { return r.header }

// Next returns the next row, [io.EOF] after the last, or a [*RowError] for a row that
// cannot be used. After any other error there are no more rows.
func (r *Reader) Next() (Row, error) {
	if r.ended != nil {
		return Row{}, r.ended
	}
	row, err := r.rows.next()
	var bad *RowError
	if err != nil && !errors.As(err, &bad) {
		r.ended = r.why(err)
		return Row{}, r.ended
	}
	if r.count++; r.count > r.limits.Rows {
		r.ended = refusef(archive.CodeTooLarge, "batch %q has more than %d rows, MAX_BATCH_ROWS allows no more; cut it into several", r.name, r.limits.Rows)
		return Row{}, r.ended
	}
	if bad == nil {
		row, bad = r.check(row)
	}
	if bad != nil {
		bad.Row = r.count
		return Row{}, bad
	}
	row.Number = r.count
	return row, nil
}

// why returns what went wrong in the first place: a reader of XML calls XML broken
// that could not be fetched.
func (r *Reader) why(err error) error {
	if r.from.failed != nil {
		return r.from.failed
	}
	return err
}

// source counts the bytes of a batch.
type source struct {
	ctx    context.Context
	r      io.Reader
	left   int64
	limits Limits
	name   string
	failed error
}

func (s *source) Read(p []byte) (int, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	if s.failed = s.ctx.Err(); s.failed != nil {
		return 0, s.failed
	}
	n, err := s.r.Read(p)
	if s.left -= int64(n); s.left < 0 {
		s.failed = refusef(archive.CodeTooLarge, "batch %q has more than %d bytes, MAX_BATCH allows no more; cut it into several", s.name, s.limits.Batch)
		return 0, s.failed
	}
	if err != nil && err != io.EOF {
		s.failed = fmt.Errorf("read batch %s: %w", s.name, err)
		return n, s.failed
	}
	return n, err
}
