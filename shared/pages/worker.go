package pages

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"

	"xietong.dev/shared/child"
)

// Worker is PDFium as a child of this program. Whoever opens a [Reader] gives it to
// child.Serve.
var Worker = child.Worker{Name: "pages", Run: serve}

// setup is the first frame that a worker is sent.
type setup struct {
	Config Config
	Fill   bool // only compile PDFium into the cache
}

// serve is the life of a worker: it starts PDFium, says so, and reads one file after
// the other until nothing more comes.
func serve(in io.Reader, out io.Writer) error {
	w := &wire{in: bufio.NewReader(in), out: out, most: math.MaxInt64} // the Reader is trusted
	var s setup
	if _, err := w.receive(&s); err != nil {
		return fmt.Errorf("read how to start: %w", err)
	}
	pool, err := startPDFium(context.Background(), s.Config)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := w.send(reply{}, nil); err != nil || s.Fill {
		return err
	}
	for {
		var open request
		file, err := w.receive(&open)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = w.read(pool, s.Config.Limits, open, file)
		}
		if err != nil {
			return err
		}
	}
}

// read opens a file in an instance of its own, and does with it what it is told
// until it is closed. What fails is told; an error ends the worker.
func (w *wire) read(pool pdfium.Pool, limits Limits, ask request, file []byte) error {
	instance, err := pool.GetInstance(0)
	if err != nil {
		return err
	}
	defer instance.Close() // it fails where the instance has crashed, and is thrown away in any case
	from := requests.OpenDocument{File: &file}
	if ask.Size > 0 {
		r := &remote{wire: w, size: ask.Size}
		from = requests.OpenDocument{FileReader: io.NewSectionReader(r, 0, ask.Size), FileReaderSize: ask.Size}
	}
	d, err := open(instance, limits, from, ask.Password)
	if err != nil {
		return w.send(refusing(err), nil)
	}
	if err := w.answer(d.count, nil, nil); err != nil {
		return err
	}
	for {
		ask = request{}
		if _, err := w.receive(&ask); err != nil {
			return err
		}
		if ask.Do == doClose {
			return nil
		}
		do := doings[ask.Do]
		if do == nil {
			return fmt.Errorf("asked to do %q", ask.Do)
		}
		result, raw, err := do(d, ask)
		if err := w.answer(result, raw, err); err != nil {
			return err
		}
	}
}

func (w *wire) answer(result any, raw []byte, failed error) error {
	if failed != nil {
		return w.send(refusing(failed), nil)
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return w.send(reply{Result: encoded}, raw)
}

// doings are what can be done with an open file.
var doings = map[string]func(d *opened, ask request) (result any, raw []byte, err error){
	"size":     func(d *opened, ask request) (any, []byte, error) { return bare(d.Size(ask.Page)) },
	"text":     func(d *opened, ask request) (any, []byte, error) { return bare(d.Text(ask.Page)) },
	"fonts":    func(d *opened, ask request) (any, []byte, error) { return bare(d.Fonts(ask.Page)) },
	"blank":    func(d *opened, ask request) (any, []byte, error) { return bare(d.Blank(ask.Page)) },
	"metadata": func(d *opened, ask request) (any, []byte, error) { return bare(d.Metadata()) },
	"outline":  func(d *opened, ask request) (any, []byte, error) { return bare(d.Outline(ask.Levels, ask.Most)) },
	"unlocked": func(d *opened, ask request) (any, []byte, error) {
		raw, err := d.Unlocked()
		return nil, raw, err
	},
	"render": func(d *opened, ask request) (any, []byte, error) {
		m, err := d.Render(ask.Page, ask.Width)
		if err != nil {
			return nil, nil, err
		}
		return m.Rect.Max, m.Pix, nil
	},
	"draw": func(d *opened, ask request) (any, []byte, error) {
		return d.Draw(ask.Page, ask.Width, ask.Format, ask.Quality)
	},
}

func bare(result any, err error) (any, []byte, error) { return result, nil, err }

// remote is a file at the Reader's end. PDFium reads some hundred bytes at a time:
// blocks are asked for, and the last ones kept.
type remote struct {
	*wire
	size   int64
	blocks []block // the one that was used last at the end
}

type block struct {
	at   int64
	data []byte
}

const (
	blockSize  = 1 << 20
	blocksKept = 16
)

// ReadAt is io.ReaderAt's.
func (r *remote) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && at+int64(n) < r.size {
		b, err := r.block((at + int64(n)) / blockSize * blockSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], b.data[at+int64(n)-b.at:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (r *remote) block(at int64) (block, error) {
	for i, b := range r.blocks {
		if b.at == at {
			copy(r.blocks[i:], r.blocks[i+1:])
			r.blocks[len(r.blocks)-1] = b
			return b, nil
		}
	}
	b := block{at: at}
	want := int(min(blockSize, r.size-at))
	if err := r.send(reply{Want: &stretch{At: at, Size: want}}, nil); err != nil {
		return b, err
	}
	var came reply
	var err error
	if b.data, err = r.receive(&came); err != nil {
		return b, err
	}
	if err := came.err(); err != nil {
		return b, err
	}
	if len(b.data) != want {
		return b, errors.New("the file is shorter than it was said to be")
	}
	if len(r.blocks) == blocksKept {
		r.blocks = append(r.blocks[:0], r.blocks[1:]...)
	}
	r.blocks = append(r.blocks, b)
	return b, nil
}
