package score

// A bounded memory of what is asked for again and again.

import "sync"

// cache keeps at most so many values; where it is full, any one makes room.
type cache[K comparable, V any] struct {
	most int
	mu   sync.Mutex
	kept map[K]V
}

func (c *cache[K, V]) get(k K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, there := c.kept[k]
	return v, there
}

func (c *cache[K, V]) put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[K]V{}
	}
	for old := range c.kept {
		if len(c.kept) < c.most {
			break
		}
		delete(c.kept, old)
	}
	c.kept[k] = v
}
