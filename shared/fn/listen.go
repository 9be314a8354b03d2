package fn

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
)

// firstSocket is the descriptor of the first socket that a process inherits
// (sd_listen_fds(3) of systemd).
const firstSocket = 3

// inherited returns the socket that whoever started this process has opened for
// it (LISTEN_FDS), and nil where there is none. LISTEN_PID, where it is set, says
// whose socket it is: a process that came by both names by chance leaves it alone.
func inherited(getenv func(string) string) (net.Listener, error) {
	count := getenv("LISTEN_FDS")
	if count == "" || count == "0" {
		return nil, nil
	}
	if owner := getenv("LISTEN_PID"); owner != "" && owner != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	if count != "1" {
		return nil, fmt.Errorf("environment variable LISTEN_FDS: there are %s sockets: want one", count)
	}
	syscall.CloseOnExec(firstSocket) // no program that we start shall have it
	file := os.NewFile(firstSocket, "LISTEN_FDS")
	defer file.Close()
	listener, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("environment variable LISTEN_FDS: descriptor %d is no socket that listens: %w", firstSocket, err)
	}
	return listener, nil
}

// listen opens HOST and PORT.
func listen(c Config) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	if err != nil {
		return nil, fmt.Errorf("environment variable PORT: %w", err)
	}
	return listener, nil
}
