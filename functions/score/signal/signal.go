// Package signal is the catalogue of what can be wrong with a device, an app, a
// network or a person's way of using them.
//
//	in   the id of a signal, such as rt.frida
//	out  its names, how it is observed, how bad it is, who can say so
//
// Nothing is refused here: an id that is not in the catalogue is not found, and
// what that means is for the caller to decide, since probes may be newer than
// the server.
//
// Ids of MASVS and MASTG are OWASP's (owasp-mastg, commit 10699fbe), those of
// ATT&CK Mobile are MITRE's (mitre/cti, November 2025). Some signals that the
// server derives have no counterpart there. No signal rests on an identifier
// that a person cannot reset.
package signal

// Text is one sentence or name in both languages.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Source is who says that a signal is there.
type Source string

// A probe claims what it sees and can be deceived, a platform attests it under
// its own signature, and the server derives it from many reports.
const (
	Claimed  Source = "claimed"
	Attested Source = "attested"
	Derived  Source = "derived"
)

// Signal is one entry of the catalogue.
type Signal struct {
	ID        string   `json:"id"` // prefix of the category, dot, name: rt.frida
	Zh        string   `json:"zh"`
	En        string   `json:"en"`
	Category  string   `json:"category"`  // one of the rules' categories
	Platforms []string `json:"platforms"` // android, ios, harmonyos, h5, miniprogram
	Observed  Text     `json:"observed"`  // how
	Severity  string   `json:"severity"`  // info, low, medium, high, critical
	Source    []Source `json:"source"`
	MASVS     []string `json:"masvs"`  // such as MASVS-RESILIENCE-1
	MASTG     []string `json:"mastg"`  // such as MASTG-KNOW-0027
	ATTACK    []string `json:"attack"` // such as T1631.001

	// Personal is the class of personal information that observing it needs:
	// none, app_presence (declared names only), location_coarse, address,
	// device_hashed, account_hashed, network_hashed.
	Personal string `json:"personal"`

	Note *Text `json:"note,omitempty"` // when an honest device shows it; nil where that is not known
}
