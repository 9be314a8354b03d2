package book

import "xietong.dev/events"

// tree builds a table of contents from lines with their levels, from 0. A level
// that is skipped is taken for the next.
type tree struct {
	limit  int // lines; one more is kept, so that it shows
	levels int
	root   []events.BookHeading
	path   []*[]events.BookHeading
	deep   []int
	count  int
}

func (t *tree) add(h events.BookHeading, level int) {
	if t.count++; t.count > t.limit+1 {
		return
	}
	for n := len(t.deep); n > 0 && (t.deep[n-1] >= level || n >= t.levels); n = len(t.deep) {
		t.deep, t.path = t.deep[:n-1], t.path[:n-1]
	}
	list := &t.root
	if len(t.path) > 0 {
		list = t.path[len(t.path)-1]
	}
	*list = append(*list, h)
	t.deep = append(t.deep, level)
	t.path = append(t.path, &(*list)[len(*list)-1].Children)
}
