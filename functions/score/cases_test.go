package score

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"xietong.dev/events"
	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
)

// Each case: rules, then reports of one phone, a line each: what the probe says, and
// with "after" how long after the one before. What was decided stands in out.txt.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := begin(t)
			set := rules.Starter()
			if text := archive.Files[0].Data; strings.TrimSpace(string(text)) != "starter" {
				set = must(rules.Decode(text))
			}
			c.decideBy(set)
			got := c.tale(c.phone(report.SM), string(archive.Files[1].Data))
			if os.Getenv("WRITE_CASES") != "" {
				archive.Files[2].Data = []byte(got)
				os.WriteFile(file, txtar.Format(archive), 0o644)
			}
			if d := cmp.Diff(string(archive.Files[2].Data), got); d != "" {
				t.Errorf("%s (-want +got)\n%s", archive.Files[2].Name, d)
			}
		})
	}
}

// tale sends each line as an event, twice, and says what came of it.
func (c *city) tale(p *phone, lines string) string {
	c.Helper()
	var said strings.Builder
	for line := range strings.Lines(lines) {
		var b struct {
			report.Body
			After string `json:"after"`
		}
		if err := json.Unmarshal([]byte(line), &b); err != nil {
			c.Fatalf("%s: %v", line, err)
		}
		if b.After != "" {
			c.wait(must(time.ParseDuration(b.After)))
		}
		for _, e := range c.Twice(c.TB, p.told(b.Body)).Sent {
			said.WriteString(tell(c.TB, e))
		}
	}
	return said.String()
}

// told is the event in which an upstream app hands on the phone's next report.
func (p *phone) told(b report.Body) events.Event {
	var sealed events.SealedReport
	if err := json.Unmarshal(p.seal(p.header(), b), &sealed); err != nil {
		p.Fatal(err)
	}
	return p.event(events.DeviceReported{App: "oa", Sealed: sealed, Address: p.address, Received: events.Moment(p.Now())})
}

func tell(t testing.TB, e events.Event) string {
	switch e.Type() {
	case events.RiskDecided{}.EventType():
		d := must(events.Decode[events.RiskDecided](e))
		text := fmt.Sprintf("%s, score %d", d.Outcome, d.Score)
		if d.Limited != "" {
			text += ", " + d.Limited
		}
		if d.Late {
			text += ", late"
		}
		for _, r := range d.Reasons {
			text += "\n  " + r.Rule + " " + r.Zh
		}
		return text + "\n"
	case events.RiskAlertOpened{}.EventType():
		d := must(events.Decode[events.RiskAlertOpened](e))
		return fmt.Sprintf("alert: %s of a %s, %d\n", d.Rule, d.Entity.Kind, d.Count)
	}
	t.Errorf("an event of type %s", e.Type())
	return ""
}
