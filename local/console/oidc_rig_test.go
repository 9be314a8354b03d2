package console

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	clientSecret = "the-secret-of-the-console"
	userName     = "zhang.hai"
	userPassword = "海上生明月"
)

// organisation is a real OpenID provider, a console that lets in whom it knows, and the
// browser of somebody who has not come in.
type organisation struct {
	*front
	console *httptest.Server
	*people
	log     bytes.Buffer
	browser *http.Client
	way     func(*http.Request) // what happens to the browser's requests on their way
	while   func()              // what happens while the person looks for the password
}

// people are those whom the provider knows. Each test changes what it says of them.
type people struct {
	*storage.Storage
	server *httptest.Server
	asked  int                  // how often the provider was asked what it is
	early  bool                 // says of a person in the ID token what others say when asked again
	says   func(*oidc.UserInfo) // beside what it knows
	forge  func(*passport)      // changes an ID token on its way
	answer func(http.ResponseWriter, *http.Request, http.Handler)
	ended  string // whose session was ended
}

func openOrganisation(t *testing.T) *organisation {
	t.Helper()
	o := &organisation{front: openFront(t), way: func(*http.Request) {}, while: func() {}}
	o.cookie, o.now = "", time.Now()
	o.console = httptest.NewUnstartedServer(nil)
	at := "http://" + o.console.Listener.Addr().String()
	o.people = openPeople(t, at)
	o.Provider = &Provider{Issuer: o.server.URL, ClientID: "console", Secret: clientSecret, URL: at}
	o.Log = slog.New(slog.NewTextHandler(&o.log, nil))
	o.console.Config.Handler = o.HTTP()
	o.console.Start()
	t.Cleanup(o.console.Close)
	o.browser = o.newBrowser()
	return o
}

func (o *organisation) newBrowser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error { o.way(r); return nil }}
}

// openPeople starts the provider. Its description, its keys and its signatures are real.
func openPeople(t *testing.T, console string) *people {
	users := users{"id1": {ID: "id1", Username: userName, Password: userPassword, Email: "zhang@xm.example", EmailVerified: true}}
	p := &people{says: func(*oidc.UserInfo) {}, forge: func(*passport) {}, answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) }}
	p.Storage = storage.NewStorageWithClients(users, map[string]*storage.Client{"console": storage.WebClient("console", clientSecret, console+oidcBack)})
	p.server = httptest.NewUnstartedServer(nil)
	provider := exampleop.SetupServer("http://"+p.server.Listener.Addr().String(), p, nil, false)
	p.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.answer(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, provider) }))
	})
	p.server.Start()
	t.Cleanup(p.server.Close)
	return p
}

// serve passes on what the provider says, but for an ID token that is forged.
func (p *people) serve(w http.ResponseWriter, r *http.Request, provider http.Handler) {
	if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
		p.asked++
	}
	if r.URL.Path != "/oauth/token" {
		provider.ServeHTTP(w, r)
		return
	}
	said := httptest.NewRecorder()
	provider.ServeHTTP(said, r)
	var token map[string]any
	json.Unmarshal(said.Body.Bytes(), &token)
	if raw, is := token["id_token"].(string); is {
		key, _ := p.SigningKey(r.Context())
		id := &passport{Header: part(raw, 0), Claims: part(raw, 1), key: key.Key().(*rsa.PrivateKey)}
		p.forge(id)
		token["id_token"] = id.text()
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(said.Code)
	json.NewEncoder(w).Encode(token)
}

// passport is an ID token that is being written.
type passport struct {
	Header, Claims map[string]any
	key            *rsa.PrivateKey // signs it; nil: nobody
}

func part(token string, i int) map[string]any {
	var all map[string]any
	text, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
	json.Unmarshal(text, &all)
	return all
}

func (id *passport) text() string {
	header, _ := json.Marshal(id.Header)
	claims, _ := json.Marshal(id.Claims)
	text := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	if id.key == nil {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	sign, _ := rsa.SignPKCS1v15(rand.Reader, id.key, crypto.SHA256, sum[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(sign)
}

type users map[string]*storage.User

func (u users) GetUserByID(id string) *storage.User { return u[id] }
func (u users) ExampleClientID() string             { return "" }
func (u users) GetUserByUsername(name string) *storage.User {
	for _, one := range u {
		if one.Username == name {
			return one
		}
	}
	return nil
}

func (p *people) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, r op.IDTokenRequest, scopes []string) error {
	err := p.Storage.SetUserinfoFromRequest(ctx, info, r, scopes)
	if p.early {
		p.says(info)
	}
	return err
}

func (p *people) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	err := p.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin)
	p.says(info)
	return err
}

func (p *people) TerminateSession(ctx context.Context, user, client string) error {
	p.ended = client
	return p.Storage.TerminateSession(ctx, user, client)
}

func (p *people) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := p.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{c, p}, nil
}

// client is the console as the provider knows it.
type client struct {
	op.Client
	p *people
}

func (c client) IDTokenUserinfoClaimsAssertion() bool { return c.p.early }
func (c client) PostLogoutRedirectURIs() []string {
	return []string{strings.Replace(c.RedirectURIs()[0], oidcBack, oidcLeft, 1)}
}
