package plain

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/letters"
)

// decoded opens a text in UTF-8.
func decoded(s source, b *builder) (*bufio.Reader, error) {
	if err := s.flat(); err != nil {
		return nil, err
	}
	r, name, err := letters.Reader(s.r, s.size)
	b.notes.Encoding = name
	return bufio.NewReaderSize(r, 64<<10), err
}

// readTxt reads a text line by line; on a Markdown page each is a paragraph.
func readTxt(s source, b *builder) error {
	r, err := decoded(s, b)
	if err != nil {
		return err
	}
	if p, ok := b.page.(*lines); ok {
		return copyText(p, r)
	}
	for {
		line, err := r.ReadSlice('\n')
		b.begin(para{})
		for err == bufio.ErrBufferFull {
			if err := b.text(string(line), style{}); err != nil {
				return err
			}
			line, err = r.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return err
		}
		if failed := b.text(strings.TrimRight(string(line), "\r\n"), style{}); failed != nil {
			return failed
		}
		if failed := b.end(); failed != nil {
			return failed
		}
		if err == io.EOF {
			return nil
		}
	}
}

// copyText copies a text as it is, but for line ends and zero bytes.
func copyText(p page, r io.Reader) error {
	block := make([]byte, 32<<10)
	for {
		n, err := r.Read(block)
		text := bytes.ReplaceAll(block[:n], []byte("\r\n"), []byte("\n"))
		text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r"), []byte("\n")), []byte{0}, nil)
		if failed := p.verbatim(text); failed != nil {
			return failed
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readCsv reads a table whose cells are set apart by what the first line has most
// of: commas, tabs or semicolons.
func readCsv(s source, b *builder) error {
	r, err := decoded(s, b)
	if err != nil {
		return err
	}
	first, _ := r.Peek(r.Size())
	if line, _, ok := bytes.Cut(first, []byte("\n")); ok {
		first = line
	}
	// The library holds a record in memory, and a quote that is not closed makes one
	// of all that follows.
	held := &pause{r: r, limit: int64(s.limits.Archive.XMLToken)}
	c := csv.NewReader(held)
	c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = Separator(string(first)), true, -1, true
	for {
		held.since = 0
		record, err := c.Read()
		switch {
		case err == io.EOF:
			return b.page.endTable()
		case errors.Is(err, errPause):
			return fault.Refusef(archive.CodeTooLarge, "the table has a row of more than %d bytes, MAX_XML_TOKEN allows no more: is a quote not closed?", held.limit)
		case err != nil:
			return err
		}
		b.beginTable()
		for _, field := range record {
			if err := b.beginCell(); err != nil {
				return err
			}
			if err := b.para(para{}, field); err != nil {
				return err
			}
			b.endCell()
		}
		b.tables--
		if err := b.endRow(); err != nil {
			return err
		}
	}
}

var errPause = errors.New("too much at once")

// pause ends what reads too much before it is asked for the next record.
type pause struct {
	r            io.Reader
	since, limit int64
}

func (p *pause) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if p.since += int64(n); p.since > p.limit {
		return 0, errPause
	}
	return n, err
}

// Separator returns what sets the cells of a table of plain text apart, by its
// first line.
func Separator(line string) rune {
	best, most := ',', 0
	for _, r := range "\t,;" {
		if n := strings.Count(line, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}
