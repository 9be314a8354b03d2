package supervise

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// An address may go to another program once its instance has ended. A request that
// was on its way to the instance fails then: what the other one would answer,
// "refused for good" say, is not about this function's event.
func TestNobodyAnswersForAnInstanceThatHasEnded(t *testing.T) {
	spec := function(1, 1)
	in, err := start(spec, t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest(http.MethodGet, "http://word/pid", nil)
	res, err := in.do(req, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if _, err := net.Listen("tcp", in.socket.address()); err == nil {
		t.Fatal("another program can have the address of a running instance")
	}
	in.client.CloseIdleConnections()
	in.kill()
	<-in.ended

	var other net.Listener
	await(t, "the address is free", func() bool {
		other, err = net.Listen("tcp", in.socket.address())
		return err == nil
	})
	stranger := &httptest.Server{Listener: other, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, "I take uploads only")
	})}}
	stranger.Start()
	defer stranger.Close()
	if res, err := in.do(req, time.Second); err == nil {
		t.Errorf("a stranger answered: %s", res.Status)
	} else if !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("the error does not say how the instance ended: %v", err)
	}
}
