package office

import (
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"

	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
)

// cold converts a document by starting LibreOffice for it.
func (p *Pool) cold(ctx context.Context, j Job) error {
	if j.Password != "" {
		return fault.Refusef(CodeEncrypted, "this installation cannot open encrypted documents: upload it without a password")
	}
	target, err := coldTarget(j)
	if err != nil {
		return err
	}
	dir, err := p.workplace()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	work, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer work.Close()
	source := j.fileName()
	if err := place(j.In, work, source); err != nil {
		return err
	}
	arguments := append(coldSource(j), "--convert-to", target, "--outdir", filepath.Join(dir, made), filepath.Join(dir, source))
	if err := p.run(ctx, dir, filepath.Join(dir, "profile"), arguments...); err != nil {
		return verdict(err)
	}
	result := strings.TrimSuffix(source, "."+j.From) + "." + j.Filter
	err = deliver(work, filepath.Join(made, result), j.Out, int64(p.config.File))
	if errors.Is(err, errNotMade) {
		// It ends with status 0 all the same.
		return refusal(answer{Code: CodeUnreadable, Text: err.Error()})
	}
	return err
}

// families are the parts of LibreOffice that open documents, by extension. The
// rest is Writer's.
var families = map[string]string{
	"xls": "calc", "xlsx": "calc", "xlsm": "calc", "xlsb": "calc", "ods": "calc", "fods": "calc", "csv": "calc", "et": "calc",
	"ppt": "impress", "pptx": "impress", "pptm": "impress", "pps": "impress", "ppsx": "impress", "odp": "impress", "fodp": "impress", "dps": "impress",
	"odg": "draw", "fodg": "draw",
}

// coldSource names the filter to load with, where LibreOffice's own choice is no
// good: of a page of the web it prints nothing.
func coldSource(j Job) []string {
	switch j.From {
	case "csv":
		return []string{"--infilter=Text - txt - csv (StarCalc):" + j.load()}
	case "html", "htm":
		return []string{"--infilter=HTML (StarWriter)"}
	}
	return nil
}

// coldTarget is what follows --convert-to. Options need the filter's full name,
// which the kit finds by itself; here the two that have options are known.
func coldTarget(j Job) (string, error) {
	if j.Options == "" {
		return j.Filter, nil
	}
	switch j.Filter {
	case "pdf":
		family := families[j.From]
		if family == "" {
			family = "writer"
		}
		return "pdf:" + family + "_pdf_Export:" + j.Options, nil
	case "csv":
		return "csv:Text - txt - csv (StarCalc):" + j.Options, nil
	}
	return "", fmt.Errorf("options for %s work with LibreOfficeKit only", j.Filter)
}

// restart is how LibreOffice ends that wants to be started again: it has just
// filled a new profile.
const restart = 81

// run starts LibreOffice itself, not the script or the splash screen that start
// it: those outlive it when it hangs.
func (p *Pool) run(ctx context.Context, dir, profile string, arguments ...string) error {
	c := p.fenced(child.Cmd{
		Path: filepath.Join(p.config.Program, "soffice.bin"),
		Args: append([]string{"--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "-env:UserInstallation=" + fileURL(profile)}, arguments...),
	}, dir)
	if profile == filepath.Join(p.dir, "profile") {
		c.Files.Write = append(c.Files.Write, profile, filepath.Join(p.dir, "fonts")) // the first run fills them
	}
	c.Files.Sockets = []string{meetingPlace}
	for range 2 {
		m := meter{limits: p.config.Limits}
		m.start(time.Now())
		c.Watch = m.watch
		_, err := child.Run(ctx, c)
		forget(profile)
		var exit *child.ExitError
		if !errors.As(err, &exit) || exit.Code != restart {
			return err
		}
	}
	return errors.New("LibreOffice wants to be started again and again")
}

// meetingPlace is where LibreOffice makes a socket by which a second one with
// the same profile would find it. It ends where it cannot.
const meetingPlace = "/tmp"

// forget removes the socket, whose name tells the profile.
func forget(profile string) {
	left, _ := filepath.Glob(filepath.Join(meetingPlace, "OSL_PIPE_*SingleOfficeIPC_"+socketName(profile)))
	for _, path := range left {
		os.Remove(path)
	}
}

// socketName is LibreOffice's hash of a profile's address.
func socketName(profile string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(fileURL(profile))) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	var name strings.Builder
	for _, octet := range md5.Sum(b) {
		fmt.Fprintf(&name, "%x", octet)
	}
	return name.String()
}
