package console

// What is asked of the provider. Every request ends in time, reads so much and no
// more, and goes where it was sent: a secret is not carried on by a redirect.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"xietong.dev/shared/ce"
	"xietong.dev/shared/web"
)

const (
	maxSaid  = 1 << 20   // bytes of an answer of the provider
	knownFor = time.Hour // then it is asked again what it is, in case it has changed
)

// known is what the provider has told of itself.
type known struct {
	provider *oidc.Provider
	oauth    oauth2.Config
	end      string // where its own session is ended; empty where it has no such address
	at       time.Time
}

// knows returns what the provider tells of itself. It is asked when that is first
// needed; many who come at once wait for one answer, and a failure is not kept.
func (p *Provider) knows(ctx context.Context, now time.Time) (*known, error) {
	p.lock.Lock()
	k := p.found
	p.lock.Unlock()
	if k != nil && now.Sub(k.at) < knownFor {
		return k, nil
	}
	answer, err, _ := p.asking.Do("", func() (any, error) {
		return p.discover(context.WithoutCancel(ctx), now) // the first to come may go, the others stay
	})
	if err != nil {
		return nil, silent(fmt.Errorf("ask %s what it is: %w", p.Issuer, err))
	}
	return answer.(*known), nil
}

// discover reads the provider's description (OpenID Connect Discovery 1.0).
func (p *Provider) discover(ctx context.Context, now time.Time) (*known, error) {
	provider, err := oidc.NewProvider(p.client(ctx), p.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		End     string   `json:"end_session_endpoint"`
		Scopes  []string `json:"scopes_supported"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, err
	}
	k := &known{provider: provider, end: more.End, at: now}
	k.oauth = oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret.Reveal(), RedirectURL: p.URL + oidcBack, Endpoint: provider.Endpoint(),
		Scopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail}}
	if slices.Contains(more.Scopes, "groups") {
		k.oauth.Scopes = append(k.oauth.Scopes, "groups") // some refuse a scope that they do not know
	}
	k.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader // the default (Discovery 1.0, section 3)
	if p.Secret == "" || len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		k.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.found = k
	return k, nil
}

// ending is the address that ends the provider's own session and leads back (OpenID
// Connect RP-Initiated Logout 1.0); empty where it has none.
func (k *known) ending(back, language string) string {
	u, err := url.Parse(k.end)
	if k.end == "" || err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", k.oauth.ClientID)
	q.Set("post_logout_redirect_uri", back)
	q.Set("state", ended)
	q.Set("ui_locales", locales(language))
	u.RawQuery = q.Encode()
	return u.String()
}

// client is a context with which the libraries ask.
func (p *Provider) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: cmp.Or(p.Timeout, 10*time.Second), CheckRedirect: ce.NoRedirect, Transport: bounded{}})
}

// bounded reads no more of an answer than [maxSaid].
type bounded struct{}

func (bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = http.MaxBytesReader(nil, res.Body, maxSaid)
	return res, nil
}

// silent and unsure are what a person is told of a failure that is logged: that there is
// no answer, or that it cannot be believed.
func silent(err error) error {
	return fmt.Errorf("%w: %w", web.Refuse(http.StatusBadGateway, "oidc_silent"), err)
}

func unsure(err error) error {
	return fmt.Errorf("%w: %w", web.Refuse(http.StatusBadGateway, "oidc_unsure"), err)
}

// redeem gets what a code is worth and believes nothing that is not the provider's own,
// for this console, of now, and the answer to this question.
func (p *Provider) redeem(ctx context.Context, k *known, b begun, code string, now func() time.Time) (claims, error) {
	var c claims
	ctx = p.client(ctx)
	token, err := k.oauth.Exchange(ctx, code, oauth2.VerifierOption(b.Verifier))
	if err != nil {
		return c, notRedeemed(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := k.provider.Verifier(&oidc.Config{ClientID: p.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return c, unsure(fmt.Errorf("check the ID token: %w", err))
	}
	if err := id.Claims(&c); err != nil {
		return c, unsure(fmt.Errorf("read the ID token: %w", err))
	}
	if err := c.answers(b.Nonce, id.Nonce, p.ClientID, id.Audience); err != nil {
		return c, unsure(err)
	}
	if c.tells(p.Group) || k.provider.UserInfoEndpoint() == "" {
		return c, nil
	}
	return p.askMore(ctx, k, c, token)
}

// notRedeemed is why a code is worth nothing: the person took too long, the console is
// not set right, or nobody answers.
func notRedeemed(err error) error {
	var refused *oauth2.RetrieveError
	switch is := errors.As(err, &refused); {
	case is && refused.ErrorCode == "invalid_grant":
		return web.Refuse(http.StatusBadRequest, "oidc_stale")
	case is && refused.Response.StatusCode < http.StatusInternalServerError:
		return unsure(fmt.Errorf("redeem the code: %w", err))
	}
	return silent(fmt.Errorf("redeem the code: %w", err))
}

// askMore asks for claims that the ID token lacks: many providers tell them only to
// whoever asks again with the access token (OpenID Connect Core 1.0, section 5.4).
func (p *Provider) askMore(ctx context.Context, k *known, c claims, token *oauth2.Token) (claims, error) {
	info, err := k.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return c, unsure(fmt.Errorf("ask for the person's claims: %w", err))
	}
	if info.Subject != c.Subject {
		return c, unsure(errors.New("the provider tells of another person than it let in"))
	}
	if err := info.Claims(&c); err != nil {
		return c, unsure(fmt.Errorf("read the person's claims: %w", err))
	}
	return c, nil
}
