// Command measure says how good the engine's summaries and topics are beside
// those of people and of the classical methods.
//
//	go run ./cmd/measure --data DIR
//
// DIR holds qmsum-dev.jsonl and vcsum-dev.jsonl, which the engine did not learn
// from. All choose from the same sentences, for the same length. Last comes one
// line of name=value figures.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	data := flag.String("data", "", "the folder with qmsum-dev.jsonl and vcsum-dev.jsonl")
	show := flag.Int("show", 0, "also print so many summaries of each kind, for reading")
	rounds := flag.Int("rounds", 3, "how often the summary of two hours is made; the median is shown")
	flag.Parse()
	if err := measure(*data, *show, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}
