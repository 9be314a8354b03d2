package rules

// What a rule may read of a report, and how sets of names are kept.

import (
	"encoding/json"
	"fmt"
	"slices"

	"xietong.dev/shared/fault"
)

// What an input may hold. The static cost of a rule rests on these.
const (
	MaxEntries = 200 // names in one set
	MaxText    = 200 // bytes of one string
)

// Input is all that rules read. It is stored with the decision, so that a replay
// is exact. Field names in JSON are the names in CEL; [Variables] says what each
// rests on.
type Input struct {
	Claimed      Strings `json:"claimed"` // ids of signals
	Platform     string  `json:"platform"`
	OSVersion    string  `json:"os_version"`
	Model        string  `json:"model"`
	AppVersion   string  `json:"app_version"`
	ProbeVersion string  `json:"probe_version"`
	ClockSkewS   int64   `json:"clock_skew_s"` // seconds that the device's clock is ahead
	TravelKM     int64   `json:"travel_km"`    // from the account's previous place
	TravelKMH    int64   `json:"travel_kmh"`

	Attested Strings `json:"attested"` // ids of signals

	Derived          Strings `json:"derived"` // ids of signals
	Lists            Strings `json:"lists"`   // names of the managed lists that the report is on
	App              string  `json:"app"`
	Unit             string  `json:"unit"`
	Suite            string  `json:"suite"`       // sm, p256, hmac
	Attestation      string  `json:"attestation"` // none, valid, invalid
	Offline          bool    `json:"offline"`
	LateS            int64   `json:"late_s"`
	Gaps             int64   `json:"gaps"`
	Hour             int64   `json:"hour"` // 0..23, local
	DeviceReports1M  int64   `json:"device_reports_1m"`
	DeviceReports1H  int64   `json:"device_reports_1h"`
	DeviceReports1D  int64   `json:"device_reports_1d"`
	AccountReports1M int64   `json:"account_reports_1m"`
	AccountReports1H int64   `json:"account_reports_1h"`
	AccountReports1D int64   `json:"account_reports_1d"`
	DeviceAccounts1D int64   `json:"device_accounts_1d"`
	DeviceAccounts7D int64   `json:"device_accounts_7d"`
	AccountDevices1D int64   `json:"account_devices_1d"`
	AccountDevices7D int64   `json:"account_devices_7d"`
	DeviceAgeS       int64   `json:"device_age_s"`
	AccountAgeS      int64   `json:"account_age_s"`
	PairAgeS         int64   `json:"pair_age_s"`      // device with this account; 0 is new
	SilenceS         int64   `json:"silence_s"`       // since the device's previous report
	Replays1D        int64   `json:"replays_1d"`      // of reports of this device
	Warned1D         int64   `json:"warned_1d"`       // decisions of warn or worse on this device
	FarmDevices1H    int64   `json:"farm_devices_1h"` // new devices of the same model at the same address

	AddressReports1M    int64 `json:"address_reports_1m"`
	AddressReports1H    int64 `json:"address_reports_1h"`
	AddressAccounts1D   int64 `json:"address_accounts_1d"`
	AddressDevices1D    int64 `json:"address_devices_1d"`
	AddressNewDevices1H int64 `json:"address_new_devices_1h"`
	AddressShared       bool  `json:"address_shared"`
}

// Check refuses an input that holds more than the static cost of rules counts
// with ("too_large"). Whoever fills an input calls it before [Program.Decide].
func (in *Input) Check() error {
	for _, v := range variables {
		switch field := v.field(in).(type) {
		case *Strings:
			if len(*field) > MaxEntries {
				return fault.Refusef("too_large", "%s has %d entries, over %d; send fewer", v.Name, len(*field), MaxEntries)
			}
			if i := slices.IndexFunc(*field, tooLong); i >= 0 {
				return fault.Refusef("too_large", "an entry of %s has %d bytes, over %d; shorten it", v.Name, len((*field)[i]), MaxText)
			}
		case *string:
			if tooLong(*field) {
				return fault.Refusef("too_large", "%s has %d bytes, over %d; shorten it", v.Name, len(*field), MaxText)
			}
		}
	}
	return nil
}

func tooLong(s string) bool { return len(s) > MaxText }

// Strings is a set of names. In JSON it is a sorted list without repetitions,
// never null, so that equal inputs are equal bytes.
type Strings []string

// NewStrings makes a set. The names may come in any order, and repeatedly.
func NewStrings(names ...string) Strings {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// MarshalJSON writes the names sorted and once.
func (s Strings) MarshalJSON() ([]byte, error) {
	names := []string(s.kept())
	if names == nil {
		names = []string{}
	}
	return json.Marshal(names)
}

// UnmarshalJSON reads a list in any order. Null is the empty set.
func (s *Strings) UnmarshalJSON(text []byte) error {
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return fmt.Errorf("want a list of strings: %w", err)
	}
	*s = NewStrings(names...)
	return nil
}

// kept is the set as it should be kept. Most are, and are not copied.
func (s Strings) kept() Strings {
	for i := 1; i < len(s); i++ {
		if s[i-1] >= s[i] {
			return NewStrings(s...)
		}
	}
	return s
}
