package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestWhatIsSetOfTheProvider(t *testing.T) {
	whole := map[string]string{"OIDC_ISSUER": "https://id.example/realms/city", "OIDC_CLIENT_ID": "console", "OIDC_CLIENT_SECRET": "s", "OIDC_GROUP": "operators", "CONSOLE_URL": "https://console.example/"}
	but := func(name, value string) map[string]string {
		env := map[string]string{name: value}
		for n, v := range whole {
			if n != name {
				env[n] = v
			}
		}
		return env
	}
	for name, c := range map[string]struct {
		env     map[string]string
		address string
		want    *Provider
		err     string
	}{
		"all":                        {whole, "", &Provider{Issuer: "https://id.example/realms/city", ClientID: "console", Secret: "s", Group: "operators", URL: "https://console.example"}, ""},
		"nothing":                    {nil, "", &Provider{}, ""},
		"nothing, on one machine":    {nil, "http://127.0.0.1:7400", &Provider{URL: "http://127.0.0.1:7400"}, ""},
		"the console's address":      {map[string]string{"CONSOLE_URL": "https://c.example"}, "http://127.0.0.1:7400", &Provider{URL: "https://c.example"}, ""},
		"a provider on this machine": {map[string]string{"OIDC_ISSUER": "http://127.0.0.1:9998", "OIDC_CLIENT_ID": "c"}, "http://127.0.0.1:7400", &Provider{Issuer: "http://127.0.0.1:9998", ClientID: "c", URL: "http://127.0.0.1:7400"}, ""},
		"nowhere to come back to":    {but("CONSOLE_URL", ""), "", nil, "CONSOLE_URL"},
		"a path":                     {but("CONSOLE_URL", "https://example.com/tools"), "", nil, "CONSOLE_URL"},
		"no scheme":                  {but("CONSOLE_URL", "console.example"), "", nil, "CONSOLE_URL"},
		"another scheme":             {but("CONSOLE_URL", "ftp://console.example"), "", nil, "CONSOLE_URL"},
		"a password":                 {but("CONSOLE_URL", "https://a:b@console.example"), "", nil, "CONSOLE_URL"},
		"no client":                  {but("OIDC_CLIENT_ID", ""), "", nil, "OIDC_CLIENT_ID"},
		"an issuer without TLS":      {but("OIDC_ISSUER", "http://id.example"), "", nil, "OIDC_ISSUER"},
		"an issuer that is none":     {but("OIDC_ISSUER", "id.example"), "", nil, "OIDC_ISSUER"},
	} {
		got, err := ReadProvider(func(name string) string { return c.env[name] }, c.address)
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(Provider{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), "environment variable "+c.err+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoAPersonIs(t *testing.T) {
	for text, want := range map[string]string{
		`{"sub":"7","preferred_username":"张海","email":"z@x.example","email_verified":true}`: "张海",
		`{"sub":"7","email":"z@x.example","email_verified":true}`:                           "z@x.example",
		`{"sub":"7","email":"z@x.example"}`:                                                 "z@x.example",
		`{"sub":"7","email":"z@x.example","email_verified":false}`:                          "7",
		`{"sub":"7","email":"z@x.example","email_verified":"false"}`:                        "7",
		`{"sub":"7"}`: "7",
		`{"sub":"7","preferred_username":"<script>alert(1)</script>"}`: "<script>alert(1)</script>",
		`{"preferred_username":" 张海 "}`:                                "张海",
		`{"preferred_username":"  "}`:                                  "error.oidc_name",
		`{}`:                                                           "error.oidc_name",
		`{"preferred_username":"a\u0000"}`:                             "error.oidc_name",
		`{"preferred_username":"a\u200bb"}`:                            "error.oidc_name",
	} {
		var c claims
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		who, err := c.person("")
		if err != nil {
			who.Name = err.Error()
		}
		if who.Name != want || err == nil && !who.Organisation {
			t.Errorf("%s: %+v, want %s", text, who, want)
		}
	}
}

func TestWhoIsInTheGroup(t *testing.T) {
	for groups, want := range map[string]bool{`["readers","operators"]`: true, `"operators"`: true, `["Operators"]`: false, `["operators/readers"]`: false, `"operators readers"`: false, `[]`: false, `null`: false} {
		var c claims
		if err := json.Unmarshal([]byte(`{"sub":"7","groups":`+groups+`}`), &c); err != nil {
			t.Fatal(err)
		}
		if _, err := c.person("operators"); (err == nil) != want {
			t.Errorf("%s: %v", groups, err)
		}
	}
}

// The cookies are for TLS alone where people come by it, though a proxy takes it off.
func TestCookiesGoOverTLSWherePeopleDo(t *testing.T) {
	for address, want := range map[string]bool{"https://console.example": true, "http://console.example": false, "": false} {
		o := openFront(t)
		o.Provider = &Provider{URL: address}
		res := o.send(http.MethodPost, "/console/enter", url.Values{"token": {shownToken}}, nil)
		if got := res.Result().Cookies()[0].Secure; got != want {
			t.Errorf("%q: %v", address, got)
		}
		if res := o.send(http.MethodGet, "/console/enter", nil, nil); strings.Contains(res.Body.String(), oidcStart) {
			t.Errorf("%q: leads to a provider that there is not", address)
		}
		if res := o.send(http.MethodGet, oidcStart, nil, nil); res.Code != http.StatusNotFound {
			t.Errorf("%q: %d", address, res.Code)
		}
	}
}
