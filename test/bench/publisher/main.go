// Command publisher publishes events and takes their replies, as a service
// beside others.
//
//	in   GET /publisher/run?publishers=16&type=…&warm=1s&for=3s
//	     the replies, at POST /
//	out  events to K_SINK; to the caller how many came back, and how fast
//
// Each publisher sends an event, waits for its reply, and sends the next. An
// event's time is that from before it is posted until its reply arrives here.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	p := &publishers{sink: os.Getenv("K_SINK"), client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	http.HandleFunc("GET /health/ready", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("GET /publisher/run", p.serve)
	http.HandleFunc("POST /{$}", p.arrived)
	fmt.Fprintln(os.Stderr, http.ListenAndServe(net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")), nil))
	os.Exit(1)
}

func (p *publishers) serve(w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	n, err := strconv.Atoi(query.Get("publishers"))
	warm, err2 := time.ParseDuration(query.Get("warm"))
	measured, err3 := time.ParseDuration(query.Get("for"))
	if err != nil || err2 != nil || err3 != nil || query.Get("type") == "" {
		http.Error(w, "want publishers, type, warm and for", http.StatusBadRequest)
		return
	}
	result, err := p.run(n, query.Get("type"), warm, measured)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(result)
}
