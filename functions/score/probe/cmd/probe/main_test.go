package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/report"
)

func TestOneReport(t *testing.T) {
	keys, err := report.NewServerKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := report.Tickets{Secrets: [][]byte{make([]byte, 32)}}.Give(report.Ticket{Purpose: report.PurposeDevice, App: "cn.example.oa"})
	if err != nil {
		t.Fatal(err)
	}
	for _, suite := range []string{"sm", "p256"} {
		var key report.Key
		var got report.Body
		mux := http.NewServeMux()
		mux.HandleFunc("GET /score/keys", func(w http.ResponseWriter, r *http.Request) {
			json.NewEncoder(w).Encode(map[string]any{"keys": keys.Public()})
		})
		mux.HandleFunc("POST /score/devices", func(w http.ResponseWriter, r *http.Request) {
			if _, key, err = report.ParseEnrolment(read(t, r)); err != nil {
				t.Error(err)
			}
			fmt.Fprintf(w, `{"device":%q}`, report.DeviceID([]byte("tenant"), "finance", []byte(suite)))
		})
		mux.HandleFunc("POST /score/reports", func(w http.ResponseWriter, r *http.Request) {
			got = opened(t, keys, key, read(t, r))
			io.WriteString(w, `{"outcome":"warn","decided":true,"next_s":50}`)
		})
		server := httptest.NewServer(mux)
		defer server.Close()
		var out bytes.Buffer
		args := []string{"-url", server.URL, "-app", "cn.example.oa", "-ticket", ticket, "-suite", suite, "-account", "zhang.wei", "-claim", "rt.frida,sys.root"}
		if err := run(t.Context(), args, &out, time.Now); err != nil {
			t.Fatal(err)
		}
		want := report.Body{Platform: "android", ProbeVersion: "reference", Account: "zhang.wei", Claimed: []report.Claim{{ID: "rt.frida"}, {ID: "sys.root"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", suite, diff)
		}
		if want := `{"report":"","outcome":"warn","decided":true,"next_s":50,"commands":null}` + "\n"; out.String() != want {
			t.Errorf("%s: said %s", suite, out.String())
		}
	}
}

func read(t *testing.T, r *http.Request) []byte {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return body
}

func opened(t *testing.T, keys report.ServerKeys, key report.Key, sealed []byte) report.Body {
	t.Helper()
	parsed, err := report.Parse(sealed)
	if err != nil {
		t.Error(err)
	}
	verified, err := parsed.Verify(key)
	if err != nil {
		t.Error(err)
		return report.Body{}
	}
	body, err := verified.Body(keys, nil)
	if err != nil {
		t.Error(err)
	}
	return body
}
