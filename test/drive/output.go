package drive

import (
	"bytes"
	"sync"
)

// Output is what a program prints; it can be read while that runs.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends what was printed.
func (o *Output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(text)
}

// String returns what was printed until now.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
