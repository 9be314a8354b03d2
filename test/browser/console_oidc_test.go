package browser

import (
	"net"
	"net/http/httptest"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// TestConsoleOIDC comes in with an organisation's account and goes out again, by
// keyboard alone. The provider is a real one, and of another site than the console:
// only then does a browser keep the session's strict cookie back.
func TestConsoleOIDC(t *testing.T) {
	clients := map[string]*storage.Client{}
	issuer := provider(t, clients)
	o := &office{T: t, runtime: runtimeOf(t, "OIDC_ISSUER="+issuer, "OIDC_CLIENT_ID=console", "OIDC_CLIENT_SECRET=of-the-console"), tab: chromium(t, t.TempDir(), wide)}
	clients["console"] = storage.WebClient("console", "of-the-console", o.runtime.Front+"/console/oidc/back")

	o.visit("/console/events?type=x")
	o.until("the ways in, and the focus on the first", `document.activeElement?.matches('a.button.main') && document.querySelector('input[name=token]')`)
	o.press(confirm)
	o.until("the provider's own page", `location.origin === '`+issuer+`' && document.querySelector('#username')`)
	o.goOnTo("#username")
	o.press([]rune("test-user2")...)
	o.goOnTo("#password")
	o.press([]rune("verysecure")...)
	o.press(confirm)
	o.until("the page that was wanted", `document.querySelector('#side') && location.pathname + location.search === '/console/events?type=x'`)
	if got := js[string](o.tab, `document.querySelector('.who').innerText.trim()`); got != "test-user2" {
		t.Errorf("the page names %q", got)
	}
	o.goOnTo(".own form button")
	o.press(confirm)
	o.until("what goes on, and the focus where that ends", `location.pathname === '/console/oidc/left' && document.activeElement?.href?.startsWith('`+issuer+`/end_session?')`)
	o.visit("/console/")
	o.until("the ways in", `document.querySelector('input[name=token]')`)
}

// provider starts an OpenID provider that knows test-user2 and whoever of the clients
// is there when somebody comes.
func provider(t *testing.T, clients map[string]*storage.Client) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	issuer := "http://" + l.Addr().String()
	s := httptest.NewUnstartedServer(exampleop.SetupServer(issuer, storage.NewStorageWithClients(storage.NewUserStore(issuer), clients), nil, false))
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return issuer
}
