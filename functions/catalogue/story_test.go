package catalogue

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
)

// Each file in testdata/story is what happens to the books of one source, step by
// step, and what is said of it. Steps are
//
//	upload ID VERSION TEXT     a book of that text arrives
//	file NAME TEXT             one is put beside the lists, for a row to name it
//	delta, snapshot            a list arrives; its rows are the indented lines, as
//	                           OP ID VERSION [object=… title=… copies=…], or JSON
//	cut                        the last list again, cut off in its last row
//	approve                    the last list
//
// Every event is delivered twice.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/story/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			tale, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := &play{bench: start(t, "APPROVE_WITHDRAWALS=2")}
			got := p.steps(string(tale.Files[0].Data))
			if *update {
				tale.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(tale), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(tale.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// play is a story as it is told.
type play struct {
	*bench
	last  string // list
	batch string
}

func (p *play) steps(text string) (told string) {
	var step string
	var rows []string
	flush := func() {
		if step != "" {
			told += step + "\n" + p.step(strings.Fields(step), rows)
		}
		step, rows = "", nil
	}
	for line := range strings.Lines(text) {
		if row, indented := strings.CutPrefix(strings.TrimRight(line, "\n"), "  "); indented {
			rows = append(rows, rowOf(row))
			continue
		}
		flush()
		step = strings.TrimSpace(line)
	}
	flush()
	return told
}

func (p *play) step(words, rows []string) string {
	switch words[0] {
	case "upload":
		version, _ := strconv.ParseInt(words[2], 10, 64)
		return p.tell(p.run(p.uploaded(words[1], version, "a.txt", story(words[3]))))
	case "file":
		p.put(source+"/batches/"+words[1], story(words[2]))
		return ""
	case "approve":
		return p.tell(p.run(p.event(events.BatchApproved{Batch: p.batch, By: "li"})))
	case "cut":
		p.last = p.last[:len(p.last)-5]
	default:
		p.last = list(words[0], rows...)
	}
	e := p.listed("a.batch.jsonl", p.last)
	p.batch = e.Subject()
	answer := p.Twice(p, e)
	if answer.Status >= 300 {
		return "  " + strings.TrimSpace(answer.Body) + "\n"
	}
	e.SetID("again-" + e.ID()) // the batch is known, and its planning does not begin anew
	p.run(e)
	var all []events.Event
	for _, e := range answer.Sent {
		all = append(all, e)
		if e.Type() != (events.BatchPlanned{}).EventType() {
			all = append(all, p.run(e)...)
		}
	}
	return p.tell(all)
}

func rowOf(line string) string {
	if strings.HasPrefix(line, "{") {
		return line
	}
	words := strings.Fields(line)
	row := fmt.Sprintf(`{"op":%q,"source_id":%q,"version":%s`, words[0], words[1], words[2])
	for _, word := range words[3:] {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "title":
			row += fmt.Sprintf(`,"metadata":{"title":%q}`, value)
		case "copies":
			row += `,"licence":{"copies":` + value + `}`
		default:
			row += fmt.Sprintf(`,%q:%q`, name, value)
		}
	}
	return row + "}"
}

// tell is what events say.
func (p *play) tell(all []events.Event) (told string) {
	p.Helper()
	for _, e := range all {
		switch e.Type() {
		case events.BookCatalogued{}.EventType():
			d := only[events.BookCatalogued](p.bench, []events.Event{e})
			told += fmt.Sprintf("  catalogued %s %d: %s, %d letters", d.Origin.ID, d.Origin.Version, d.Metadata.Title, d.Letters)
			if d.Licence != nil {
				told += fmt.Sprintf(", %d copies", d.Licence.Copies)
			}
			told += "\n"
		case events.BookWithdrawn{}.EventType():
			d := only[events.BookWithdrawn](p.bench, []events.Event{e})
			told += fmt.Sprintf("  withdrawn %s %d: %s\n", d.Origin.ID, d.Origin.Version, d.Reason)
		case events.BookRestored{}.EventType():
			d := only[events.BookRestored](p.bench, []events.Event{e})
			told += fmt.Sprintf("  restored %s %d\n", d.Origin.ID, d.Origin.Version)
		case events.BookRefused{}.EventType():
			d := only[events.BookRefused](p.bench, []events.Event{e})
			told += fmt.Sprintf("  refused: %s\n", d.Code)
		case events.BatchPlanned{}.EventType():
			d := only[events.BatchPlanned](p.bench, []events.Event{e})
			told += fmt.Sprintf("  planned: %s", counted(d.Counts))
			if d.NeedsApproval {
				told += ", needs an approval"
			}
			told += strings.TrimSuffix("; "+d.Why, "; ") + "\n"
		case events.BatchCompleted{}.EventType():
			told += p.completed(only[events.BatchCompleted](p.bench, []events.Event{e}))
		}
	}
	return told
}

func (p *play) completed(d events.BatchCompleted) string {
	told := fmt.Sprintf("  completed: %s\n", counted(d.Counts))
	for _, l := range p.report(d) {
		told += strings.TrimRight(fmt.Sprintf("    %d %s %s %s", l.Row, l.SourceID, l.Result, l.Code), " ") + "\n"
	}
	return told
}

func counted(c events.RowCount) string {
	var all []string
	for _, one := range []struct {
		n    int
		word string
	}{{c.Catalogue, "catalogue"}, {c.Unchanged, "unchanged"}, {c.Older, "older"}, {c.Withdraw, "withdraw"}, {c.Restore, "restore"}, {c.Refused, "refused"}} {
		if one.n > 0 {
			all = append(all, fmt.Sprint(one.n, " ", one.word))
		}
	}
	return strings.Join(append([]string{fmt.Sprint(c.Rows, " rows")}, all...), ", ")
}
