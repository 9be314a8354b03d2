package plain

import (
	"bufio"
	"bytes"
)

// lines is a page of plain text.
type lines struct{ out *bufio.Writer }

func (l *lines) para(p *para) error {
	l.out.Write(bytes.TrimSpace(p.text))
	return l.out.WriteByte('\n')
}

func (l *lines) row(cells []para) error {
	for i := range cells {
		if i > 0 {
			l.out.WriteByte('\t')
		}
		for j, word := range bytes.Fields(cells[i].text) {
			if j > 0 {
				l.out.WriteByte(' ')
			}
			l.out.Write(word)
		}
	}
	return l.out.WriteByte('\n')
}

func (l *lines) endTable() error { return nil }

// section writes nothing: the name of a sheet is not on its printed page.
func (l *lines) section(string) error { return nil }

func (l *lines) verbatim(text []byte) error {
	_, err := l.out.Write(text)
	return err
}
