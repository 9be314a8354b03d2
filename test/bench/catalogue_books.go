package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"xietong.dev/functions/catalogue/booktest"
)

// shelfBooks is how many books a round catalogues.
const shelfBooks = 300

// shelf writes a library's books: EPUB 2 and 3 in turn, two in three of them Chinese,
// each with 227 kB of text and about 1 MB in all. Every third has a cover of 1.9
// megapixels, the others a small one and a large picture within.
func (b *bench) shelf() (paths []string, err error) {
	dir := filepath.Join(b.dir, "books")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	var pictures, covers [8][]byte
	for i := range pictures {
		pictures[i], covers[i] = booktest.JPEG(1200, 1600, i), booktest.JPEG(300, 400, i)
	}
	var working sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	failed := make(chan error, shelfBooks)
	for n := range shelfBooks {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("%03d.epub", n)))
		places <- struct{}{}
		working.Go(func() {
			defer func() { <-places }()
			failed <- os.WriteFile(paths[n], shelfBook(n, pictures[n%8], covers[n%8]), 0o644)
		})
	}
	working.Wait()
	for range shelfBooks {
		if err := <-failed; err != nil {
			return nil, err
		}
	}
	return paths, nil
}

func shelfBook(n int, large, small []byte) []byte {
	picture, cover := large, small
	if n%3 == 0 {
		picture, cover = nil, large
	}
	make := booktest.EPUB3
	if n%2 == 1 {
		make = booktest.EPUB2
	}
	packed := make(booktest.Sized(n, 28, 8100, cover))
	if picture == nil {
		return packed
	}
	return booktest.Zip(append(booktest.Unzip(packed), booktest.File{Name: "OEBPS/images/1.jpg", Body: picture, Stored: true})...)
}

// marked is a zip file with a comment, so that it is another file with the same in
// it: one that was read before would not be read again.
func marked(packed []byte, comment string) []byte {
	at := len(packed) - 2 // of the comment's length, which is none
	out := binary.LittleEndian.AppendUint16(packed[:at:at], uint16(len(comment)))
	return append(out, comment...)
}

// largeEPUB is a book of so many pictures.
func largeEPUB(pictures int, picture []byte) []byte {
	files := booktest.Unzip(booktest.EPUB3(booktest.Sample(1)))
	for i := range pictures {
		files = append(files, booktest.File{Name: fmt.Sprintf("OEBPS/images/%d.jpg", i), Body: picture, Stored: true})
	}
	return booktest.Zip(files...)
}
