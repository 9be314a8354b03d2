package signal

// What makes the catalogue sound.

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

var prefixes = map[string]string{
	"sys": "system", "virt": "virtual", "multi": "multi", "rt": "runtime", "app": "app",
	"dev": "device", "cfg": "config", "net": "network", "loc": "location", "time": "time",
	"mal": "malware", "ui": "ui", "beh": "behaviour", "tok": "token",
}

var (
	platforms  = []string{"android", "ios", "harmonyos", "h5", "miniprogram"}
	severities = []string{"info", "low", "medium", "high", "critical"}
	sources    = []Source{Claimed, Attested, Derived}
	classes    = []string{"none", "app_presence", "location_coarse", "device_hashed", "account_hashed", "network_hashed", "address"}

	wellFormed = regexp.MustCompile(`^[a-z]+\.[a-z0-9]+(_[a-z0-9]+)*$`)
	masvs      = regexp.MustCompile(`^MASVS-(STORAGE|CRYPTO|AUTH|NETWORK|PLATFORM|CODE|RESILIENCE|PRIVACY)-\d$`)
	mastg      = regexp.MustCompile(`^MASTG-(KNOW|TEST)-\d{4}$`)
	attack     = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	fixed      = regexp.MustCompile(`(?i)\b(imei|imsi|meid|mac|serial)\b|序列号|串号`)
)

func TestEverySignalIsWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range All() {
		prefix, _, _ := strings.Cut(s.ID, ".")
		for what, fine := range map[string]bool{
			"an id of its own":               !seen[s.ID],
			"an id like rt.frida":            wellFormed.MatchString(s.ID),
			"the prefix of its category":     prefixes[prefix] == s.Category,
			"a known severity":               slices.Contains(severities, s.Severity),
			"a known class of personal data": slices.Contains(classes, s.Personal),
			"known platforms":                listed(s.Platforms, platforms),
			"known sources":                  listed(s.Source, sources),
			"ids of MASVS":                   all(s.MASVS, masvs),
			"ids of MASTG":                   all(s.MASTG, mastg),
			"ids of ATT&CK":                  all(s.ATTACK, attack),
		} {
			if !fine {
				t.Errorf("%s: want %s", s.ID, what)
			}
		}
		seen[s.ID] = true
	}
}

func TestEverySignalIsSaidInBothLanguages(t *testing.T) {
	for _, s := range All() {
		texts := []Text{{s.Zh, s.En}, s.Observed}
		if s.Note != nil {
			texts = append(texts, *s.Note)
		}
		for _, text := range texts {
			if !chinese(text.Zh) || !english(text.En) {
				t.Errorf("%s: not both Chinese and English: %q", s.ID, text)
			}
		}
	}
}

func TestNoSignalRestsOnAnIdentifierForLife(t *testing.T) {
	if found := fixed.Find(catalogueJSON); found != nil {
		t.Errorf("the catalogue speaks of %q", found)
	}
}

func TestThereIsEnough(t *testing.T) {
	claimed, documented := 0, 0
	for _, s := range All() {
		if !slices.Contains(s.Source, Claimed) {
			continue
		}
		claimed++
		if len(s.MASVS)+len(s.ATTACK) > 0 {
			documented++
		}
	}
	if claimed < 60 || documented < 40 {
		t.Errorf("%d claimed, %d of them documented; want 60 and 40", claimed, documented)
	}
}

func TestFileHasNoFieldThatIsNotRead(t *testing.T) {
	d := json.NewDecoder(bytes.NewReader(catalogueJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(new([]Signal)); err != nil {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	for _, want := range All() {
		if got, known := Find(want.ID); !known || !cmp.Equal(got, want) {
			t.Errorf("Find(%q): %v %s", want.ID, known, cmp.Diff(want, got))
		}
	}
	if got, known := Find("rt.unheard_of"); known {
		t.Errorf("found %v", got)
	}
}

func TestWhatIsReturnedIsTheCallers(t *testing.T) {
	want, _ := Find("sys.root")
	changed := All()[0]
	changed.Platforms[0], changed.Source[0], changed.Note.En = "x", "x", "x"
	if got, _ := Find("sys.root"); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// listed says that there are some, each once, and all among those known.
func listed[T comparable](have, known []T) bool {
	for i, v := range have {
		if !slices.Contains(known, v) || slices.Contains(have[:i], v) {
			return false
		}
	}
	return len(have) > 0
}

func all(ids []string, form *regexp.Regexp) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !form.MatchString(id) })
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// chinese lets the names of products stand beside the Chinese.
func chinese(s string) bool { return strings.IndexFunc(s, han) >= 0 }

func english(s string) bool { return s != "" && strings.IndexFunc(s, han) < 0 }
