// Package readme runs the README: every command in a block that is marked sh,
// in one shell, in order, as its reader does.
package readme

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/test/drive"
)

var block = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

func blocks(t *testing.T, root, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range block.FindAllSubmatch(text, -1) {
		all = append(all, string(m[1]))
	}
	return all
}

func TestBothLanguagesHaveTheSameCommands(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(blocks(t, root, "README.md"), blocks(t, root, "README.zh-CN.md")); diff != "" {
		t.Errorf("README.md and README.zh-CN.md (-en +zh)\n%s", diff)
	}
}

// serves is the block that goes on until it is stopped; the blocks after it are
// "in another terminal".
const serves = "go run ./local\n"

// stop ends what serves, as Ctrl-C would, however the commands end.
const stop = `
stop() {
  pid=$(grep -o '"pid": [0-9]*' "$TOOLBOX_STATE/running.json" | cut -d' ' -f2)
  kill -INT "$pid"
  wait
}
trap stop EXIT
`

func TestEveryCommandWorks(t *testing.T) {
	root, err := drive.Root()
	if err != nil {
		t.Fatal(err)
	}
	all := blocks(t, root, "README.md")
	if len(all) < 5 {
		t.Fatalf("the README has %d blocks of commands; were they marked otherwise?", len(all))
	}
	var script bytes.Buffer
	script.WriteString("set -euo pipefail\n" + stop)
	for _, text := range all {
		if text == serves {
			// As in a terminal of its own, and stopped in the end.
			text = "go run ./local > \"$TOOLBOX_STATE/served\" 2>&1 &\nuntil go run ./local env > /dev/null 2>&1; do sleep 0.2; done\n"
		}
		fmt.Fprintf(&script, "cat <<'COMMANDS'\n$ %sCOMMANDS\n%s", text, text)
	}
	output, err := shell(t, root, script.String())
	t.Logf("%s", output)
	if err != nil {
		t.Fatalf("a command of the README failed: %v", err)
	}
	for _, sign := range []string{"all 5 samples completed", "pages/1.png", `"title":"Weekly meeting"`, "# Weekly meeting", "dev.xietong.recording.summarised.v1", "not_media", `"outcome":"block"`, "1 dead letters redriven", "loong64",
		"image xietong/summarise:v1", "xietong/summarise:v2-openfaas", "AWS::Serverless::Function"} {
		if !strings.Contains(output, sign) {
			t.Errorf("nothing that the README's commands print contains %q", sign)
		}
	}
}

func shell(t *testing.T, root, script string) (string, error) {
	state, err := os.MkdirTemp("", "readme")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(state) })
	os.Chmod(state, 0o755)
	ctx, cancel := context.WithTimeout(context.Background(), 9*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "TOOLBOX_STATE="+filepath.Join(state, "state"), "TOOLBOX_PORT=0", "LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8")
	text, err := cmd.CombinedOutput()
	return string(text), err
}
