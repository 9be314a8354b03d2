// Command train learns the engine's weights from minutes that people wrote.
//
//	go run ./cmd/train --data DIR --out extractive/weights.go
//
// DIR holds qmsum-train.jsonl, and nothing else is read: what is measured on
// (cmd/measure) is never learnt from. The same meetings give the same weights.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	data := flag.String("data", "", "the folder with qmsum-train.jsonl")
	out := flag.String("out", "", "the file to write, in package extractive")
	flag.Parse()
	if err := run(*data, *out, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}
