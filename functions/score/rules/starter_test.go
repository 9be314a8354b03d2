package rules_test

// What the starter set decides on phones that an office knows.

import (
	"testing"

	"xietong.dev/functions/score/rules"
)

func TestStarter(t *testing.T) {
	program, err := rules.Compile(rules.Starter())
	if err != nil {
		t.Fatal(err)
	}
	known := rules.Input{Suite: "sm", Attestation: "valid", Hour: 10, DeviceAgeS: 9e6, AccountAgeS: 9e6, PairAgeS: 9e6, SilenceS: 600}
	for _, c := range []struct {
		name string
		seen func(*rules.Input)
		want rules.Outcome
	}{
		{"nothing", func(in *rules.Input) {}, rules.Allow},
		{"first report", func(in *rules.Input) { in.Attestation, in.PairAgeS, in.AccountAgeS = "none", 0, 0 }, rules.Allow},
		{"a developer's switches", claims("cfg.dev_mode", "cfg.adb_usb", "cfg.no_lock", "net.vpn", "ui.keyboard"), rules.Monitor},
		{"an assistive tool", claims("cfg.a11y_on"), rules.Allow},
		{"four faces of one rooting", claims("sys.root", "sys.su_binary", "sys.root_manager_app", "sys.rw_system"), rules.Warn},
		{"Frida", claims("rt.frida"), rules.Challenge},
		{"Frida under concealed root", claims("rt.frida", "sys.root_hidden"), rules.Block},
		{"remote control of a shared screen", claims("mal.remote_control", "ui.sharing", "ui.in_call"), rules.Challenge},
		{"attested: boot not verified", attests("sys.verified_boot_failed"), rules.Block},
		{"the same on the allow list", both(attests("sys.verified_boot_failed"), on("allowed")), rules.Block},
		{"a test device under attack", both(claims("rt.frida", "sys.root_hidden"), on("test_device")), rules.Monitor},
		{"denied and allowed", on("denied", "allowed"), rules.Block},
		{"to step up", on("step_up"), rules.Challenge},
		{"too fast a journey", func(in *rules.Input) { in.TravelKM, in.TravelKMH = 1200, 2400 }, rules.Warn},
		{"2,000 people at one address", func(in *rules.Input) {
			in.AddressReports1M, in.AddressReports1H, in.AddressAccounts1D, in.AddressDevices1D, in.AddressNewDevices1H = 9000, 90000, 2000, 2000, 500
		}, rules.Warn},
		{"2,000 people at a shared address", func(in *rules.Input) { in.AddressReports1M, in.AddressAccounts1D, in.AddressShared = 9000, 2000, true }, rules.Allow},
		{"twelve accounts on a device", func(in *rules.Input) { in.DeviceAccounts1D, in.DeviceAccounts7D = 12, 12 }, rules.Challenge},
		{"a tablet at the counter", both(func(in *rules.Input) { in.DeviceAccounts1D, in.DeviceAccounts7D = 12, 12 }, on("shared_device")), rules.Allow},
		{"a new device at night", func(in *rules.Input) { in.PairAgeS, in.Hour = 0, 2 }, rules.Warn},
		{"a burst from one device", func(in *rules.Input) { in.DeviceReports1M = 80 }, rules.Challenge},
		{"catching up after being offline", func(in *rules.Input) { in.DeviceReports1M, in.Offline = 200, true }, rules.Allow},
	} {
		in := known
		c.seen(&in)
		d := program.Decide(&in)
		if d.Outcome != c.want || len(d.Failed) > 0 {
			t.Errorf("%s: %s, want %s; reasons %v, failed %v", c.name, d.Outcome, c.want, d.Reasons, d.Failed)
		}
	}
}

func claims(ids ...string) func(*rules.Input) {
	return func(in *rules.Input) { in.Claimed = rules.NewStrings(ids...) }
}

func attests(ids ...string) func(*rules.Input) {
	return func(in *rules.Input) { in.Attested = rules.NewStrings(ids...) }
}

func on(lists ...string) func(*rules.Input) {
	return func(in *rules.Input) { in.Lists = rules.NewStrings(lists...) }
}

func both(a, b func(*rules.Input)) func(*rules.Input) {
	return func(in *rules.Input) { a(in); b(in) }
}
