// Command probe enrols a new key and sends one report, so that an operator can see
// whether the function score answers.
//
//	probe -url http://127.0.0.1:8080 -app cn.example.oa -ticket … -suite sm -claim rt.frida
//
// The ticket is one that the app's server got, with the purpose device. The key is
// forgotten when the command ends; the device that it enrolled falls silent.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"xietong.dev/functions/score/probe"
	"xietong.dev/functions/score/report"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, time.Now); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer, now func() time.Time) error {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	p := probe.Probe{Client: &http.Client{Timeout: time.Minute}, Now: now, Random: rand.Reader, Save: func(probe.State) error { return nil }}
	flags.StringVar(&p.URL, "url", "http://127.0.0.1:8080", "address of the function, without a path")
	flags.StringVar(&p.App, "app", "", "id of the app")
	ticket := flags.String("ticket", "", "ticket with the purpose device")
	suite := flags.String("suite", "sm", "sm or p256")
	platform := flags.String("platform", "android", "platform to report")
	account := flags.String("account", "", "account to report")
	claims := flags.String("claim", "", "signals to claim, with commas between them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if p.Key, err = report.NewSigningKey(report.Suite(*suite), rand.Reader); err != nil {
		return err
	}
	if err := p.Enrol(ctx, report.Enrolment{Ticket: *ticket, Platform: *platform, Model: "probe"}); err != nil {
		return err
	}
	body := report.Body{Platform: *platform, Account: *account, ProbeVersion: "reference"}
	for _, id := range strings.FieldsFunc(*claims, func(r rune) bool { return r == ',' }) {
		body.Claimed = append(body.Claimed, report.Claim{ID: id})
	}
	answer, err := p.Report(ctx, body)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(answer)
}
