package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/say"
)

// Each request, and how it is answered.
func TestAnswers(t *testing.T) {
	api := API{Token: "secret", Messages: say.Table{"error.too_many": {Zh: "最多 %d 个", En: "at most %d"}}, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	does := func(err error) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if err != nil {
				return err
			}
			return Reply(w, http.StatusOK, map[string]int{"n": 1})
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/", api.Nothing())
	mux.Handle("/one", api.Methods(map[string]Handler{
		"GET": does(nil), "POST": does(Refuse(http.StatusBadRequest, "too_many", 3)),
		"PUT": does(errors.New("password of the database")), "PATCH": does(fault.Busy(1500*time.Millisecond, errors.New("later"))),
		"QUERY": does(&Problem{Status: http.StatusBadRequest, Code: "too_many", Args: []any{3}, List: []string{"four"}}),
	}))
	for _, c := range []struct{ method, path, authorization, language, want string }{
		{"GET", "/one", "Bearer secret", "", `200 {"n":1}`},
		{"GET", "/one", "Basic YW55Ym9keTpzZWNyZXQ=", "", `200 {"n":1}`},
		{"GET", "/one", "", "en", `401 {"error":{"code":"unauthorised","message":"header Authorization holds no valid token"}} WWW-Authenticate=Bearer`},
		{"GET", "/one", "Bearer secre", "", `401 {"error":{"code":"unauthorised","message":"请求头 Authorization 中没有正确的令牌"}} WWW-Authenticate=Bearer`},
		{"GET", "/two", "", "en", `401 {"error":{"code":"unauthorised","message":"header Authorization holds no valid token"}} WWW-Authenticate=Bearer`},
		{"GET", "/two", "Bearer secret", "en", `404 {"error":{"code":"not_found","message":"not found"}}`},
		{"HEAD", "/one", "Bearer secret", "en", `405 {"error":{"code":"not_allowed","message":"this address takes only: GET, PATCH, POST, PUT, QUERY"}} Allow=GET, PATCH, POST, PUT, QUERY`},
		{"POST", "/one", "Bearer secret", "", `400 {"error":{"code":"too_many","message":"最多 3 个"}}`},
		{"QUERY", "/one", "Bearer secret", "en", `400 {"error":{"code":"too_many","message":"at most 3","problems":["four"]}}`},
		{"PUT", "/one", "Bearer secret", "en", `500 {"error":{"code":"internal","message":"something went wrong here; try again"}}`},
		{"PATCH", "/one", "Bearer secret", "en", `503 {"error":{"code":"busy","message":"busy; try again"}} Retry-After=1`},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Authorization", c.authorization)
		r.Header.Set("Accept-Language", c.language)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if got := line(w.Result(), w.Body.String()); got != c.want {
			t.Errorf("%s %s %q:\ngot  %s\nwant %s", c.method, c.path, c.authorization, got, c.want)
		}
	}
}

func line(r *http.Response, body string) string {
	text := strings.TrimSpace(r.Status[:3] + " " + body)
	for _, name := range []string{"WWW-Authenticate", "Allow", "Retry-After"} {
		if v := r.Header.Get(name); v != "" {
			text += " " + name + "=" + v
		}
	}
	return text
}
