package minutes

import (
	"cmp"
	"slices"
	"time"

	"xietong.dev/events"
)

// Naming is what people call the speakers of a recording, after one change. Earlier
// ones are kept, so that a change can be undone.
type Naming struct {
	Number int
	Author string
	At     time.Time
	Names  Names
}

// Names are what people call speakers, by the speaker's id.
type Names map[string]Name

// Name is what people call one speaker.
type Name struct {
	Label   string   `json:"label,omitempty"`
	Account string   `json:"account,omitempty"`
	Into    string   `json:"into,omitempty"` // the speaker that this one is: nobody else spoke
	Heard   string   `json:"heard"`          // the label in the transcript
	Track   int      `json:"track"`
	Upload  string   `json:"upload"`
	Past    []string `json:"past,omitempty"` // labels that it had before
}

// of is the name of a speaker in one upload. Ids are given anew in each upload, so
// in another one than was named, track and label must be the same too.
func (n Names) of(upload string, s events.Speaker) (Name, bool) {
	name, has := n[s.ID]
	same := name.Upload == upload || name.Track == s.Track && name.Heard == s.Label
	return name, has && same
}

// named is a transcript's speakers as people call them.
type named struct {
	speakers []events.Speaker  // without those that are another one
	into     map[string]string // who is who, for those that are another one
	owners   map[string]string // the label now, by each that a speaker had before
}

// name applies names to the speakers of an upload.
func (n Names) name(upload string, heard []events.Speaker) named {
	all := named{speakers: []events.Speaker{}, into: map[string]string{}, owners: map[string]string{}}
	for _, s := range heard {
		name, has := n.of(upload, s)
		if has && name.Into != "" {
			all.into[s.ID] = name.Into
			continue
		}
		if has {
			s.Label, s.Account = cmp.Or(name.Label, s.Label), cmp.Or(name.Account, s.Account)
		}
		all.speakers = append(all.speakers, s)
	}
	all.rememberPast(n, upload, heard)
	return all
}

// rememberPast finds which label stands for which now. One that two speakers have had
// stands for itself: nobody knows who is meant.
func (a *named) rememberPast(n Names, upload string, heard []events.Speaker) {
	now := map[string]string{}
	for _, s := range a.speakers {
		now[s.ID] = s.Label
	}
	meant := map[string][]string{}
	for _, s := range heard {
		name, _ := n.of(upload, s)
		label := now[cmp.Or(name.Into, s.ID)]
		for _, past := range append(slices.Clone(name.Past), s.Label, label) {
			if past != "" && label != "" && !slices.Contains(meant[past], label) {
				meant[past] = append(meant[past], label)
			}
		}
	}
	for past, labels := range meant {
		if len(labels) == 1 && labels[0] != past {
			a.owners[past] = labels[0]
		}
	}
}

// segments has each segment spoken by whom people say. It changes them in place.
func (a named) segments(all []events.Segment) []events.Segment {
	for i, s := range all {
		if into, has := a.into[s.Speaker]; has {
			all[i].Speaker = into
		}
	}
	return all
}

// summary has those who will do something named as they are called now.
func (a named) summary(s events.Summary) events.Summary {
	s.Actions = slices.Clone(s.Actions)
	for i, action := range s.Actions {
		if now, has := a.owners[action.Owner]; has {
			s.Actions[i].Owner = now
		}
	}
	return s
}

// rename is the names after one speaker was given another; into may be empty.
func (n Names) rename(upload string, s events.Speaker, label, account, into string) Names {
	next := Names{}
	for id, name := range n {
		if into != "" && name.Into == s.ID { // who was this one is the other now
			name.Into = into
		}
		next[id] = name
	}
	old, has := n.of(upload, s)
	past := old.Past
	if has && old.Label != "" && old.Label != label && !slices.Contains(past, old.Label) {
		past = append(slices.Clone(past), old.Label)
	}
	next[s.ID] = Name{Label: label, Account: account, Into: into, Heard: s.Label, Track: s.Track, Upload: upload, Past: past}
	return next
}

// restore is older names again, which remember what speakers were called since.
func (n Names) restore(older Names) Names {
	next := Names{}
	for id, name := range n {
		back, has := older[id]
		if !has {
			back = Name{Heard: name.Heard, Track: name.Track, Upload: name.Upload}
		}
		back.Past = slices.Clone(back.Past)
		for _, label := range append(slices.Clone(name.Past), name.Label) {
			if label != "" && label != back.Label && !slices.Contains(back.Past, label) {
				back.Past = append(back.Past, label)
			}
		}
		next[id] = back
	}
	return next
}
