package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

func TestBodies(t *testing.T) {
	nested := func(n int) string {
		return `{"platform":"h5","x":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	claims := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(`{"id":"a.b%d"}`, i)
		}
		return `{"platform":"h5","claimed":[` + strings.Join(all, ",") + `]}`
	}
	with := func(fields string) string { return `{"platform":"h5",` + fields + `}` }
	acks := func(n int) string {
		return with(`"acks":["` + strings.Join(slices.Repeat([]string{"c"}, n), `","`) + `"]`)
	}
	long := func(format string, n int) string { return with(fmt.Sprintf(format, strings.Repeat("办", n))) }
	ascii := func(format string, n int) string { return with(fmt.Sprintf(format, strings.Repeat("x", n))) }
	for _, c := range []struct{ name, body, code string }{
		{"no more than a platform", `{"platform":"h5"}`, ""},
		{"a field of a newer probe", with(`"battery":{"level":0.5,"hot":false,"since":null}`), ""},
		{"a signal of a newer probe", with(`"claimed":[{"id":"quantum.tunnel","strength":3}]`), ""},
		{"a platform of the future", `{"platform":"openharmony6"}`, ""},
		{"null is as good as absent", with(`"claimed":null,"place":null,"account":null`), ""},
		{"nothing", ``, CodeMalformed},
		{"a list", `[]`, CodeMalformed},
		{"no platform", `{}`, CodeMalformed},
		{"half an object", `{"platform":"h5"`, CodeMalformed},
		{"two objects", `{"platform":"h5"}{}`, CodeMalformed},
		{"a comma too many", `{"platform":"h5",}`, CodeMalformed},
		{"a comma too few", `{"platform":"h5" "model":"x"}`, CodeMalformed},
		{"a field twice", with(`"model":"a","model":"b"`), CodeMalformed},
		{"a field twice, deep", with(`"x":[{"y":1,"y":2}]`), CodeMalformed},
		{"a field in capitals", with(`"Model":"a"`), CodeMalformed},
		{"a field that folds to another", with(`"clock_ſkew":1`), CodeMalformed},
		{"a text for a number", with(`"next":"50"`), CodeMalformed},
		{"a number for a text", with(`"model":10`), CodeMalformed},
		{"a fraction for an integer", with(`"next":1.5`), CodeMalformed},
		{"not UTF-8", with("\"model\":\"\xff\""), CodeMalformed},
		{"a control character", with(`"model":"a\u0000b"`), CodeMalformed},
		{"a control character that is not known", with(`"x":"a\u0085"`), CodeMalformed},
		{"a number without end", with(`"x":1e999`), CodeMalformed},
		{"depth 8", nested(8), ""},
		{"depth 9", nested(9), CodeTooLarge},
		{"depth 30,000", nested(30_000), CodeTooLarge},
		{"64 KiB", ascii(`"x":"%s"`, MaxBody-24), ""},
		{"64 KiB and a byte", ascii(`"x":"%s"`, MaxBody-23), CodeTooLarge},
		{"200 signals", claims(200), ""},
		{"201 signals", claims(201), CodeTooLarge},
		{"a signal twice", with(`"claimed":[{"id":"a.b"},{"id":"a.b"}]`), CodeMalformed},
		{"a signal without a dot", with(`"claimed":[{"id":"root"}]`), CodeMalformed},
		{"a signal that is a script", with(`"claimed":[{"id":"a.b<script>"}]`), CodeMalformed},
		{"a detail of 200", long(`"claimed":[{"id":"a.b","detail":"%s"}]`, 200), ""},
		{"a detail of 201", long(`"claimed":[{"id":"a.b","detail":"%s"}]`, 201), CodeTooLarge},
		{"an account of 128", long(`"account":"%s"`, 128), ""},
		{"an account of 129", long(`"account":"%s"`, 129), CodeTooLarge},
		{"a model of 129", long(`"model":"%s"`, 129), CodeTooLarge},
		{"a token of 32 KiB", ascii(`"attestation":{"kind":"k","token":"%s"}`, MaxToken), ""},
		{"a longer token", ascii(`"attestation":{"kind":"k","token":"%s"}`, MaxToken+1), CodeTooLarge},
		{"an attestation without a token", with(`"attestation":{"kind":"k"}`), CodeMalformed},
		{"20 commands", acks(20), ""},
		{"21 commands", acks(21), CodeTooLarge},
		{"a command that is none", with(`"acks":["'; drop"]`), CodeMalformed},
		{"the poles", with(`"place":{"lat":-90,"lon":180,"accuracy_m":0}`), ""},
		{"beyond the pole", with(`"place":{"lat":90.01,"lon":0}`), CodeMalformed},
		{"beyond the date line", with(`"place":{"lat":0,"lon":-180.01}`), CodeMalformed},
		{"an accuracy below 0", with(`"place":{"lat":0,"lon":0,"accuracy_m":-1}`), CodeMalformed},
		{"the name of a network", with(`"network":{"wifi":"Finance-5G"}`), CodeMalformed},
		{"a hash of a cell", with(`"network":{"kind":"cellular","cell":"0123456789abcdef0123456789abcdef"}`), ""},
		{"Beijing", with(`"utc_offset_min":480`), ""},
		{"no zone on earth", with(`"utc_offset_min":841`), CodeMalformed},
		{"next in a week", with(`"next":604800`), ""},
		{"next later than that", with(`"next":604801`), CodeMalformed},
		{"next before now", with(`"next":-1`), CodeMalformed},
		{"IMEI", with(`"imei":"490154203237518"`), CodeForbiddenField},
		{"IMEI in capitals", with(`"IMEI":"490154203237518"`), CodeForbiddenField},
		{"a second IMEI, deep", with(`"x":[{"device_imei2":"490154203237518"}]`), CodeForbiddenField},
		{"MAC", with(`"network":{"mac_address":"00:11:22:33:44:55"}`), CodeForbiddenField},
		{"serial", with(`"serial":null`), CodeForbiddenField},
		{"OAID", with(`"Oaid":""`), CodeForbiddenField},
		{"a machine is no MAC", with(`"machine":"x"`), ""},
	} {
		if _, err := ParseBody([]byte(c.body)); fault.Code(err) != c.code || err != nil && !fault.IsInvalid(err) {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		name   string
		suite  Suite
		change func(h *Header)
		code   string
	}{
		{"as it should be", SM, func(*Header) {}, ""},
		{"the last counter", SM, func(h *Header) { h.Counter = 1 << 53 }, ""},
		{"a counter too far", SM, func(h *Header) { h.Counter = 1<<53 + 1 }, CodeMalformed},
		{"no counter", SM, func(h *Header) { h.Counter = 0 }, CodeMalformed},
		{"version 2", SM, func(h *Header) { h.V = 2 }, CodeUnsupportedVersion},
		{"an app with a space", P256, func(h *Header) { h.App = "a b" }, CodeMalformed},
		{"a device in capitals", P256, func(h *Header) { h.Device = strings.Repeat("A", 32) }, CodeMalformed},
		{"a UUIDv4", P256, func(h *Header) { h.Report = "019531f0-0000-4000-8000-000000000001" }, CodeMalformed},
		{"a link that is none", P256, func(h *Header) { h.Link = "x" }, CodeMalformed},
		{"a year of five digits", HMAC, func(h *Header) { h.Time = At(noon.AddDate(9000, 0, 0)) }, CodeMalformed},
		{"too long", HMAC, func(h *Header) { h.App = strings.Repeat("a", MaxHeader) }, CodeTooLarge},
	} {
		d := s.device(t, c.suite)
		h := d.header(1)
		c.change(&h)
		if _, err := Parse(d.seal(h, text(usual))); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

func TestEnvelopes(t *testing.T) {
	header := `{"v":1,"suite":"hmac","app":"a","device":"00112233445566778899aabbccddeeff","report":"019531f0-0000-7000-8000-000000000001","counter":1,"time":"2026-03-01T04:00:00.000Z","ticket":"a.` + strings.Repeat("a", 43) + `"}`
	sealed := func(header string) string {
		return `{"protected":"` + base64url([]byte(header)) + `","body":"e30","signature":"AA"}`
	}
	changed := func(old, new string) string { return sealed(strings.Replace(header, old, new, 1)) }
	for _, c := range []struct{ name, sealed, code string }{
		{"as it should be", sealed(header), ""},
		{"a field of a newer probe", changed(`"v":1`, `"v":1,"mood":"good"`), ""},
		{"nothing", "", CodeMalformed},
		{"no body", strings.Replace(sealed(header), `"body":"e30",`, "", 1), CodeMalformed},
		{"a body twice", strings.Replace(sealed(header), `"body":"e30",`, `"body":"e30","body":"e30",`, 1), CodeMalformed},
		{"no signature", strings.Replace(sealed(header), `"AA"`, `""`, 1), CodeMalformed},
		{"padding", strings.Replace(sealed(header), `","body"`, `==","body"`, 1), CodeMalformed},
		{"a line break", strings.Replace(sealed(header), `","body"`, `\n","body"`, 1), CodeMalformed},
		{"a header that is no JSON", sealed("x"), CodeMalformed},
		{"no version", changed(`"v":1,`, ""), CodeUnsupportedVersion},
		{"a version in another spelling", changed(`"v":1`, `"v":1.0`), CodeUnsupportedVersion},
		{"a suite of the future", changed(`"hmac"`, `"mldsa"`), CodeUnsupportedSuite},
		{"no milliseconds", changed(`00.000Z`, `00Z`), CodeMalformed},
		{"a local time", changed(`00.000Z`, `00.000+08:00`), CodeMalformed},
		{"a counter with a fraction", changed(`"counter":1`, `"counter":1.5`), CodeMalformed},
		{"96 KiB", sealed(header) + strings.Repeat(" ", MaxSealed-len(sealed(header))), ""},
		{"96 KiB and a byte", sealed(header) + strings.Repeat(" ", MaxSealed+1-len(sealed(header))), CodeTooLarge},
	} {
		if _, err := Parse([]byte(c.sealed)); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add(text(usual))
	f.Add(`{"platform":"h5","x":[{"y":1e9}]}`)
	f.Fuzz(func(t *testing.T, plain string) {
		body, err := ParseBody([]byte(plain))
		if err != nil {
			if !fault.IsInvalid(err) {
				t.Errorf("asks to try again: %v", err)
			}
			return
		}
		again, err := ParseBody([]byte(text(body)))
		if diff := cmp.Diff(text(body), text(again)); err != nil || diff != "" {
			t.Errorf("written and read again it is another: %v\n%s", err, diff)
		}
	})
}

func BenchmarkBody(b *testing.B) {
	plain := []byte(text(usual))
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseBody(plain); err != nil {
			b.Fatal(err)
		}
	}
}
