package records

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/archive"
)

// jsonHeader is the first line of a batch in JSON Lines.
type jsonHeader struct {
	Source string `json:"source"`
	Batch  string `json:"batch"`
	Seq    int64  `json:"seq"`
	Mode   string `json:"mode"`
	Count  *int   `json:"count"`
	SHA256 string `json:"sha256"`
}

// jsonRow is each other line.
type jsonRow struct {
	Op       string               `json:"op"`
	SourceID string               `json:"source_id"`
	Version  int64                `json:"version"`
	Object   string               `json:"object"`
	SHA256   string               `json:"sha256"`
	Size     int64                `json:"size"`
	Format   string               `json:"format"`
	Metadata *events.BookMetadata `json:"metadata"`
	Licence  *events.Licence      `json:"licence"`
	Reason   string               `json:"reason"`
}

// jsonLines reads a batch in JSON Lines: a header, and a row a line.
type jsonLines struct {
	header Header
	lines  pieces
	name   string
	rows   int
	whole  bool // the last line had its end
}

var sum64 = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (r *Reader) openJSON(b *bufio.Reader) (rows, error) {
	j := &jsonLines{lines: pieces{r: b, limit: int(r.limits.Row)}, name: r.name, whole: true}
	line, long, err := j.lines.next('\n')
	if err != nil {
		return nil, err
	}
	if j.header, err = readHeader(bytes.TrimPrefix(line, []byte("\ufeff")), long); err != nil {
		return nil, refusef(archive.CodeUnreadable, "batch %q: the header in its first line: %w", r.name, err)
	}
	r.header = j.header // without a version for all rows: each states its own
	j.lines.sum = sha256.New()
	return j, nil
}

func readHeader(line []byte, long bool) (Header, error) {
	var h jsonHeader
	if long {
		return Header{}, errors.New("more than MAX_BATCH_ROW bytes")
	}
	if err := strict(line, &h); err != nil {
		return Header{}, err
	}
	switch {
	case h.Source == "" || h.Batch == "":
		return Header{}, errors.New("source and batch must be given")
	case h.Mode != Delta && h.Mode != Snapshot:
		return Header{}, errors.New(`mode must be "delta" or "snapshot"`)
	case h.Count == nil || *h.Count < 0 || h.Seq < 0:
		return Header{}, errors.New("count must be given, and neither it nor seq be negative")
	case !sum64.MatchString(strings.ToLower(h.SHA256)):
		return Header{}, errors.New("sha256 must be given: 64 hexadecimal digits over all bytes behind the header line")
	}
	return Header{Form: FormJSON, Source: h.Source, Batch: h.Batch, Seq: h.Seq, Mode: h.Mode, Count: *h.Count, SHA256: strings.ToLower(h.SHA256)}, nil
}

// strict reads one JSON value. A field that is not known is an error: to overlook a
// "license" would lend a book without its terms.
func strict(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value in the line")
	}
	return nil
}

func (j *jsonLines) next() (Row, error) {
	for {
		line, long, err := j.lines.next('\n')
		if err == io.EOF {
			return Row{}, j.end()
		}
		if err != nil {
			return Row{}, err
		}
		j.whole = long || bytes.HasSuffix(line, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		j.rows++
		if long {
			return Row{}, badf(CodeTooLarge, "the line has more than %d bytes, MAX_BATCH_ROW allows no more", j.lines.limit)
		}
		return readRow(line)
	}
}

func readRow(line []byte) (Row, error) {
	var j jsonRow
	if err := strict(line, &j); err != nil {
		bad := badf(CodeRow, "not a row in JSON: %s", problem(err))
		bad.SourceID = j.SourceID
		return Row{}, bad
	}
	return Row{Op: j.Op, SourceID: j.SourceID, Version: j.Version, Object: j.Object, SHA256: j.SHA256, Size: j.Size,
		Format: j.Format, Metadata: j.Metadata, Licence: j.Licence, Reason: j.Reason}, nil
}

// problem is what is wrong with a line, in words for whoever wrote it.
func problem(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Sprintf("%s has a %s where another kind of value is wanted", cmp.Or(kind.Field, "the line"), kind.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// end compares what was read with what the header says.
func (j *jsonLines) end() error {
	sum := hex.EncodeToString(j.lines.sum.Sum(nil))
	same := sum == j.header.SHA256
	switch {
	case same && j.rows == j.header.Count:
		return io.EOF
	case same || j.rows > j.header.Count:
		return refusef(CodeCorrupt, "batch %q has %d rows, its header says %d; make it anew", j.name, j.rows, j.header.Count)
	case j.rows < j.header.Count || !j.whole:
		return refusef(CodeCut, "batch %q is cut off: it has %d of %d rows; send it again", j.name, j.rows, j.header.Count)
	}
	return refusef(CodeCorrupt, "batch %q was changed: the SHA-256 of its rows is %s, its header says %s; send it again", j.name, sum, j.header.SHA256)
}
