// Package web is what the HTTP APIs of functions have in common: who may call,
// and how a refusal is said.
//
//	in   a request that shows the upstream apps' token, as Bearer or as the
//	     password of Basic
//	out  what the handler writes, or {"error":{"code":…,"message":…}} in the
//	     language that was asked for
//
// A [Problem] is the caller's to mend, and says how. Of every other error the
// caller learns nothing; it is logged.
package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/shared/conf"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/say"
)

// API is what the addresses of one function share.
type API struct {
	Token    conf.Secret
	Messages say.Table // has error.<code> for each Problem that is not of this package
	Log      *slog.Logger
}

// Handler answers a request. Its error may be a [Problem].
type Handler func(w http.ResponseWriter, r *http.Request) error

// Methods serves one address, by the request's method.
func (a API) Methods(methods map[string]Handler) http.Handler {
	return a.serve(func(w http.ResponseWriter, r *http.Request) error {
		handle, has := methods[r.Method]
		if !has {
			return notAllowed(methods)
		}
		return handle(w, r)
	})
}

// Nothing serves the addresses that there are not.
func (a API) Nothing() http.Handler {
	return a.serve(func(http.ResponseWriter, *http.Request) error { return NotFound })
}

// serve lets in whoever shows the token, and puts every error into words.
func (a API) serve(handle Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		err := error(unauthorised)
		if a.Authorised(r) {
			err = handle(w, r)
		}
		if err != nil {
			a.Fail(w, r, err)
		}
	})
}

// Authorised reports whether a request shows the token.
func (a API) Authorised(r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, password, basic := r.BasicAuth(); basic {
		token = password
	}
	// Hashes have one length, so the comparison tells nothing of the token's.
	shown, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(a.Token.Reveal()))
	return subtle.ConstantTimeCompare(shown[:], want[:]) == 1
}

// Language is the language that the caller reads.
func Language(r *http.Request) string { return say.Pick(r.Header.Get("Accept-Language")) }

// Problem is a refusal of a request. Its message stands under error.<Text>, or
// under error.<Code> where the text is empty.
type Problem struct {
	Status int
	Code   string // stable, for programs
	Text   string
	Args   []any
	Header http.Header
	List   any // what is wrong one by one, for programs; stands beside the message as problems
}

func (p *Problem) key() string {
	if p.Text == "" {
		return "error." + p.Code
	}
	return "error." + p.Text
}

func (p *Problem) Error() string { return fmt.Sprint(append([]any{p.key()}, p.Args...)...) }

// Refuse is a problem with a message of its own.
func Refuse(status int, code string, args ...any) *Problem {
	return &Problem{Status: status, Code: code, Args: args}
}

// NotFound says no more than that.
var NotFound = &Problem{Status: http.StatusNotFound, Code: "not_found"}

var unauthorised = &Problem{Status: http.StatusUnauthorized, Code: "unauthorised", Header: http.Header{"Www-Authenticate": {"Bearer"}}}

func notAllowed(methods map[string]Handler) *Problem {
	allowed := strings.Join(slices.Sorted(maps.Keys(methods)), ", ")
	return &Problem{Status: http.StatusMethodNotAllowed, Code: "not_allowed", Args: []any{allowed}, Header: http.Header{"Allow": {allowed}}}
}

// Fail puts an error into words, for addresses that let people in by other means than
// the token of upstream apps.
func (a API) Fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = a.hidden(r, err)
	}
	for name, values := range p.Header {
		w.Header()[name] = values
	}
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			List    any    `json:"problems,omitempty"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.List, body.Error.Message = p.Code, p.List, Say(a.Messages, Language(r), p)
	Reply(w, p.Status, body)
}

// Say puts a problem into words: those of a program's own table, else of this package.
func Say(own say.Table, language string, p *Problem) string {
	if _, has := own[p.key()]; has {
		return own.Say(language, p.key(), p.Args...)
	}
	return messages.Say(language, p.key(), p.Args...)
}

// hidden is what a caller learns of an error that is not of its making.
func (a API) hidden(r *http.Request, err error) *Problem {
	if after, busy := fault.RetryAfter(err); busy {
		return &Problem{Status: http.StatusServiceUnavailable, Code: "busy", Header: http.Header{"Retry-After": {strconv.Itoa(max(1, int(after.Seconds())))}}}
	}
	if r.Context().Err() == nil {
		a.Log.Error("request failed", slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	return Refuse(http.StatusInternalServerError, "internal")
}

// Reply writes JSON.
func Reply(w http.ResponseWriter, status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
	return nil
}

// messages are those of the problems of this package, and of what any request may have wrong.
var messages = say.Table{
	"error.unauthorised":  {Zh: "请求头 Authorization 中没有正确的令牌", En: "header Authorization holds no valid token"},
	"error.not_found":     {Zh: "没有找到", En: "not found"},
	"error.not_allowed":   {Zh: "这个地址只接受：%s", En: "this address takes only: %s"},
	"error.internal":      {Zh: "服务暂时出错，请稍后再试", En: "something went wrong here; try again"},
	"error.busy":          {Zh: "暂时繁忙，请稍后再试", En: "busy; try again"},
	"error.body_json":     {Zh: "请求体不是所要的 JSON：%s", En: "the body is not the JSON that is wanted: %s"},
	"error.body_large":    {Zh: "请求体超过 %d 字节", En: "the body has over %d bytes"},
	"error.unknown_field": {Zh: "没有字段 %s", En: "there is no field %s"},
	"error.unknown_param": {Zh: "没有参数 %s，可用的有：%s", En: "there is no parameter %s; there are %s"},
	"error.field_length":  {Zh: "%s 应为 %d 到 %d 个字符", En: "%s: want %d to %d characters"},
	"error.field_control": {Zh: "%s 不能含有控制字符", En: "%s: want no control characters"},
	"error.field_ascii":   {Zh: "%s 应为 1 到 %d 个可见的 ASCII 字符", En: "%s: want 1 to %d visible ASCII characters"},
	"error.field_one_of":  {Zh: "%s 应为其中之一：%s", En: "%s: want one of %s"},
	"error.field_number":  {Zh: "%s 应为 %d 到 %d 的整数", En: "%s: want a whole number from %d to %d"},
	"error.field_cursor":  {Zh: "%s 应为上一页返回的 next", En: "%s: want the next of the page before"},
	"error.field_count":   {Zh: "%s 有 %d 项，最多 %d 项", En: "%s has %d entries, want at most %d"},
}
