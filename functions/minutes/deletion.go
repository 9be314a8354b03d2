package minutes

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pg"
)

// witnesses are the functions that keep something of a recording: a deletion is proved
// once each has said what it removed. A function that begins to keep something is added
// here. Where one of them is not deployed, DELETION_WITNESSES names the others.
var witnesses = []string{"captions", "minutes", "summarise", "transcribe", "uploads"}

// Why minutes were deleted.
const (
	ByRetention = "retention" // they were older than their unit keeps them; by somebody else ByPerson
	unknownWhy  = "unknown"   // before anybody wrote it down
)

// Deletion is that minutes were deleted. It holds ids, times and counts alone.
type Deletion struct {
	Recording string
	Unit      string
	Account   string // who asked; empty where nobody was named
	Why       string
	At        time.Time
	Forgotten []Forgotten // by function
}

// Forgotten is what a function removed, all its answers together.
type Forgotten struct {
	Function string    `json:"function"`
	Objects  int       `json:"objects"`  // of the store, every version
	Rows     int       `json:"rows"`     // of its tables
	Payloads int       `json:"payloads"` // of its ledger
	At       time.Time `json:"at"`       // of its newest answer
}

// missing are the functions among those that are waited for that have not answered yet.
func (d Deletion) missing(waited []string) []string {
	if len(waited) == 0 {
		waited = witnesses
	}
	return slices.DeleteFunc(slices.Clone(waited), func(w string) bool {
		return slices.ContainsFunc(d.Forgotten, func(f Forgotten) bool { return f.Function == w })
	})
}

// Receipt says that minutes were deleted, for whoever asks later.
type Receipt struct {
	Text      string `json:"text"`                // JSON as RFC 8785 writes it: keys in order, no white space
	Signature string `json:"signature,omitempty"` // Ed25519 (RFC 8032) over the bytes of the text, in base64
	Key       string `json:"key,omitempty"`       // the public key, PEM
}

// receiptVersion names the form of a receipt's text.
const receiptVersion = "xietong.deletion.v1"

// receipt is what is signed. Maps are written in the order of their keys.
func (d Deletion) receipt() ([]byte, error) {
	functions := []map[string]any{}
	for _, f := range d.Forgotten {
		functions = append(functions, map[string]any{"at": f.At, "function": f.Function, "objects": f.Objects, "payloads": f.Payloads, "rows": f.Rows})
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(map[string]any{"account": d.Account, "deleted_at": d.At, "format": receiptVersion, "functions": functions,
		"recording": d.Recording, "unit": d.Unit, "why": d.Why})
	return bytes.TrimSpace(out.Bytes()), err
}

// sign makes the receipt of a deletion; without a key it is not signed.
func sign(d Deletion, key ed25519.PrivateKey) (*Receipt, error) {
	text, err := d.receipt()
	if err != nil || key == nil {
		return &Receipt{Text: string(text)}, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	return &Receipt{Text: string(text), Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(key, text)),
		Key: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))}, nil
}

// receiptKey reads the seed of the key that signs receipts; none is no key.
func receiptKey(seed conf.Secret) (ed25519.PrivateKey, error) {
	if seed == "" {
		return nil, nil
	}
	b, err := hex.DecodeString(seed.Reveal())
	if err != nil || len(b) != ed25519.SeedSize {
		return nil, errors.New("environment variable RECEIPT_KEY: want 64 hexadecimal digits, such as openssl rand -hex 32 prints")
	}
	return ed25519.NewKeyFromSeed(b), nil
}

// proved writes down who deleted minutes and why, and what went here. The first who
// asked counts; what later attempts still find is added.
func (m *Minutes) proved(ctx context.Context, tx pg.Tx, e fn.Event, d DeletionRequested, objects, rows int) error {
	payloads, err := fn.Forget(ctx, tx, d.Recording, d.EventType(), events.RecordingForgotten{}.EventType())
	if err != nil {
		return err
	}
	account, _ := e.Extensions()[events.AuthID].(string)
	deletion := Deletion{Recording: d.Recording, Account: account, Why: d.Why, At: m.Now().UTC().Truncate(time.Microsecond)}
	if deletion.Why == "" {
		deletion.Why = ByPerson
	}
	if err := writeDeletion(ctx, tx, deletion); err != nil {
		return err
	}
	return addForgotten(ctx, tx, d.Recording, Forgotten{Function: "minutes", Objects: objects, Rows: rows, Payloads: payloads, At: deletion.At})
}

// recordingForgotten takes a function's line of the proof. Where nothing was deleted
// here there is nothing to prove.
func (m *Minutes) recordingForgotten(e fn.Event, d events.RecordingForgotten) (fn.Outcome, error) {
	if !slices.Contains(witnesses, d.Function) {
		return nil, fault.Invalidf("recording.forgotten of function %q, want one of %v", d.Function, witnesses)
	}
	return func(ctx context.Context, tx pg.Tx) ([]fn.Event, error) {
		given, err := readGiven(ctx, tx, selectGiven+` FOR UPDATE`, d.Recording)
		switch {
		case errors.Is(err, pg.ErrNoRows), err == nil && given.DeletedAt == nil:
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("lock minutes %s: %w", d.Recording, err)
		}
		return nil, addForgotten(ctx, tx, d.Recording, Forgotten{Function: d.Function, Objects: d.Objects, Rows: d.Rows, Payloads: d.Payloads, At: m.at(e)})
	}, nil
}
