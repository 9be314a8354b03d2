package machine

import (
	"strings"
	"testing"

	"xietong.dev/shared/manifest"
)

func TestAGuestIsOnThisMachineAndNobodyElse(t *testing.T) {
	const console = "local/console/knative.yaml"
	for also, want := range map[string]string{
		console + "=http://127.0.0.1:8080":                    "",
		console + "=http://localhost:8080":                    "",
		console:                                               "want FILE=http://127.0.0.1:PORT",
		console + "=http://10.0.0.7:8080":                     "want FILE=http://127.0.0.1:PORT",
		console + "=https://127.0.0.1:8080":                   "want FILE=http://127.0.0.1:PORT",
		"local/knative.yaml=http://127.0.0.1:8080":            "no such file",
		"functions/minutes/knative.yaml=http://127.0.0.1:808": "the function minutes runs here",
	} {
		m := &Machine{Config: Config{Root: "../..", Also: []string{also}}, Functions: []manifest.Function{{Word: "minutes"}}}
		guests, err := m.invite()
		if want == "" && (err != nil || len(guests) != 1 || len(guests[0].Triggers) != 2) {
			t.Errorf("%s: %+v, %v", also, guests, err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", also, err, want)
		}
	}
}
