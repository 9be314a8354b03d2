package fn

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// answer keeps what a handler writes. Lambda takes an answer whole.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK { // what comes before is news, not the answer
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// http answers a request to a function URL or to API Gateway, which come in the
// same form (payload version 2.0).
func (i *invoker) http(ctx context.Context, payload []byte) (any, error) {
	var in events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, fmt.Errorf("read an HTTP request: %w", err)
	}
	req, err := request(ctx, in)
	if err != nil {
		return events.LambdaFunctionURLResponse{StatusCode: http.StatusBadRequest, Body: err.Error()}, nil
	}
	return i.fitting(response(i.serve(req)))
}

// fitting replaces an answer that Lambda would not carry: it would not only drop
// it, but end the process.
func (i *invoker) fitting(out events.LambdaFunctionURLResponse) (any, error) {
	text, err := json.Marshal(out)
	if err != nil || len(text) <= int(i.config.MaxAnswer) {
		return json.RawMessage(text), err
	}
	a := &answer{header: http.Header{}}
	http.Error(a, fmt.Sprintf("the answer is over %d bytes; ask for a smaller part", i.config.MaxAnswer), http.StatusInternalServerError)
	return response(a), nil
}

func request(ctx context.Context, in events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(in.Body)
	if in.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(in.Body); err != nil {
			return nil, fmt.Errorf("the body is not base64 although it is marked so: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, in.RequestContext.HTTP.Method, "/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.URL = target(in)
	req.RequestURI = req.URL.RequestURI()
	for name, value := range in.Headers {
		req.Header.Set(name, value)
	}
	if len(in.Cookies) > 0 {
		req.Header.Set("Cookie", strings.Join(in.Cookies, "; "))
	}
	req.Host = req.Header.Get("Host")
	req.Header.Del("Host")
	req.RemoteAddr = net.JoinHostPort(in.RequestContext.HTTP.SourceIP, "0")
	return req, nil
}

// target is what a request asks for. The stage of an API stands before its path,
// but the function knows nothing of stages. A path that was decoded on its way
// is taken as it stands.
func target(in events.APIGatewayV2HTTPRequest) *url.URL {
	path := in.RawPath
	if stage := in.RequestContext.Stage; stage != "" && stage != "$default" {
		if rest, found := strings.CutPrefix(path, "/"+stage); found && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	u := &url.URL{Path: "/" + strings.TrimPrefix(path, "/"), RawQuery: in.RawQueryString}
	if plain, err := url.PathUnescape(u.Path); err == nil {
		u.RawPath, u.Path = u.Path, plain
	}
	return u
}

func response(a *answer) events.LambdaFunctionURLResponse {
	out := events.LambdaFunctionURLResponse{StatusCode: max(a.status, http.StatusOK), Headers: map[string]string{}, Cookies: a.header.Values("Set-Cookie")}
	for name, values := range a.header {
		if name != "Set-Cookie" {
			out.Headers[name] = strings.Join(values, ",")
		}
	}
	if out.Headers["Content-Type"] == "" && a.body.Len() > 0 {
		out.Headers["Content-Type"] = http.DetectContentType(a.body.Bytes())
	}
	out.Body = a.body.String()
	if !utf8.Valid(a.body.Bytes()) {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(a.body.Bytes()), true
	}
	return out
}
