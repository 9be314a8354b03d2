package report

// Batches: what a device saw while it had no network, as NDJSON.
//
// Each report is sealed when it is made, and its link is the hash of the report before
// it, as sent: so a probe keeps nothing in plain, and the chain goes on from batch to
// batch. The first line is a header that is signed when the batch is sent; it says
// where the chain begins and ends. A line that is missing, moved, doubled or forged
// breaks the chain, and the place shows. The rest counts all the same.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"xietong.dev/shared/fault"
)

// BatchHeader is the first line of a batch, sealed as {"protected":…,"signature":…}
// over the ASCII text "batch." + protected.
type BatchHeader struct {
	V      int     `json:"v"`
	Suite  Suite   `json:"suite"`
	App    string  `json:"app"`
	Device string  `json:"device"`
	Batch  string  `json:"batch"`          // UUIDv7
	Count  int     `json:"count"`          // of reports, 1..200
	Prev   string  `json:"prev,omitempty"` // link of the first report: Link of the last one that was sent before, or empty
	Last   string  `json:"last"`           // Link of the last line
	Time   Instant `json:"time"`
	Ticket string  `json:"ticket,omitempty"` // hmac
}

// Batch is a batch as it was read. Neither its header nor a line was verified yet.
type Batch struct {
	Header BatchHeader
	Lines  []Line // as many as came, broken ones too
	Cut    bool   // the chain does not end where the header says: lines are missing at the end

	envelope
}

// Line is one report of a batch. One with Err does not count.
type Line struct {
	Number int // in the file, the first report is 2
	Sealed Sealed
	Gap    bool // it does not follow the line before: something is missing, moved or doubled here
	Err    error
}

// Gaps counts the places where something is missing.
func (b Batch) Gaps() (n int) {
	for _, l := range b.Lines {
		if l.Gap {
			n++
		}
	}
	if b.Cut {
		n++
	}
	return n
}

// Link is the hash that the line after this one carries: SM3 for sm, SHA-256 for
// p256 and hmac, base64url, over the bytes of the line without its line break.
func Link(suite Suite, line []byte) string {
	h := suite.hash()
	h.Write(line)
	return base64url(h.Sum(nil))
}

// SealBatch writes a batch of sealed reports; of the header it fills in version,
// suite, count and end.
func SealBatch(h BatchHeader, reports [][]byte, key SigningKey) ([]byte, error) {
	if len(reports) == 0 {
		return nil, errors.New("seal a batch: there is no report")
	}
	h.V, h.Suite, h.Count, h.Last = Version, key.suite, len(reports), Link(key.suite, reports[len(reports)-1])
	data, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	e := envelope{Protected: base64url(data)}
	first, err := e.signed(key, "batch."+e.Protected)
	if err != nil {
		return nil, err
	}
	return append(bytes.Join(append([][]byte{first}, reports...), []byte("\n")), '\n'), nil
}

// ReadBatch reads a batch of at most [MaxBatch] bytes. Only a header that cannot be
// read, or a limit, refuses the whole; an error of r is returned as it is.
func ReadBatch(r io.Reader) (b Batch, err error) {
	lines, err := batchLines(r)
	if err != nil {
		return b, err
	}
	if b.envelope, err = parseEnvelope(lines[0], "batch"); err != nil {
		return b, err
	}
	if b.Header, err = parseBatchHeader(b.Protected); err != nil {
		return b, err
	}
	link := b.Header.Prev
	for i, line := range lines[1:] {
		b.Lines = append(b.Lines, b.Header.line(i+2, line, link))
		link = Link(b.Header.Suite, line)
	}
	b.Cut = link != b.Header.Last
	return b, nil
}

// Verify checks the signature of the header with the key of the device that it names.
// The lines have signatures of their own.
func (b Batch) Verify(key Key) error {
	if key.suite != b.Header.Suite {
		return fault.Refusef(CodeBadSignature, "batch: suite %s, but the device enrolled with %s", b.Header.Suite, key.suite)
	}
	return key.verify("batch."+b.Protected, b.Signature)
}

func batchLines(r io.Reader) (lines [][]byte, err error) {
	limited := &io.LimitedReader{R: r, N: MaxBatch + 1}
	scan := bufio.NewScanner(limited)
	scan.Buffer(nil, MaxSealed+2)
	for scan.Scan() {
		lines = append(lines, bytes.Clone(scan.Bytes()))
		if len(lines) > MaxBatchReport+1 {
			return nil, fault.Refusef(CodeTooLarge, "batch: at most %d reports are taken", MaxBatchReport)
		}
	}
	switch {
	case errors.Is(scan.Err(), bufio.ErrTooLong):
		return nil, fault.Refusef(CodeTooLarge, "batch: line %d is longer than %d bytes", len(lines)+1, MaxSealed)
	case scan.Err() != nil:
		return nil, scan.Err()
	case limited.N <= 0:
		return nil, fault.Refusef(CodeTooLarge, "batch: at most %d bytes are taken", MaxBatch)
	case len(lines) < 2:
		return nil, fault.Refusef(CodeMalformed, "batch: needs a header line and at least one report")
	}
	return lines, nil
}

func parseBatchHeader(protected string) (h BatchHeader, err error) {
	data, err := decodeSaid(protected, MaxHeader)
	if err != nil {
		return h, err
	}
	if err := strict(data, 3, &h); err != nil {
		return h, err
	}
	switch {
	case !appShape.MatchString(h.App), !deviceShape.MatchString(h.Device), !uuid7Shape.MatchString(h.Batch), h.Time.IsZero(),
		!linkShape.MatchString(h.Prev), h.Last == "" || !linkShape.MatchString(h.Last), h.Suite == HMAC && !ticketShape.MatchString(h.Ticket):
		err = fault.Refusef(CodeMalformed, "batch: app, device, batch (UUIDv7), time, last and, if there were others before, prev are needed")
	case h.Count < 1 || h.Count > MaxBatchReport:
		err = fault.Refusef(CodeMalformed, "batch: count is 1..%d", MaxBatchReport)
	}
	return h, err
}

func (h BatchHeader) line(number int, line []byte, link string) Line {
	s, err := Parse(line)
	if err == nil && (s.Header.App != h.App || s.Header.Device != h.Device || s.Header.Suite != h.Suite || !s.Header.Offline) {
		err = fault.Refusef(CodeMalformed, "report: is not of the batch's app, device and suite, or not marked as offline")
	}
	// A line that cannot be read says nothing of its link; the next one tells by its own
	// whether this one came as it was made.
	return Line{Number: number, Sealed: s, Gap: err == nil && s.Header.Link != link, Err: err}
}
