package office

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// listener notes who calls, and for what.
type listener struct {
	address string
	mu      sync.Mutex
	calls   int
	wanted  map[string]bool
}

func listen(t *testing.T) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	notes := &listener{address: l.Addr().String(), wanted: map[string]bool{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go notes.hear(c)
		}
	}()
	return notes
}

func (l *listener) hear(c net.Conn) {
	defer c.Close()
	l.mu.Lock()
	l.calls++
	l.mu.Unlock()
	if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		l.mu.Lock()
		l.wanted[r.URL.Path] = true
		l.mu.Unlock()
	}
}

// magenta is a picture that is nothing but one colour, which no document here has.
func magenta(t *testing.T) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := range 200 * 200 {
		picture.Set(i%200, i/200, color.RGBA{255, 0, 255, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return file(t, "canary.png", b.String())
}

const secret = "canary-in-a-text"

// attacks are documents that fetch things: from the address, or the files.
func attacks(t *testing.T, address, picture, text, ran string) map[string]string {
	remote, local := "http://"+address+"/", "file://"+picture
	drawn := `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="2000000" cy="2000000"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="rPic"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="2000000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`
	external := func(target string) string {
		return docx(t, paragraph("SimSun", "here")+drawn, `<Relationship Id="rPic" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="`+target+`" TargetMode="External"/>`)
	}
	framed := func(target string) string {
		return flat("text", `<office:body><office:text><text:p>here<draw:frame text:anchor-type="as-char" svg:width="5cm" svg:height="5cm"><draw:image xlink:href="`+target+`" xlink:type="simple"/></draw:frame></text:p></office:text></office:body>`)
	}
	return map[string]string{
		"docx-remote.docx": external(remote + "a.png"), "docx-local.docx": external(local),
		"fodt-remote.fodt": framed(remote + "b.png"), "fodt-local.fodt": framed(local),
		"html-remote.html": `<html><head><link rel="stylesheet" href="` + remote + `c.css"></head><body>here<img src="` + remote + `c.png"></body></html>`,
		"html-local.html":  `<html><body>here<img src="` + local + `"></body></html>`,
		"section.fodt":     flat("text", `<office:body><office:text><text:p>here</text:p><text:section text:name="S"><text:section-source xlink:href="file://`+text+`" text:filter-name="Text"/><text:p>old</text:p></text:section></office:text></office:body>`),
		"macro.fodt": flat("text", `<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries><ooo:library-embedded ooo:name="Standard"><ooo:module ooo:name="M"><ooo:source-code>Sub Main
ThisComponent.Text.String = "the macro ran"
Open "`+ran+`" For Output As #1
Close #1
End Sub</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners></office:scripts><office:body><office:text><text:p>here</text:p></office:text></office:body>`),
	}
}

// leaks are what of the outside shows in a PDF file.
func leaks(t *testing.T, pdf string) (found []string) {
	text := words(t, pdf)
	for _, bad := range []string{secret, "the macro ran"} {
		if strings.Contains(text, bad) {
			found = append(found, bad)
		}
	}
	// A PPM ends with three bytes for each point.
	points := []byte(output(t, "pdftoppm", "-r", "30", pdf))
	for i := len(points) - 3; i > len(points)%3+15; i -= 3 {
		if p := points[i : i+3]; p[0] > 200 && p[1] < 60 && p[2] > 200 {
			return append(found, "magenta")
		}
	}
	return found
}

func TestADocumentReachesNothing(t *testing.T) {
	p := open(t, nil)
	for name, way := range map[string]func(Job) error{
		"worker": func(j Job) error { return p.Convert(t.Context(), j) },
		"cold":   func(j Job) error { return p.cold(t.Context(), j) },
	} {
		l, ran := listen(t), filepath.Join(t.TempDir(), "ran")
		for attack, content := range attacks(t, l.address, magenta(t), file(t, "secret.txt", secret), ran) {
			j := job(t, attack, content)
			if err := way(j); err != nil {
				t.Errorf("%s, %s: %v", name, attack, err)
				continue
			}
			if got := words(t, j.Out); !strings.HasPrefix(got, "here") {
				t.Errorf("%s, %s: got %q", name, attack, got)
			}
			if found := leaks(t, j.Out); found != nil {
				t.Errorf("%s, %s: shows %s", name, attack, found)
			}
		}
		if l.calls != 0 {
			t.Errorf("%s: %d calls", name, l.calls)
		}
		if _, err := os.Stat(ran); !os.IsNotExist(err) {
			t.Errorf("%s: a macro ran: %v", name, err)
		}
	}
}

// The attacks must be real: LibreOffice as it is installed falls for them.
func TestTheAttacksWorkWithoutUs(t *testing.T) {
	l, dir := listen(t), t.TempDir()
	profile, ran := filepath.Join(dir, "profile"), filepath.Join(dir, "ran")
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o700); err != nil {
		t.Fatal(err)
	}
	careless := registry([]setting{{"/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "0"}})
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), careless, 0o600); err != nil {
		t.Fatal(err)
	}
	bare := func(arguments ...string) *exec.Cmd {
		return exec.Command(filepath.Join(config(t, nil).Program, "soffice.bin"), append([]string{"--headless", "--norestore", "-env:UserInstallation=" + fileURL(profile)}, arguments...)...)
	}
	t.Cleanup(func() { forget(profile) })
	bare("--terminate_after_init").Run() // the first start fills the profile and ends
	leaked := map[string][]string{}
	for name, content := range attacks(t, l.address, magenta(t), file(t, "secret.txt", secret), ran) {
		arguments := []string{"--convert-to", "pdf", "--outdir", dir, file(t, name, content)}
		if strings.HasSuffix(name, ".html") {
			arguments = append([]string{"--infilter=HTML (StarWriter)"}, arguments...)
		}
		if out, err := bare(arguments...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		leaked[name] = leaks(t, filepath.Join(dir, strings.TrimSuffix(name, filepath.Ext(name))+".pdf"))
	}
	if diff := cmp.Diff(map[string]bool{"/a.png": true, "/b.png": true, "/c.png": true, "/c.css": true}, l.wanted); diff != "" {
		t.Errorf("fetched: %s", diff)
	}
	for _, name := range []string{"fodt-local.fodt", "html-local.html"} {
		if !slices.Equal(leaked[name], []string{"magenta"}) {
			t.Errorf("%s shows %q", name, leaked[name])
		}
	}
	// While it converts, LibreOffice runs no macro; when it opens a document, it does.
	opened := bare(file(t, "macro.fodt", attacks(t, l.address, "", "", ran)["macro.fodt"]))
	if err := opened.Start(); err != nil {
		t.Fatal(err)
	}
	defer opened.Wait()
	defer opened.Process.Kill()
	eventually(t, func() bool { _, err := os.Stat(ran); return err == nil })
}

func eventually(t *testing.T, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not in thirty seconds")
		}
	}
}

// What an engine leaves in its directory is not trusted either.
func TestWhatAnEngineMayLeave(t *testing.T) {
	outside := file(t, "secret", secret)
	for name, c := range map[string]struct {
		leave func(path string) error
		want  string
	}{
		"a document":            {func(path string) error { return os.WriteFile(path, []byte("%PDF"), 0o600) }, ""},
		"nothing":               {func(string) error { return nil }, errNotMade.Error()},
		"an empty file":         {func(path string) error { return os.WriteFile(path, nil, 0o600) }, errNotMade.Error()},
		"a directory":           {func(path string) error { return os.Mkdir(path, 0o700) }, errNotMade.Error()},
		"a link to the outside": {func(path string) error { return os.Symlink(outside, path) }, errNotMade.Error()},
		"a pipe":                {func(path string) error { return exec.Command("mkfifo", path).Run() }, errNotMade.Error()},
		"too much":              {func(path string) error { return os.WriteFile(path, make([]byte, 101), 0o600) }, "a file of 101 bytes, OFFICE_FILE allows 100"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, to := t.TempDir(), filepath.Join(t.TempDir(), "out.pdf")
			work, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer work.Close()
			if err := c.leave(filepath.Join(dir, "out.pdf")); err != nil {
				t.Fatal(err)
			}
			err = deliver(work, "out.pdf", to, 100)
			if c.want == "" && err != nil || c.want != "" && !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if names, _ := os.ReadDir(filepath.Dir(to)); (len(names) == 1) != (err == nil) {
				t.Errorf("left %v", names)
			}
		})
	}
}
