package fn_test

import (
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"xietong.dev/shared/pg/pgtest"
)

// bequeathed is a socket as another program inherits it.
func bequeathed(t *testing.T) (address string, file *os.File) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	if file, err = listener.(*net.TCPListener).File(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return listener.Addr().String(), file
}

func TestServesTheSocketThatItInherits(t *testing.T) {
	address, file := bequeathed(t)
	p := prepare(t, "DATABASE_URL="+pgtest.URL(t, "obedient", tables), "LISTEN_FDS=1", "PORT=1")
	p.cmd.ExtraFiles = []*os.File{file}
	p.begin(t)
	if got, want := p.address(t), "http://"+address+"/"; got != want {
		t.Errorf("it listens on %s, want %s", got, want)
	}
	res, err := http.Get(p.address(t) + "health/ready")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("answered %s", res.Status)
	}
}

func TestASocketOfAnotherProcessIsLeftAlone(t *testing.T) {
	address, file := bequeathed(t)
	p := prepare(t, "DATABASE_URL="+pgtest.URL(t, "obedient", tables), "LISTEN_FDS=1", "LISTEN_PID=1")
	p.cmd.ExtraFiles = []*os.File{file}
	p.begin(t)
	if got := p.address(t); strings.Contains(got, address) {
		t.Errorf("it took %s, which is for process 1", got)
	}
}

func TestAnInheritanceThatIsNoSocketIsRefused(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for count, want := range map[string]string{"1": "descriptor 3 is no socket that listens", "2": "there are 2 sockets: want one", "some": "there are some sockets"} {
		p := prepare(t, "LISTEN_FDS="+count)
		p.cmd.ExtraFiles = []*os.File{null}
		p.begin(t)
		p.cmd.Wait()
		if code, said := p.cmd.ProcessState.ExitCode(), p.logs.String(); code != 1 || !strings.Contains(said, want) {
			t.Errorf("LISTEN_FDS=%s: exit %d, %s; want %q", count, code, said, want)
		}
	}
}
