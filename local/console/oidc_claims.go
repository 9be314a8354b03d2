package console

// What the provider says of a person, and what follows of it: rules alone.

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"xietong.dev/shared/web"
)

// claims are what the console reads of all that a provider says of a person
// (OpenID Connect Core 1.0, section 5.1; groups is what most providers call it).
type claims struct {
	Subject  string `json:"sub"`
	Username string `json:"preferred_username"`
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // false, and "false" at some
	Groups   list   `json:"groups"`
	Party    string `json:"azp"`
}

// list is a claim of several texts, or of one that stands alone.
type list []string

func (l *list) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*l = list{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(l))
}

// answers reports whether an ID token answers the question that was asked, and was
// given to this console (section 3.1.3.7, rules 4, 5 and 11).
func (c claims) answers(asked, nonce, client string, audience []string) error {
	if subtle.ConstantTimeCompare([]byte(asked), []byte(nonce)) != 1 {
		return errors.New("the ID token answers another question: its nonce is not the one that was sent")
	}
	if c.Party != client && (c.Party != "" || len(audience) > 1) {
		return errors.New("the ID token was given to another client, which azp names")
	}
	return nil
}

// tells reports whether the claims hold all that is wanted of them.
func (c claims) tells(group string) bool {
	return c.Username != "" && (group == "" || slices.Contains(c.Groups, group))
}

// name is what a person is called. An address that the provider has not checked may be
// another's.
func (c claims) name() string {
	checked := c.Verified != false && c.Verified != "false"
	switch {
	case c.Username != "":
		return c.Username
	case c.Email != "" && checked:
		return c.Email
	}
	return c.Subject
}

// person is who comes in, or why not.
func (c claims) person(group string) (person, error) {
	switch name := strings.TrimSpace(c.name()); {
	case group != "" && !slices.Contains(c.Groups, group):
		return person{}, web.Refuse(http.StatusForbidden, "oidc_group", name, group)
	case name == "" || !fit(name):
		return person{}, web.Refuse(http.StatusForbidden, "oidc_name")
	default:
		return person{Name: name, Organisation: true}, nil
	}
}
