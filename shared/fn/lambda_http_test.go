package fn_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
)

func httpRequest(method, path, stage string) events.APIGatewayV2HTTPRequest {
	in := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: path, Headers: map[string]string{}}
	in.RequestContext.HTTP.Method, in.RequestContext.HTTP.SourceIP, in.RequestContext.Stage = method, "192.0.2.1", stage
	return in
}

func TestLambdaAnswersHTTP(t *testing.T) {
	l, samples := startOnLambda(t), awsSamples(t)
	encoded := httpRequest("PUT", "/my/path", "")
	encoded.Body, encoded.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte("会议")), true
	wrong := encoded
	wrong.Body = "?"
	asEvent := httpRequest("POST", "/", "$default")
	asEvent.Headers["content-type"] = "application/cloudevents+json"
	asEvent.Body = string(text(t, order("1", orders{})))
	wrongEvent := asEvent
	wrongEvent.Body = "{}"
	plain := map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
	echoed := map[string]string{"Content-Type": "text/plain; charset=utf-8", "Vary": "Accept,Cookie"}
	cookies := []string{"a=1", "b=2"}
	for name, c := range map[string]struct {
		payload []byte
		want    events.LambdaFunctionURLResponse
	}{
		"function URL": {sampleOf(t, samples, "lambda-urls-request.json"), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies,
			Body: `POST /my/path [value1 value2] "cookie1; cookie2" Hello from client!`}},
		"API Gateway":      {sampleOf(t, samples, "apigw-v2-request-iam.json"), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies, Body: "GET /my/path [value1 value2] \"cookie1; cookie2\" {\r\n\t\"a\": 1\r\n}"}},
		"base64":           {text(t, encoded), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies, Body: `PUT /my/path [] "" 会议`}},
		"wrong base64":     {text(t, wrong), events.LambdaFunctionURLResponse{StatusCode: 400, Body: "the body is not base64 although it is marked so: illegal base64 data at input byte 0"}},
		"stage":            {text(t, httpRequest("GET", "/test/a", "test")), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies, Body: `GET /a [] "" `}},
		"like a stage":     {text(t, httpRequest("GET", "/tests/a", "test")), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies, Body: `GET /tests/a [] "" `}},
		"coded path":       {text(t, httpRequest("GET", "/%E4%BC%9A/a%20b", "")), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies, Body: `GET /会/a b [] "" `}},
		"path that is not": {text(t, httpRequest("GET", "/会/100%", "")), events.LambdaFunctionURLResponse{StatusCode: 201, Headers: echoed, Cookies: cookies, Body: `GET /会/100% [] "" `}},
		"bytes":            {text(t, httpRequest("GET", "/picture", "")), events.LambdaFunctionURLResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "image/png"}, Body: "iVBORwD/", IsBase64Encoded: true}},
		"too much":         {text(t, httpRequest("GET", "/large", "")), events.LambdaFunctionURLResponse{StatusCode: 500, Headers: plain, Body: "the answer is over 6291456 bytes; ask for a smaller part\n"}},
		"panic":            {text(t, httpRequest("GET", "/panic", "")), events.LambdaFunctionURLResponse{StatusCode: 500, Headers: plain, Body: "try again\n"}},
		"probe":            {text(t, httpRequest("GET", "/health/ready", "")), events.LambdaFunctionURLResponse{StatusCode: 200, Headers: map[string]string{}}},
		"event":            {text(t, asEvent), events.LambdaFunctionURLResponse{StatusCode: 204, Headers: map[string]string{}}},
		"malformed event":  {text(t, wrongEvent), events.LambdaFunctionURLResponse{StatusCode: 400, Headers: plain}},
		"no such method":   {text(t, httpRequest("GET", "/", "")), events.LambdaFunctionURLResponse{StatusCode: 405, Headers: map[string]string{"Allow": "POST, OPTIONS", "Content-Type": plain["Content-Type"], "X-Content-Type-Options": "nosniff"}, Body: "send events with POST\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				result := l.invoke(t, c.payload)
				var got events.LambdaFunctionURLResponse
				if err := json.Unmarshal([]byte(result.Body), &got); err != nil {
					t.Fatalf("%+v %+v", result, result.Failure)
				}
				if c.want.Body == "" {
					got.Body = ""
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}
