package minutes

import (
	"net/http"
	"slices"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/web"
)

// deed is what a request wants to do with minutes. Who may do one may do those before.
type deed int

const (
	nothing deed = iota // not even know that they are there
	toRead
	toEdit
	toDelete
	toOwn // say who else may, share them, see the trail
)

var deeds = [...]string{nothing: "", toRead: "read", toEdit: "edit", toDelete: "delete", toOwn: "own"}

func (d deed) String() string { return deeds[d] }

// needed are the requests that want something else than to read with GET and to edit
// otherwise. Whoever adds an address has to look here.
var needed = map[string]deed{
	"DELETE /minutes/{id}":              toDelete,
	"PUT /minutes/{id}/rights":          toOwn,
	"GET /minutes/{id}/trail":           toOwn,
	"GET /minutes/{id}/links":           toOwn,
	"POST /minutes/{id}/links":          toOwn,
	"DELETE /minutes/{id}/links/{link}": toOwn,
	"DELETE /minutes/{id}/hold":         toRead, // whose hold it is decides
	"POST /minutes/{id}/notes":          toRead, // who reads may comment; what is somebody's own, that somebody changes
	"PATCH /minutes/{id}/notes/{note}":  toRead,
	"DELETE /minutes/{id}/notes/{note}": toRead,
	"POST /minutes/{id}/export":         toRead, // it asks for another form of what may be read
}

func needs(r *http.Request) deed {
	if d, special := needed[r.Method+" "+r.Pattern]; special {
		return d
	}
	if r.Method == http.MethodGet {
		return toRead
	}
	return toEdit
}

// Who sees minutes besides the people who are named.
const (
	OpenToUnit = "open"   // everybody of the unit reads, edits and deletes: as long as nobody has said otherwise
	UnitReads  = "unit"   // everybody of the unit reads
	OnlyPeople = "people" // nobody: for all others they are not there
)

var visibilities = []string{OpenToUnit, UnitReads, OnlyPeople}

// Rights say who may do what with the minutes of a recording.
type Rights struct {
	Owner      string // an account; empty where nobody created the minutes, then everybody of the unit owns them
	Visibility string
	Readers    []string // accounts, sorted
	Editors    []string
	Version    int64 // 0 where nobody has said anything
}

// most is the most that an account may do. The empty account is the unit's app itself,
// which names nobody.
func (r Rights) most(account string) deed {
	named := func(list []string) bool { return account != "" && slices.Contains(list, account) }
	switch {
	case r.Owner == "" || r.Owner == account:
		return toOwn
	case r.Visibility == OpenToUnit:
		return toDelete
	case named(r.Editors):
		return toEdit
	case r.Visibility == UnitReads || named(r.Readers):
		return toRead
	}
	return nothing
}

// permit refuses what an account may not do: to those who may not even know that there
// are such minutes, with the words that there are none.
func (r Rights) permit(account string, want deed) error {
	switch most := r.most(account); {
	case most == nothing:
		return web.NotFound
	case most < want:
		return &web.Problem{Status: http.StatusForbidden, Code: "forbidden", Text: "may_not_" + want.String(), Args: []any{r.Owner}}
	}
	return nil
}

// Act is a line of the trail.
type Act struct {
	At      time.Time
	Account string
	Act     string // owner, visibility, reader, editor, unnamed, link, link_revoked, hold, hold_lifted
	What    string // the account, the visibility, the link's name, the reason
}

// changes are the acts that lead from one set of rights to another.
func changes(old, next Rights) []Act {
	var acts []Act
	add := func(act, what string) { acts = append(acts, Act{Act: act, What: what}) }
	if next.Owner != old.Owner {
		add("owner", next.Owner)
	}
	if next.Visibility != old.Visibility {
		add("visibility", next.Visibility)
	}
	for _, account := range next.Editors {
		if !slices.Contains(old.Editors, account) {
			add("editor", account)
		}
	}
	for _, account := range next.Readers {
		if !slices.Contains(old.Readers, account) {
			add("reader", account)
		}
	}
	for _, account := range slices.Concat(old.Editors, old.Readers) {
		if !slices.Contains(next.Editors, account) && !slices.Contains(next.Readers, account) {
			add("unnamed", account)
		}
	}
	return acts
}

// RightsConfig is what rights, links, retention and deletion need of the environment.
type RightsConfig struct {
	MaxPeople       int           `env:"MAX_PEOPLE,default=200"`        // accounts named beside the owner of minutes
	MaxTrail        int           `env:"MAX_TRAIL,default=500"`         // newest lines of a trail that are shown
	MaxLinks        int           `env:"MAX_LINKS,default=20"`          // links to one recording's minutes that have not ended
	MaxLinkDays     int           `env:"MAX_LINK_DAYS,default=90"`      // until a link ends
	MaxAttempts     int           `env:"MAX_ATTEMPTS,default=10"`       // at a link's password, within 15 minutes
	MaxHolds        int           `env:"MAX_HOLDS,default=20"`          // reasons to keep one recording's minutes
	MaxReason       int           `env:"MAX_REASON,default=200"`        // characters of a reason, of a link's name
	RetentionNotice time.Duration `env:"RETENTION_NOTICE,default=168h"` // between a shorter retention and the first deletion by it
	RetentionBatch  int           `env:"RETENTION_BATCH,default=50"`    // minutes deleted by retention in one round
	Witnesses       []string      `env:"DELETION_WITNESSES"`            // the functions that a proof of deletion waits for; empty for all that keep something
	Keepers         []string      `env:"RETENTION_ACCOUNTS"`            // who may change the retention; empty lets everybody of the unit
	ReceiptKey      conf.Secret   `env:"RECEIPT_KEY"`                   // signs receipts of deletion: 64 hexadecimal digits, the seed of an Ed25519 key
}
