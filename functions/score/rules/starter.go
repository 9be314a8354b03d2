package rules

// The rule set that a unit starts with, and why it is as it is.

import _ "embed"

//go:embed starter.json
var starterJSON []byte

// Starter returns the set that a unit starts with, to be changed by those who
// know its people. Its numbers are judgement, not measurement: a unit tunes them
// on a shadow run.
//
// Weights follow the severity of the signal: info 2, low 8, medium 20, high 40,
// critical 70. They are lower where honest phones are known to show the signal
// (hooks by vendors' libraries, developers' switches, test keys, a prompt after
// changing phones), and higher where two signals together tell a story that
// neither tells alone (remote control while the screen is shared).
//
// Thresholds: one medium signal is worth watching (20), one high one a warning
// (40), and one critical one, or two high ones, proof of who it is (60). To block
// by score (85) takes two critical ones in different categories.
//
// Caps: switches and habits (config, multi, time) are each worth watching at most
// (20, 20, 15). Being virtual is a warning (40), since emulators are misjudged and
// some units use cloud phones on purpose. Place and network ask for proof (60
// each), and fall short of a block together (84). An action, such as that of an
// attested rule or a list, knows no cap.
//
// Rules on addresses read no lists, or they would count as derived and could
// block; they spare shared addresses by address_shared. Assistive tools weigh 8
// and ask for nothing. The two rules that end in _by_probe are off: they show how
// a signal is withdrawn from versions of a probe or a system that misreport it.
//
// The names of lists: allowed, test_device (watched, never stopped, unless denied
// or blocked as well), denied, blocked, step_up, watched, shared_device,
// shared_egress, new_batch, and of models and addresses that others keep lists of:
// gray_model, cloud_phone_model, anonymous_exit.
//
// It panics where the set that is part of the program cannot be read.
func Starter() Set {
	s, err := Decode(starterJSON)
	if err != nil {
		panic("rules: starter.json: " + err.Error())
	}
	return s
}
