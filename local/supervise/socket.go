package supervise

import (
	"net"
	"os"
	"strconv"
)

// socket is where one instance listens. It is opened here and handed to the
// process (LISTEN_FDS, as systemd does), and stays open here until the process has
// ended. So no other process can come by the address in between, and answer what
// was meant for this one.
type socket struct {
	listener *net.TCPListener
	file     *os.File // what the process inherits
}

func openSocket() (*socket, error) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	file, err := listener.File()
	if err != nil {
		listener.Close()
		return nil, err
	}
	return &socket{listener, file}, nil
}

func (s *socket) at() *net.TCPAddr { return s.listener.Addr().(*net.TCPAddr) }

func (s *socket) address() string { return s.at().String() }

// env tells the process of its socket.
func (s *socket) env() []string {
	return []string{"LISTEN_FDS=1", "HOST=" + s.at().IP.String(), "PORT=" + strconv.Itoa(s.at().Port)}
}

// close gives the address up. What waits there for the instance is told so.
func (s *socket) close() {
	s.listener.Close()
	s.file.Close()
}
