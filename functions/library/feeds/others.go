package feeds

// Description is how OPDS 1.2 is searched.
type Description struct {
	Name, About string
	Template    string // an address with {searchTerms}
}

type openSearch struct {
	XMLName  struct{} `xml:"OpenSearchDescription"`
	NS       string   `xml:"xmlns,attr"`
	Name     string   `xml:"ShortName"`
	About    string   `xml:"Description"`
	Encoding string   `xml:"InputEncoding"`
	URL      struct {
		Type     string `xml:"type,attr"`
		Template string `xml:"template,attr"`
	} `xml:"Url"`
}

// maxShortName is OpenSearch's own limit, in characters; of a description it is
// maxDescription.
const (
	maxShortName   = 16
	maxDescription = 1024
)

// Write returns the OpenSearch description, and its media type.
func (d Description) Write() (media string, text []byte) {
	o := openSearch{NS: "http://a9.com/-/spec/opensearch/1.1/", Name: prose(d.Name, maxShortName), About: prose(d.About, maxDescription), Encoding: "UTF-8"}
	o.URL.Type, o.URL.Template = V1.Type(List), d.Template
	return V1.Type(Search), written(o)
}

// Door is what whoever is not let in is told.
type Door struct {
	ID          string // where this very document is
	Title       string
	Description string // what to do
	Way         string // a URI that names how people are let in: an app that does not know it shows the description
}

// Write returns the Authentication Document, and its media type.
func (d Door) Write() (media string, text []byte) {
	type way struct {
		Type string `json:"type"`
	}
	return "application/opds-authentication+json", encode(struct {
		ID          string `json:"id"`
		Title       string `json:"title"`
		Description string `json:"description"`
		Ways        []way  `json:"authentication"`
	}{d.ID, line(d.Title), line(d.Description), []way{{d.Way}}})
}
