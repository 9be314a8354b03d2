package minutes

// Who may do what: read, changed, and told afterwards.

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"xietong.dev/shared/pg"
	"xietong.dev/shared/web"
)

// permit refuses what the caller may not do. A visitor with a link has been let in by
// it, to addresses that only read.
func (c *call) permit(db reader, s *story) (err error) {
	s.rights, err = readRights(c.r.Context(), db, s.id, s.given.Author)
	if err != nil || c.visitor != nil {
		return err
	}
	return s.rights.permit(c.author, needs(c.r))
}

// RightsView is who may do what, as the API shows it and takes it back.
type RightsView struct {
	Owner      string   `json:"owner"`
	Visibility string   `json:"visibility"` // open, unit, people
	Readers    []string `json:"readers"`
	Editors    []string `json:"editors"`
	May        string   `json:"may,omitempty"` // the most that the caller may: read, edit, delete, own
}

func (r Rights) view(account string) RightsView {
	return RightsView{Owner: r.Owner, Visibility: r.Visibility, Readers: orEmpty(r.Readers), Editors: orEmpty(r.Editors), May: r.most(account).String()}
}

func (r Rights) etag() string { return fmt.Sprintf(`"rights-%d"`, r.Version) }

// showRights answers GET /minutes/{id}/rights.
func (c *call) showRights() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	return c.replyRights(s.rights)
}

func (c *call) replyRights(r Rights) error {
	c.w.Header().Set("ETag", r.etag())
	return c.reply(http.StatusOK, r.view(c.author))
}

// setRights answers PUT /minutes/{id}/rights: all of them, over those that If-Match
// names. Another owner is a transfer of ownership: the old one is left with what the
// lists say.
func (c *call) setRights() error {
	match := strings.TrimSpace(c.r.Header.Get("If-Match"))
	if match == "" || match == "*" {
		return &web.Problem{Status: http.StatusPreconditionRequired, Code: "if_match_missing", Text: "rights_match_missing"}
	}
	var want RightsView
	if err := web.Body(c.w, c.r, int64(c.MaxBody), &want); err != nil {
		return err
	}
	next, err := c.wanted(want)
	if err != nil {
		return err
	}
	err = c.change(c.r.PathValue("id"), func(ctx context.Context, tx pg.Tx, s story) error {
		next.Version = s.rights.Version + 1
		if match != s.rights.etag() {
			return &web.Problem{Status: http.StatusPreconditionFailed, Code: "if_match_stale", Text: "rights_stale", Header: http.Header{"Etag": {s.rights.etag()}}}
		}
		if err := writeRights(ctx, tx, s.id, next); err != nil {
			return err
		}
		return writeTrail(ctx, tx, s.id, c.author, c.now(), changes(s.rights, next)...)
	})
	if err != nil {
		return err
	}
	return c.replyRights(next)
}

// wanted are the rights that a request names. An owner needs no other name, and who
// edits reads as well.
func (c *call) wanted(v RightsView) (Rights, error) {
	r := Rights{Owner: v.Owner, Visibility: v.Visibility}
	switch {
	case !web.Visible(v.Owner):
		return r, web.Field("field_ascii", "owner", 128)
	case !slices.Contains(visibilities, v.Visibility):
		return r, web.Field("field_one_of", "visibility", strings.Join(visibilities, ", "))
	case len(v.Readers)+len(v.Editors) > c.MaxPeople:
		return r, web.Field("field_count", "readers, editors", len(v.Readers)+len(v.Editors), c.MaxPeople)
	}
	for name, list := range map[string][]string{"readers": v.Readers, "editors": v.Editors} {
		for i, account := range list {
			if !web.Visible(account) {
				return r, web.Field("field_ascii", fmt.Sprintf("%s[%d]", name, i), 128)
			}
		}
	}
	r.Editors = slices.DeleteFunc(sorted(v.Editors), func(a string) bool { return a == r.Owner })
	r.Readers = slices.DeleteFunc(sorted(v.Readers), func(a string) bool { return a == r.Owner || slices.Contains(r.Editors, a) })
	return r, nil
}

func sorted(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// now is the time as finely as the database keeps it.
func (c *call) now() time.Time { return c.Now().UTC().Truncate(time.Microsecond) }

type actView struct {
	At      time.Time `json:"at"`
	Account string    `json:"account,omitempty"`
	Act     string    `json:"act"`
	What    string    `json:"what"`
	Text    string    `json:"text"` // for people
}

// trail answers GET /minutes/{id}/trail, newest first.
func (c *call) trail() error {
	s, err := c.load(c.DB)
	if err != nil {
		return err
	}
	acts, err := readTrail(c.r.Context(), c.DB, s.id, c.MaxTrail)
	if err != nil {
		return err
	}
	answer := struct {
		Trail []actView `json:"trail"`
	}{[]actView{}}
	for _, a := range acts {
		answer.Trail = append(answer.Trail, actView{a.At, a.Account, a.Act, a.What, actText(a, c.lang)})
	}
	return c.reply(http.StatusOK, answer)
}

func actText(a Act, lang string) string {
	what := a.What
	if a.Act == "visibility" {
		what = messages.Say(lang, "visibility."+what)
	}
	return messages.Say(lang, "act."+a.Act, what)
}
