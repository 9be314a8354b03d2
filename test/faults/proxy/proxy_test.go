package proxy_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/pg"
	"xietong.dev/shared/pg/pgtest"
	"xietong.dev/test/faults/proxy"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var tables = fstest.MapFS{"0001_effect.sql": {Data: []byte(`CREATE TABLE effect (what text NOT NULL)`)}}

// behind opens a database behind a proxy, and the same one without.
func behind(t *testing.T, dice *proxy.Dice) (through, straight *pg.DB) {
	t.Helper()
	straight = pgtest.Open(t, "effects", tables)
	p, err := proxy.ListenDatabase(dice)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	address, err := url.Parse(straight.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	p.Point(address.Host)
	address.Host = p.Address()
	through, err = pg.Open(t.Context(), pg.Config{URL: conf.Secret(address.String())}, "effects", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(through.Close)
	return through, straight
}

func insert(t *testing.T, db *pg.DB, what string) error {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return db.InTx(ctx, func(tx pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO effect VALUES ($1)`, what)
		return err
	})
}

// count waits for a number of effects: the server commits what it was sent after
// the client has lost it.
func count(t *testing.T, db *pg.DB, what string, want int) {
	t.Helper()
	var n int
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM effect WHERE what = $1`, what).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
	}
	t.Errorf("%s: %d effects, want %d", what, n, want)
}

func TestACommitWhoseAnswerIsLostHasHappened(t *testing.T) {
	dice := proxy.NewDice(1)
	through, straight := behind(t, dice)
	if err := insert(t, through, "quiet"); err != nil {
		t.Fatal(err)
	}
	dice.Trouble(proxy.Chance{Fault: "commit-cut", Share: 1})
	if err := insert(t, through, "cut"); err == nil {
		t.Error("a commit was acknowledged whose answer was cut off")
	}
	dice.Trouble(proxy.Chance{Fault: "commit-lost", Share: 1})
	if err := insert(t, through, "lost"); err == nil {
		t.Error("a commit was acknowledged that never arrived")
	}
	dice.Trouble(proxy.Chance{Fault: "database-half-open", Share: 1})
	if err := insert(t, through, "half-open"); err == nil {
		t.Error("a commit was acknowledged that nobody answered")
	}
	dice.Trouble(proxy.Chance{Fault: "store-refused", Share: 1})
	if err := insert(t, through, "after"); err != nil {
		t.Error(err)
	}
	for what, want := range map[string]int{"quiet": 1, "cut": 1, "lost": 0, "half-open": 0, "after": 1} {
		count(t, straight, what, want)
	}
	if counts := dice.Counts(); counts["commit-cut"] != 1 || counts["commit-lost"] != 1 || counts["database-half-open"] == 0 || counts["store-refused"] != 0 {
		t.Errorf("counted %v", counts)
	}
}

func TestTheStoreInTrouble(t *testing.T) {
	const text = "the whole object, all of it"
	arrived := 0
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		arrived++
		if !strings.Contains(req.RequestURI, "/a%2Fb") {
			t.Errorf("the address arrived as %s", req.RequestURI)
		}
		io.WriteString(w, text)
	}))
	defer origin.Close()
	dice := proxy.NewDice(1)
	p, err := proxy.ListenStore(dice)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Point(origin.URL); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		fault   string
		ok      bool // the client is told of success
		arrives bool
	}{{"", true, true}, {"store-slow", true, true}, {"store-refused", false, false}, {"store-partial", false, true}, {"store-answer-lost", false, true}, {"store-half-open", false, false}} {
		dice.Trouble(proxy.Chance{Fault: c.fault, Share: 1})
		before := arrived
		body, err := fetch(t, p.URL()+"/a%2Fb")
		if ok := err == nil && body == text; ok != c.ok {
			t.Errorf("%s: got %q, %v", c.fault, body, err)
		}
		if (arrived > before) != c.arrives {
			t.Errorf("%s: arrived is %t", c.fault, arrived > before)
		}
	}
}

func TestAStoreThatIsAwayRefusesEverything(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }))
	defer origin.Close()
	p, err := proxy.ListenStore(proxy.NewDice(1))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Point(origin.URL); err != nil {
		t.Fatal(err)
	}
	for _, away := range []bool{false, true, false} {
		p.Away(away)
		if body, err := fetch(t, p.URL()+"/a"); err != nil || (body != "here") != away {
			t.Errorf("away is %t: got %q, %v", away, body, err)
		}
	}
}

func fetch(t *testing.T, address string) (string, error) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Timeout: 4 * time.Second}).Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}
