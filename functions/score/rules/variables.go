package rules

// The one table of what a rule can read: the CEL environment, the basis of rules
// and the help in an editor come from it.

import (
	"slices"

	"cel.dev/cel-go/cel"
)

// Basis says on whose word a value stands, and so a hit of a rule that reads it.
type Basis string

// What a value can rest on.
const (
	Claimed  Basis = "claimed"  // the probe says so
	Attested Basis = "attested" // a platform signed it
	Derived  Basis = "derived"  // the server worked it out
	Address  Basis = "address"  // the server worked it out of the address alone
	// Context only narrows a rule to an app, a unit or an hour. It does not lift
	// a rule on addresses to a derived one. No rule has it: one that reads
	// nothing else is derived.
	Context Basis = "context"
)

// Type is a variable's type in CEL.
type Type string

// The types there are.
const (
	SetType    Type = "set"    // list(string); fast to ask with in
	StringType Type = "string" // at most [MaxText] bytes
	IntType    Type = "int"    // 64 bits
	BoolType   Type = "bool"
)

// Variable is one name that rules can read.
type Variable struct {
	Name  string `json:"name"`
	Basis Basis  `json:"basis"`
	Type  Type   `json:"type"`

	field func(*Input) any // a pointer to the field
}

// Variables returns the table, in the order of [Input].
func Variables() []Variable { return slices.Clone(variables) }

var variables = []Variable{
	set("claimed", Claimed, func(in *Input) *Strings { return &in.Claimed }),
	text("platform", Claimed, func(in *Input) *string { return &in.Platform }),
	text("os_version", Claimed, func(in *Input) *string { return &in.OSVersion }),
	text("model", Claimed, func(in *Input) *string { return &in.Model }),
	text("app_version", Claimed, func(in *Input) *string { return &in.AppVersion }),
	text("probe_version", Claimed, func(in *Input) *string { return &in.ProbeVersion }),
	number("clock_skew_s", Claimed, func(in *Input) *int64 { return &in.ClockSkewS }),
	number("travel_km", Claimed, func(in *Input) *int64 { return &in.TravelKM }),
	number("travel_kmh", Claimed, func(in *Input) *int64 { return &in.TravelKMH }),

	set("attested", Attested, func(in *Input) *Strings { return &in.Attested }),

	set("derived", Derived, func(in *Input) *Strings { return &in.Derived }),
	set("lists", Derived, func(in *Input) *Strings { return &in.Lists }),
	text("app", Context, func(in *Input) *string { return &in.App }),
	text("unit", Context, func(in *Input) *string { return &in.Unit }),
	text("suite", Context, func(in *Input) *string { return &in.Suite }),
	text("attestation", Derived, func(in *Input) *string { return &in.Attestation }),
	flag("offline", Context, func(in *Input) *bool { return &in.Offline }),
	number("late_s", Derived, func(in *Input) *int64 { return &in.LateS }),
	number("gaps", Derived, func(in *Input) *int64 { return &in.Gaps }),
	number("hour", Context, func(in *Input) *int64 { return &in.Hour }),
	number("device_reports_1m", Derived, func(in *Input) *int64 { return &in.DeviceReports1M }),
	number("device_reports_1h", Derived, func(in *Input) *int64 { return &in.DeviceReports1H }),
	number("device_reports_1d", Derived, func(in *Input) *int64 { return &in.DeviceReports1D }),
	number("account_reports_1m", Derived, func(in *Input) *int64 { return &in.AccountReports1M }),
	number("account_reports_1h", Derived, func(in *Input) *int64 { return &in.AccountReports1H }),
	number("account_reports_1d", Derived, func(in *Input) *int64 { return &in.AccountReports1D }),
	number("device_accounts_1d", Derived, func(in *Input) *int64 { return &in.DeviceAccounts1D }),
	number("device_accounts_7d", Derived, func(in *Input) *int64 { return &in.DeviceAccounts7D }),
	number("account_devices_1d", Derived, func(in *Input) *int64 { return &in.AccountDevices1D }),
	number("account_devices_7d", Derived, func(in *Input) *int64 { return &in.AccountDevices7D }),
	number("device_age_s", Derived, func(in *Input) *int64 { return &in.DeviceAgeS }),
	number("account_age_s", Derived, func(in *Input) *int64 { return &in.AccountAgeS }),
	number("pair_age_s", Derived, func(in *Input) *int64 { return &in.PairAgeS }),
	number("silence_s", Derived, func(in *Input) *int64 { return &in.SilenceS }),
	number("replays_1d", Derived, func(in *Input) *int64 { return &in.Replays1D }),
	number("warned_1d", Derived, func(in *Input) *int64 { return &in.Warned1D }),
	number("farm_devices_1h", Derived, func(in *Input) *int64 { return &in.FarmDevices1H }),

	number("address_reports_1m", Address, func(in *Input) *int64 { return &in.AddressReports1M }),
	number("address_reports_1h", Address, func(in *Input) *int64 { return &in.AddressReports1H }),
	number("address_accounts_1d", Address, func(in *Input) *int64 { return &in.AddressAccounts1D }),
	number("address_devices_1d", Address, func(in *Input) *int64 { return &in.AddressDevices1D }),
	number("address_new_devices_1h", Address, func(in *Input) *int64 { return &in.AddressNewDevices1H }),
	flag("address_shared", Address, func(in *Input) *bool { return &in.AddressShared }),
}

func set(name string, b Basis, at func(*Input) *Strings) Variable {
	return Variable{name, b, SetType, func(in *Input) any { return at(in) }}
}

func text(name string, b Basis, at func(*Input) *string) Variable {
	return Variable{name, b, StringType, func(in *Input) any { return at(in) }}
}

func number(name string, b Basis, at func(*Input) *int64) Variable {
	return Variable{name, b, IntType, func(in *Input) any { return at(in) }}
}

func flag(name string, b Basis, at func(*Input) *bool) Variable {
	return Variable{name, b, BoolType, func(in *Input) any { return at(in) }}
}

func (t Type) cel() *cel.Type {
	switch t {
	case SetType:
		return cel.ListType(cel.StringType)
	case StringType:
		return cel.StringType
	case IntType:
		return cel.IntType
	}
	return cel.BoolType
}

// position is where a variable stands in the table, or -1.
func position(name string) int {
	return slices.IndexFunc(variables, func(v Variable) bool { return v.Name == name })
}

// basisOf is what a rule rests on that reads these: the least of the words given.
func basisOf(read []Variable) Basis {
	has := func(b Basis) bool {
		return slices.ContainsFunc(read, func(v Variable) bool { return v.Basis == b })
	}
	switch {
	case has(Claimed):
		return Claimed
	case has(Attested):
		return Attested
	case has(Address) && !has(Derived):
		return Address
	}
	return Derived
}
