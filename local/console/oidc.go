package console

// People of an organisation, let in by its own sign-in (OpenID Connect Core 1.0, by
// code, with PKCE).
//
//	in   who opens /console/oidc/start, and comes back from the provider with a code
//	out  the same cookie as the token gives, in the name that the provider says
//
// Here stands what is set. Nothing is asked of the provider before somebody wants to
// come in that way: while it is down, everything else works, the token too.

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"xietong.dev/shared/conf"
)

// Provider is who knows an organisation's people, and how the console is known there.
// A console without one lets in by the token alone, and so does a nil Provider or one
// without an Issuer.
type Provider struct {
	Issuer   string      `env:"OIDC_ISSUER"` // its address, to the letter as it calls itself
	ClientID string      `env:"OIDC_CLIENT_ID"`
	Secret   conf.Secret `env:"OIDC_CLIENT_SECRET"` // empty where the provider wants none
	Group    string      `env:"OIDC_GROUP"`         // the claim groups must hold it; empty: whoever has an account there may come in
	URL      string      `env:"CONSOLE_URL"`        // of the console, as people reach it: https://console.example

	Timeout time.Duration // of each request to the provider; 10 s where it is 0

	asking singleflight.Group
	lock   sync.Mutex
	found  *known
}

// Where the console is served for this, and which addresses the provider must allow.
const (
	oidcStart = Prefix + "oidc/start"
	oidcBack  = Prefix + "oidc/back" // its redirect_uri
	oidcLeft  = Prefix + "oidc/left" // its post_logout_redirect_uri
)

// ReadProvider reads the environment. Where CONSOLE_URL is not set, people reach the
// console at the address that is given, which may be empty as long as OIDC_ISSUER is.
func ReadProvider(getenv func(string) string, address string) (*Provider, error) {
	p := &Provider{}
	if err := conf.Read(getenv, p); err != nil {
		return nil, err
	}
	if p.URL == "" {
		p.URL = address
	}
	p.URL = strings.TrimSuffix(p.URL, "/")
	switch own, err := url.Parse(p.URL); {
	case p.URL == "" && p.is():
		return nil, fmt.Errorf("environment variable CONSOLE_URL: is missing: OIDC_ISSUER sends people back there")
	case p.URL != "" && (err != nil || own.Scheme != "https" && own.Scheme != "http" || own.String() != own.Scheme+"://"+own.Host || own.Host == ""):
		return nil, fmt.Errorf("environment variable CONSOLE_URL: %q is not how a browser reaches the console; write one like https://console.example, without a path", p.URL)
	case p.is() && !safe(p.Issuer):
		return nil, fmt.Errorf("environment variable OIDC_ISSUER: %q: want an address that begins with https://, since whoever can change its answers can come in", p.Issuer)
	case p.is() && p.ClientID == "":
		return nil, fmt.Errorf("environment variable OIDC_CLIENT_ID: is missing: OIDC_ISSUER knows the console by it")
	}
	return p, nil
}

// safe reports whether nobody on the way can change what an address answers: it speaks
// TLS, or is on this machine.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// is reports whether people may come in by the organisation's sign-in.
func (p *Provider) is() bool { return p != nil && p.Issuer != "" }

// start is the address that begins a sign-in. It is of the console as the provider
// knows it: the cookie that is given there must be shown where the answer arrives.
func (p *Provider) start(to string) string {
	return p.URL + oidcStart + "?to=" + url.QueryEscape(to)
}
