package feeds

import "time"

// Licence is what a book is lent under. Zero values bound nothing.
type Licence struct {
	ID      string // a URI
	Format  string // the media type of what is lent
	Created time.Time
	Copies  int           // lent at the same time
	Length  time.Duration // of a loan
	Expires time.Time
	Info    string // the address of its License Info Document
	Borrow  string // where it is lent
}

// InfoType is the media type of a License Info Document.
const InfoType = "application/vnd.odl.info+json"

type jsonLicence struct {
	Metadata jsonTerms  `json:"metadata"`
	Links    []jsonLink `json:"links"`
}

type jsonTerms struct {
	Identifier string `json:"identifier"`
	Format     string `json:"format"`
	Created    string `json:"created"`
	Terms      struct {
		Concurrency int    `json:"concurrency,omitempty"`
		Length      int    `json:"length,omitempty"` // seconds
		Expires     string `json:"expires,omitempty"`
	} `json:"terms"`
}

// licence is a member of the collection licenses. Its loans are for readers who have a
// feed here, so they have no template as those of distributors to libraries.
func (l Licence) licence() jsonLicence {
	return jsonLicence{l.terms(), []jsonLink{{Rel: "self", Href: l.Info, Type: InfoType}, {Rel: RelBorrow, Href: l.Borrow, Type: V2.Type(Item)}}}
}

func (l Licence) terms() jsonTerms {
	t := jsonTerms{Identifier: l.ID, Format: l.Format, Created: stamp(l.Created)}
	t.Terms.Concurrency, t.Terms.Length, t.Terms.Expires = l.Copies, int(l.Length/time.Second), until(l.Expires)
	return t
}

// Loan is one reader's.
type Loan struct {
	ID, Reader string
	Href       string // the book that is lent
	Expires    time.Time
}

type jsonLoan struct {
	Href    string `json:"href"`
	ID      string `json:"id"`
	Reader  string `json:"patron_id"`
	Expires string `json:"expires,omitempty"`
}

// InfoOf writes the License Info Document that a reader sees: of the loans only their
// own, for who else reads is nobody's business. How many loans are left is not said:
// no licence here counts them.
func (l Licence) InfoOf(a Availability, loan *Loan) []byte {
	var d struct {
		jsonTerms
		Status    string `json:"status"`
		Checkouts struct {
			Available *int       `json:"available,omitempty"`
			Active    []jsonLoan `json:"active"`
		} `json:"checkouts"`
	}
	d.jsonTerms, d.Status, d.Checkouts.Active = l.terms(), "unavailable", []jsonLoan{}
	if a.Available {
		d.Status = "available"
	}
	if a.Total > 0 {
		d.Checkouts.Available = &a.Free
	}
	if loan != nil {
		d.Checkouts.Active = append(d.Checkouts.Active, jsonLoan{loan.Href, loan.ID, loan.Reader, until(loan.Expires)})
	}
	return encode(d)
}
