package minutes

import (
	"net/http"
	"strings"

	"xietong.dev/shared/web"
)

// peopleRoutes are the addresses of what people do with minutes besides reading them
// and writing the summary: names, lines put right, notes, the unit's terms, search.
func peopleRoutes() map[string]map[string]handler {
	return map[string]map[string]handler{
		"/minutes/search":                            {"GET": (*call).find},
		"/minutes/glossary":                          {"GET": (*call).glossary, "PUT": (*call).writeTerms},
		"/minutes/{id}/transcript/{segment}":         {"GET": (*call).lineHistory, "PUT": (*call).correct},
		"/minutes/{id}/speakers":                     {"GET": (*call).speakers},
		"/minutes/{id}/speakers/{speaker}":           {"PATCH": (*call).nameSpeaker},
		"/minutes/{id}/speakers/restore":             {"POST": (*call).restoreNames},
		"/minutes/{id}/revisions/{revision}/compare": {"GET": (*call).compared},
		"/minutes/{id}/revisions/{revision}/restore": {"POST": (*call).restore},
		"/minutes/{id}/notes":                        {"GET": (*call).notes, "POST": (*call).note},
		"/minutes/{id}/notes/{note}":                 {"PATCH": (*call).changeNote, "DELETE": (*call).deleteNote},
	}
}

// ifMatch is the tag of what the caller has read.
func (c *call) ifMatch() (string, error) {
	match := strings.TrimSpace(c.r.Header.Get("If-Match"))
	if match == "" || match == "*" {
		return "", web.Refuse(http.StatusPreconditionRequired, "if_match_missing")
	}
	return match, nil
}
