package minutes

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/events"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
)

const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60" // of RFC 8032, section 7.1, test 1

// openSigning opens a desk whose receipts are signed.
func openSigning(t *testing.T, variables ...string) *desk {
	t.Helper()
	d := open(t, append(variables, "RECEIPT_KEY="+seed)...)
	var err error
	if d.minutes.Receipts, err = receiptKey(d.minutes.ReceiptKey); err != nil {
		t.Fatal(err)
	}
	return d
}

func forgot(function string) events.RecordingForgotten {
	return events.RecordingForgotten{Recording: rec, Function: function, Objects: 3, Rows: 2, Payloads: 1}
}

// TestDeletionIsProved: minutes say who deleted them, when and why, what each function
// removed and who is missing, and sign it once nobody is.
func TestDeletionIsProved(t *testing.T) {
	d := openSigning(t)
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec+"/deletion", ""))
	d.summarise("今天讨论预算。")
	d.refused(409, "not_deleted", "", d.ask("GET", "/minutes/"+rec+"/deletion", ""))
	d.tell(event(t, "early", 30, forgot("summarise"))) // proves nothing
	d.want(204, d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: u42"))
	d.refused(404, "not_found", "", d.ask("GET", "/minutes/"+rec+"/deletion", "", "X-Unit: other"))
	read := func() proof {
		return decoded[proof](t, d.want(200, d.ask("GET", "/minutes/"+rec+"/deletion", "")))
	}
	got := read()
	if diff := cmp.Diff([]string{"captions", "summarise", "transcribe", "uploads"}, got.Missing); diff != "" || got.Complete || got.Receipt != nil {
		t.Errorf("%+v\n%s", got, diff)
	}
	for i, function := range []string{"uploads", "transcribe", "summarise", "captions"} {
		d.tell(event(t, "forgotten by "+function, 40+i, forgot(function)))
	}
	d.tell(event(t, "forgotten again", 50, events.RecordingForgotten{Recording: rec, Function: "uploads", Payloads: 1}))
	got = read()
	at := func(second int) time.Time { return time.Date(2026, 3, 4, 2, 0, second, 0, time.UTC) }
	want := []Forgotten{
		{Function: "captions", Objects: 3, Rows: 2, Payloads: 1, At: at(43)},
		{Function: "minutes", Objects: 1, Rows: 4, At: got.DeletedAt}, // a segment, a summary, an upload, and what they are found by
		{Function: "summarise", Objects: 3, Rows: 2, Payloads: 1, At: at(42)},
		{Function: "transcribe", Objects: 3, Rows: 2, Payloads: 1, At: at(41)},
		{Function: "uploads", Objects: 3, Rows: 2, Payloads: 2, At: at(50)},
	}
	if diff := cmp.Diff(want, got.Functions); diff != "" || !got.Complete || got.Account != "u42" || got.Why != ByPerson {
		t.Errorf("%+v\n%s", got, diff)
	}
	verify(t, got.Receipt)
	d.refused(410, "deleted", "", d.ask("GET", "/minutes/"+rec, ""))
	if a := d.Deliver(t, event(t, "of nobody", 60, forgot("stranger"))); a.Status != 422 {
		t.Errorf("a function that keeps nothing: %d %s", a.Status, a.Body)
	}
}

// verify checks a receipt as anybody may, with openssl as the README says where there is
// one.
func verify(t *testing.T, r *Receipt) {
	t.Helper()
	if r == nil {
		t.Fatal("no receipt")
	}
	signature, err := base64.StdEncoding.DecodeString(r.Signature)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(r.Key))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key := public.(ed25519.PublicKey)
	if got := hex.EncodeToString(key); got != "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" {
		t.Errorf("public key %s", got)
	}
	if !ed25519.Verify(key, []byte(r.Text), signature) || ed25519.Verify(key, []byte(strings.Replace(r.Text, "u42", "u43", 1)), signature) {
		t.Error("the signature does not hold")
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"text": []byte(r.Text), "signature": signature, "key": []byte(r.Key)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "text", "-sigfile", "signature")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verified Successfully") {
		t.Errorf("openssl: %v %s", err, out)
	}
}

// TestReceiptIsCanonical: the text that is signed is the same wherever it is written.
func TestReceiptIsCanonical(t *testing.T) {
	at := time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC)
	got, err := Deletion{Recording: rec, Unit: "<unit>", Why: ByRetention, At: at, Forgotten: []Forgotten{{Function: "minutes", Objects: 1, Rows: 2, Payloads: 3, At: at}}}.receipt()
	want := `{"account":"","deleted_at":"2026-03-04T02:00:00Z","format":"xietong.deletion.v1","functions":[{"at":"2026-03-04T02:00:00Z","function":"minutes","objects":1,"payloads":3,"rows":2}],` +
		`"recording":"` + rec + `","unit":"<unit>","why":"retention"}`
	if string(got) != want || err != nil {
		t.Errorf("got %s (%v)\nwant %s", got, err, want)
	}
}

func TestReceiptKey(t *testing.T) {
	for text, good := range map[string]bool{"": true, seed: true, "abc": false, strings.Repeat("x", 64): false, seed + "00": false} {
		if _, err := receiptKey(conf.Secret(text)); (err == nil) != good || err != nil && !strings.Contains(err.Error(), "RECEIPT_KEY") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// marker is a word that stands wherever people can put one.
const marker = "Märker记号"

// TestNothingIsLeft: after a deletion the word is in no table, no ledger and no object,
// whatever was done with the minutes before, and whatever comes late.
func TestNothingIsLeft(t *testing.T) {
	d := open(t)
	o := d.put("recordings", rec+"/"+marker+".wav", []byte("RIFF "+marker))
	uploaded := event(t, "uploaded", 0, events.RecordingUploaded{Recording: rec, Upload: up1, Object: o, Name: marker + ".wav", Title: marker, MediaType: "audio/wav", Language: "zh",
		Participants: []events.Participant{{Name: marker, Account: "u7"}}})
	m := meeting(up1, 1, marker+"。", "第二句")
	m.Speakers[0].Label = marker
	late := []events.Data{events.RecordingRefused{Recording: rec, Upload: up1, Stage: "summarise", Code: events.RefusedFailed, Reason: marker}}
	d.tell(uploaded, d.transcribed(10, m), d.summarised(20, summaryOf(m)), event(t, "refused", 25, late[0]))
	d.want(200, d.ask("PATCH", "/minutes/"+rec, `{"title":"`+marker+`"}`, "X-Auth-Id: owner"))
	summary := d.want(200, d.ask("GET", "/minutes/"+rec+"/summary", ""))
	document := decoded[SummaryView](t, summary).Document
	document.Abstract[0].Text = marker + "改过"
	d.want(200, d.ask("PUT", "/minutes/"+rec+"/summary", encoded(t, document), "If-Match: "+summary.header.Get("ETag"), "X-Auth-Id: editor"))
	d.want(200, d.ask("PUT", "/minutes/"+rec+"/rights", `{"owner":"owner","visibility":"people","editors":["editor"]}`, `If-Match: "rights-0"`, "X-Auth-Id: owner"))
	link := decoded[linkView](t, d.want(201, d.ask("POST", "/minutes/"+rec+"/links", `{"days":3,"name":"`+marker+`","password":"`+marker+`!"}`, "X-Auth-Id: owner")))
	d.want(200, d.ask("PUT", "/minutes/"+rec+"/hold", `{"why":"`+marker+`"}`, "X-Auth-Id: owner"))
	d.want(200, d.ask("DELETE", "/minutes/"+rec+"/hold?why="+url.QueryEscape(marker), "", "X-Auth-Id: owner"))
	if left := d.holding(marker); len(left) < 6 {
		t.Fatalf("the word stands only in %q: the test proves nothing", left)
	}
	d.want(204, d.ask("DELETE", "/minutes/"+rec, "", "X-Auth-Id: owner"))
	o = d.put("recordings", rec+"/"+marker+".wav", []byte("RIFF "+marker)) // an upload that was under way
	again := event(t, "uploaded late", 40, events.RecordingUploaded{Recording: rec, Upload: up2, Object: o, Name: marker + ".wav", Title: marker, MediaType: "audio/wav"})
	d.tell(again, uploaded, event(t, "refused late", 41, late[0]))
	for _, o := range []string{"transcripts/", "summaries/"} { // which their own functions remove
		if _, err := d.store.Erase(t.Context(), "artifacts", o, ""); err != nil {
			t.Fatal(err)
		}
	}
	if left := d.holding(marker); len(left) != 0 {
		t.Errorf("the word is left in %q", left)
	}
	if left := d.holding("editor"); len(left) != 0 {
		t.Errorf("an account is left in %q", left)
	}
	d.refused(410, "deleted", "", d.ask("GET", link.Address, "", "Authorization: "))
}

// holding returns the tables and objects that hold a word, as text or as bytes.
func (d *desk) holding(word string) (places []string) {
	d.Helper()
	tables, err := d.minutes.DB.Query(d.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'minutes' ORDER BY table_name`)
	names, err := collect(tables, err, func(row pg.Row) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	})
	if err != nil || len(names) < 10 {
		d.Fatalf("tables %q (%v)", names, err)
	}
	for _, name := range names {
		var n int
		err := d.minutes.DB.QueryRow(d.Context(), `SELECT count(*) FROM `+name+` t WHERE position($1 IN t::text) > 0 OR position($2 IN t::text) > 0`, word, hex.EncodeToString([]byte(word))).Scan(&n)
		if err != nil {
			d.Fatal(err)
		}
		if n > 0 {
			places = append(places, fmt.Sprintf("table %s, %d rows", name, n))
		}
	}
	for _, bucket := range []string{"recordings", "artifacts"} {
		d.store.List(d.Context(), bucket, "", func(o blob.Info) bool {
			places = append(places, d.objectHolding(bucket, o.Key, word)...)
			return true
		})
	}
	return places
}

func (d *desk) objectHolding(bucket, key, word string) []string {
	body, _, err := d.store.Get(d.Context(), bucket, key, "")
	if err != nil {
		d.Fatal(err)
	}
	defer body.Close()
	text := make([]byte, 1<<20)
	n, _ := body.Read(text)
	if strings.Contains(key, word) || strings.Contains(string(text[:n]), word) {
		return []string{"object " + bucket + "/" + key}
	}
	return nil
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
