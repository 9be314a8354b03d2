// Command bench measures the toolbox beside something that does the same work
// without it.
//
//	go run ./test/bench transcribe     error rate and time beside the bare engine, with 1, 2 and 4 workers
//	go run ./test/bench start          time to ready, time from zero, memory at rest
//	go run ./test/bench sizes          of each function: binaries, image, time to ready
//	go run ./test/bench convert        documents beside soffice, previews beside pdftoppm, text beside pdftotext
//	go run ./test/bench catalogue      books a second beside calibre, memory, and whether it slows down
//	go run ./test/bench batch          20,000 books of one list, while everything dies: every row of the report
//	go run ./test/bench library        books listed and searched by 1 to 300 readers
//	go run ./test/bench score          reports of probes decided: 200 a second, as many as go, from one hot address
//	go run ./test/bench live           the console's log of events in Chromium: on 100,000 stored, and at 500 a second
//	go run ./test/bench summarise      summaries beside the classical methods, topics, time and memory (--data)
//	go run ./test/bench throughput     events a second to a function and back, beside the bare transaction
//
// It prints a table and, last, one line of name=value figures. Run it at the
// root of the repository, on a machine that does nothing else; read the ratios
// rather than the seconds.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"xietong.dev/test/drive"
)

// bench is what every benchmark is given.
type bench struct {
	ctx     context.Context
	root    string
	program string // the runtime, built
	dir     string // scratch
	rounds  int
	library size
	score   time.Duration // of the open loop
	data    string        // a folder of meetings
	speech  int           // minutes of it
}

var benches = map[string]func(*bench) (figures, error){
	"transcribe": transcribe, "start": start, "sizes": sizes, "throughput": throughput,
	"convert": convert, "catalogue": catalogue, "batch": batch, "library": library, "score": score, "live": live, "summarise": summarise}

func main() {
	rounds := flag.Int("rounds", 3, "how often each measurement is taken; medians are shown")
	scoreFor := flag.Duration("score-for", time.Minute, "score: how long 200 reports a second are sent; every other lap is a quarter of it")
	data := flag.String("data", "", "summarise: the folder with qmsum-dev.jsonl and vcsum-dev.jsonl")
	speech := flag.Int("speech", 30, "transcribe: minutes of speech")
	var library size
	flag.IntVar(&library.records, "records", 200_000, "library: books without a text")
	flag.IntVar(&library.texts, "texts", 2_000, "library: books with one")
	flag.IntVar(&library.textBytes, "text-bytes", 300_000, "library: of each text")
	flag.Parse()
	word := flag.Arg(0)
	flag.CommandLine.Parse(flag.Args()[min(1, flag.NArg()):]) // flags may follow the word too
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if word == "" || flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "bench %s %s: want one benchmark, and flags\n", word, strings.Join(flag.Args(), " "))
		os.Exit(2)
	}
	if err := run(word, &bench{ctx: ctx, rounds: *rounds, library: library, score: *scoreFor, data: *data, speech: *speech}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(word string, b *bench) (err error) {
	measure, ok := benches[word]
	if !ok {
		return fmt.Errorf("no benchmark %q: want one of %s", word, strings.Join(slices.Sorted(maps.Keys(benches)), ", "))
	}
	if b.root, err = drive.Root(); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	os.Chmod(b.dir, 0o755)
	if b.program, err = drive.Build(b.ctx, b.root, b.dir); err != nil {
		return err
	}
	figures, err := measure(b)
	if err != nil {
		return err
	}
	fmt.Println(figures)
	return nil
}

// figures are the results of a benchmark, in order.
type figures []figure

type figure struct {
	name  string
	value float64
}

func (f figures) String() string {
	var all []string
	for _, x := range f {
		all = append(all, fmt.Sprintf("%s=%.3f", x.name, x.value))
	}
	return strings.Join(all, " ")
}

func median[T time.Duration | float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
