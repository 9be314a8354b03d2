package main

// Devices with probes: enrolled as an app enrols them, and what they send.

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"xietong.dev/functions/score/report"
)

// scoreApp is the app that has the probes in it.
const scoreApp = "oa"

// phone is an enrolled device. It sends one report at a time.
type phone struct {
	id      string
	key     report.SigningKey
	session report.Session
	counter int64
	address string
	body    report.Body
}

// addApp adds the app, as soon as the function answers.
func (c *city) addApp(ctx context.Context) error {
	app := map[string]any{"name": "办公", "fail": "closed", "interval_s": 50, "packages": []string{"cn.gov.city.oa"}}
	for {
		var said string
		status, err := c.Call(ctx, http.MethodPut, "/score/apps/"+scoreApp, app, &said)
		switch {
		case err == nil && status == http.StatusOK:
			return nil
		case err == nil && status < http.StatusInternalServerError || ctx.Err() != nil:
			return fmt.Errorf("add the app: %d %s, %w", status, said, ctx.Err())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (c *city) enrolAll(ctx context.Context) error {
	var server struct{ Keys []report.PublicKey }
	if status, err := c.Call(ctx, http.MethodGet, "/score/keys", nil, &server); err != nil || status != http.StatusOK {
		return fmt.Errorf("ask for the server's keys: %d, %w", status, err)
	}
	return parallel(ctx, 16, devices, func(ctx context.Context, n int) error {
		p, err := c.enrol(ctx, n, server.Keys)
		if err != nil {
			return fmt.Errorf("enrol device %d: %w", n, err)
		}
		c.free <- p
		return nil
	})
}

// enrol makes a key, enrols it with a ticket, and makes a session key for the day.
func (c *city) enrol(ctx context.Context, n int, server []report.PublicKey) (*phone, error) {
	p := &phone{address: fmt.Sprintf("198.18.%d.%d", n%addresses/250, n%addresses%250+1), body: said(n)} // RFC 2544's range
	suite := []report.Suite{report.SM, report.P256}[n%2]
	var err error
	if p.key, err = report.NewSigningKey(suite, rand.Reader); err != nil {
		return nil, err
	}
	var given struct{ Ticket string }
	ask := map[string]string{"app": scoreApp, "purpose": report.PurposeDevice, "account": p.body.Account}
	if status, err := c.Call(ctx, http.MethodPost, "/score/tickets", ask, &given); err != nil || status != http.StatusCreated {
		return nil, fmt.Errorf("ask for a ticket: %d, %w", status, err)
	}
	sealed, err := report.SealEnrolment(report.Enrolment{App: scoreApp, Ticket: given.Ticket, Platform: p.body.Platform, Model: p.body.Model, Time: report.At(time.Now())}, p.key)
	if err != nil {
		return nil, err
	}
	var enrolled struct{ Device string }
	if err := c.post(ctx, "/score/devices", p.address, sealed, http.StatusCreated, &enrolled); err != nil {
		return nil, err
	}
	p.id = enrolled.Device
	for _, k := range server {
		if k.Suite == suite {
			p.session, err = report.NewSession(k, rand.Reader)
		}
	}
	return p, err
}

// send seals the device's next report and sends it, from its own address where none
// is given. It returns the outcome; an answer of the app's fail mode is an error.
func (c *city) send(ctx context.Context, p *phone, address string) (string, error) {
	sealed, err := p.seal(time.Now())
	if err != nil {
		return "", err
	}
	if address == "" {
		address = p.address
	}
	var answer struct {
		Outcome           string
		Decided, Repeated bool
	}
	if err := c.post(ctx, "/score/reports", address, sealed, http.StatusOK, &answer); err != nil {
		return "", err
	}
	if !answer.Decided || answer.Repeated {
		return "", fmt.Errorf("report %d of device %s: %+v, want a decision", p.counter, p.id, answer)
	}
	return answer.Outcome, nil
}

func (p *phone) seal(now time.Time) ([]byte, error) {
	var random [28]byte
	rand.Read(random[:]) // never fails
	p.counter++
	id := random[:16] // UUIDv7 (RFC 9562, section 5.7)
	for i := range 6 {
		id[i] = byte(now.UnixMilli() >> (8 * (5 - i)))
	}
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	h := report.Header{V: report.Version, Suite: p.key.Suite(), App: scoreApp, Device: p.id, Counter: p.counter, Time: report.At(now),
		Report: fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
		Nonce:  base64.RawURLEncoding.EncodeToString(random[16:])}
	plain, err := json.Marshal(p.body)
	if err != nil {
		return nil, err
	}
	return report.Seal(h, plain, p.session, p.key)
}

// post sends what a probe sends. The front of the one-machine runtime hands the header
// on as it is; on a cluster the ingress writes it.
func (c *city) post(ctx context.Context, path, address string, body []byte, want int, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Front+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-Forwarded-For", address)
	res, err := readers.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s: %s: %s", path, res.Status, text)
	}
	return json.Unmarshal(text, into)
}

// everyday are signals that honest phones claim too.
var everyday = []string{"cfg.dev_mode", "cfg.adb_usb", "cfg.a11y_on", "cfg.unknown_sources", "cfg.auto_time_off", "net.vpn", "net.http_proxy", "net.open_wifi",
	"ui.keyboard", "ui.clipboard", "ui.screenshot", "ui.in_call", "dev.no_sim", "dev.boot_few"}

const claims = 10 // of a phone, with their evidence: a body of about 2 KB

// said is what the n-th phone says in each of its reports.
func said(n int) report.Body {
	east := 480
	b := report.Body{Platform: []string{"android", "harmonyos", "ios"}[n%3], OSVersion: fmt.Sprintf("%d.%d", 12+n%4, n%7), Model: phoneModel(n % 40),
		AppVersion: fmt.Sprintf("3.%d.1", n%5), ProbeVersion: "1.0.0", Account: fmt.Sprintf("account-%04d", n),
		Place:   &report.Place{Lat: 31.2 + float64(n%100)/500, Lon: 121.4 + float64(n%77)/500, AccuracyM: 20},
		Network: &report.Network{Kind: "wifi", Wifi: fmt.Sprintf("%064x", n%addresses)}, UTCOffsetMin: &east, NextS: 50}
	for i := range claims {
		b.Claimed = append(b.Claimed, report.Claim{ID: everyday[(n+i)%len(everyday)], Detail: fmt.Sprintf("seen by 2 of 3 checks; evidence %0120x", n*claims+i)})
	}
	if n%50 == 0 { // some one in fifty is watched
		b.Claimed[0].ID = "net.user_ca"
	}
	return b
}

func phoneModel(n int) string {
	return fmt.Sprintf("%s Phone %d", []string{"Huawei", "Xiaomi", "Meizu"}[n%3], n)
}
