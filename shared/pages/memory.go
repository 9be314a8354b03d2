package pages

import (
	"context"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// withMemory gives instances their memory as one mapping of what they may have at
// most, of which the kernel makes real what is used. wazero's own is copied whenever
// it grows, and what it was before stays until Go's garbage collection: ten times as
// much for a page that takes all there is.
func withMemory(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		b, err := unix.Mmap(-1, 0, int(most), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
		if err != nil {
			return mapping(nil) // which fails to grow
		}
		return mapping(b)
	}))
}

// mapping is the memory of an instance.
type mapping []byte

// Reallocate is experimental.LinearMemory's; nil refuses.
func (m mapping) Reallocate(size uint64) []byte {
	if size > uint64(len(m)) {
		return nil
	}
	return m[:size]
}

// Free is experimental.LinearMemory's.
func (m mapping) Free() {
	if m != nil {
		unix.Munmap(m)
	}
}
