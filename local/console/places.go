package console

// The pages that the menu leads to.

import "html/template"

// place is a line of the menu.
type place struct {
	Name    string // a word of the message table
	Path    string
	Icon    string // the path of an SVG of 24 by 24
	Heading string // of the lines from here on
	files   []string
	Here    bool
}

var places = []place{
	{Name: "title overview.html", Path: "/console/", Icon: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z", files: []string{"overview.html"}},
	{Name: "title events.html", Path: "/console/events", Icon: "M4 6h16M4 12h10M4 18h13", files: []string{"events.html", "event.html", "story.html"}},
	{Name: "title dead.html", Path: "/console/dead", Icon: "M4 6h16v12H4zM4 7l8 6 8-6", files: []string{"dead.html", "letter.html", "runs.html"}},
	{Name: "title try.html", Path: "/console/try", Icon: "M7 4l12 8-12 8z", files: []string{"try.html"}},
	{Name: "title metrics.html", Path: "/console/metrics", Icon: "M4 20V4M4 20h16M8 16l4-5 3 3 5-7", files: []string{"metrics.html"}},
	{Name: "title acts.html", Path: "/console/acts", Icon: "M6 3h9l4 4v14H6zM9 12h7M9 16h7", files: []string{"acts.html"}},
	{Name: "minutes", Path: "/minutes", Icon: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3", Heading: "what they made"},
	{Name: "captions", Path: "/captions", Icon: "M3 5h18v14H3zM7 11h4M13 11h4M7 15h7"},
	{Name: "title documents.html", Path: "/console/documents", Icon: "M6 3h9l4 4v14H6zM14 3v5h5", files: []string{"documents.html"}},
	{Name: "library", Path: "/library", Icon: "M4 5h3v15H4zM9.500 5h3v15h-3zM15.500 6.300l2.900-.8 3 14-2.900.8z"},
	{Name: "risk", Path: "/score", Icon: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z"},
}

// funcs are what templates may call besides their own page.
func funcs() template.FuncMap {
	return template.FuncMap{"bytesText": bytesText, "places": func(file string) []place {
		all := make([]place, len(places))
		for i, p := range places {
			for _, f := range p.files {
				p.Here = p.Here || f == file
			}
			all[i] = p
		}
		return all
	}}
}
