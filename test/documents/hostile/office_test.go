package hostile

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"xietong.dev/test/documents/parts"
)

// unprotected runs LibreOffice as it is installed: with the network, and with
// every file that the tests may read.
func unprotected(t *testing.T, profile string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "soffice", append([]string{"-env:UserInstallation=file://" + profile, "--headless", "--norestore"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice %v: %v\n%s", args, err, out)
	}
}

// followed are references that LibreOffice as it is installed follows to a server.
var followed = []string{
	"reference of a text document: docx linked picture",
	"reference of OpenDocument: fodt linked picture",
	"reference of OpenDocument: odt linked picture",
	"reference of OpenDocument: fodp linked picture",
	"reference of OpenDocument: fods linked picture",
	"reference of slides: pptx linked picture",
	"reference of a page: html img",
	"reference of a page: html style sheet",
}

// shown are references by which LibreOffice shows a file of the machine.
var shown = []string{
	"reference of a text document: docx linked picture, of a file",
	"reference of OpenDocument: fodt linked picture, of a file",
	"reference of a page: html img, of a file",
}

// The references lead where they say they do: without any protection, the
// listener hears of them, and the canary is seen. So a test that finds neither
// has proved something.
func TestReferencesAreReal(t *testing.T) {
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	canary, err := NewCanary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	args := []string{"--convert-to", "pdf", "--outdir", out}
	pdfs := map[string]string{}
	for _, f := range filesOf(t, 1, l.Addr, canary.Dir) {
		if slices.Contains(followed, f.Kind) || slices.Contains(shown, f.Kind) {
			args = append(args, f.Path)
			pdfs[f.Kind] = filepath.Join(out, strings.TrimSuffix(filepath.Base(f.Path), filepath.Ext(f.Path))+".pdf")
		}
	}
	unprotected(t, t.TempDir(), args...)
	heard := strings.Join(l.Requests(), "\n") + "\n"
	for _, kind := range followed {
		if !strings.Contains(heard, "/"+Slug(kind)+"\n") && !strings.Contains(heard, "/"+Slug(kind)+".css\n") {
			t.Errorf("%s: the listener did not hear of it", kind)
		}
	}
	for _, kind := range shown {
		if !shows(t, canary, pdfs[kind]) {
			t.Errorf("%s: the canary is not seen", kind)
		}
	}
	t.Logf("%d connections: %q", l.Connections(), l.Requests())
}

// shows draws the first pages of a PDF and looks for the canary. LibreOffice
// begins pages of HTML with an empty one.
func shows(t *testing.T, canary Canary, pdf string) bool {
	t.Helper()
	for page := 1; page <= 2; page++ {
		drawn, err := exec.CommandContext(t.Context(), "pdftoppm", "-singlefile", "-f", fmt.Sprint(page), "-r", "50", "-png", pdf).Output()
		if err != nil || len(drawn) == 0 {
			return false // there is no such page
		}
		m, err := png.Decode(bytes.NewReader(drawn))
		if err != nil {
			t.Fatal(err)
		}
		if canary.Shows(m) {
			return true
		}
	}
	return false
}

func TestCanaryIsNotSeenEverywhere(t *testing.T) {
	canary, err := NewCanary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint32(40) {
		if canary.Shows(parts.Drawing(320, 200, seed)) {
			t.Errorf("picture %d of the corpus looks like the canary", seed)
		}
	}
}

// opener is a Basic program that opens documents in a way that LibreOffice's
// command line cannot, and writes them as PDF.
const opener = `<?xml version="1.0" encoding="UTF-8"?>
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">Sub Main
Dim inward(1) As New com.sun.star.beans.PropertyValue
inward(0).Name = &quot;Hidden&quot;
inward(0).Value = False
inward(1).Name = &quot;%s&quot;
inward(1).Value = %s
Dim outward(0) As New com.sun.star.beans.PropertyValue
outward(0).Name = &quot;FilterName&quot;
For Each f In Array(%s)
outward(0).Value = f(2)
d = StarDesktop.loadComponentFromURL(f(0), &quot;_blank&quot;, 0, inward())
If Not IsNull(d) Then
Wait 500
d.storeToURL(f(1), outward())
d.close(True)
End If
Next
StarDesktop.terminate()
End Sub</script:module>`

const modules = `<?xml version="1.0" encoding="UTF-8"?>
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="M"/></library:library>`

// open opens files with a property, and returns the path of each one's PDF.
func open(t *testing.T, property, value string, files []File) map[string]string {
	t.Helper()
	profile, out := t.TempDir(), t.TempDir()
	unprotected(t, profile, "--terminate_after_init") // which makes the profile
	pdfs := map[string]string{}
	var list []string
	for _, f := range files {
		filter := map[string]string{".xlsx": "calc_pdf_Export", ".ods": "calc_pdf_Export", ".pptx": "impress_pdf_Export"}[filepath.Ext(f.Path)]
		if filter == "" {
			filter = "writer_pdf_Export"
		}
		pdfs[f.Kind] = filepath.Join(out, filepath.Base(f.Path)+".pdf")
		list = append(list, fmt.Sprintf(`Array(&quot;file://%s&quot;, &quot;file://%s&quot;, &quot;%s&quot;)`, f.Path, pdfs[f.Kind], filter))
	}
	library := filepath.Join(profile, "user", "basic", "Standard")
	for name, text := range map[string]string{"M.xba": fmt.Sprintf(opener, property, value, strings.Join(list, ", ")), "script.xlb": modules} {
		if err := os.WriteFile(filepath.Join(library, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	unprotected(t, profile, "macro:///Standard.M.Main")
	return pdfs
}

// What is encrypted opens with its password, in real LibreOffice and poppler.
func TestEncryptedOpen(t *testing.T) {
	var sealed []File
	for _, f := range filesOf(t, 1, "127.0.0.1:9", "/canary") {
		switch f.Password {
		case "":
		case password:
			sealed = append(sealed, f)
		default:
			text, err := exec.CommandContext(t.Context(), "pdftotext", "-upw", f.Password, f.Path, "-").Output()
			if err != nil || !strings.Contains(string(text), "locked") {
				t.Errorf("%s: %v, the PDF says %q", f.Kind, err, text)
			}
		}
	}
	if len(sealed) != 6 {
		t.Errorf("%d files open with the password, want 6", len(sealed))
	}
	for kind, pdf := range open(t, "Password", "&quot;"+password+"&quot;", sealed) {
		text, err := exec.CommandContext(t.Context(), "pdftotext", pdf, "-").Output()
		if err != nil || len(bytes.TrimSpace(text)) == 0 {
			t.Errorf("%s does not open: %v", kind, err)
		}
	}
}

// The macros run where they may: LibreOffice that is told to run all of them
// (MacroExecutionMode 4) writes what they write.
func TestMacrosAreReal(t *testing.T) {
	canary := t.TempDir()
	files := slices.DeleteFunc(filesOf(t, 1, "127.0.0.1:9", canary), func(f File) bool { return f.Kind != "macro: fodt, Basic on opening" })
	open(t, "MacroExecutionMode", "4", files)
	if text, err := os.ReadFile(filepath.Join(canary, "basic.txt")); err != nil || !strings.HasPrefix(string(text), "ran") {
		t.Errorf("%s did not run: %v", files[0].Kind, err)
	}
}
