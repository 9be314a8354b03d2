package text

// Which phrases a text has, told apart almost without error.

// XorFilter holds the phrases of a book's text: one of every four neighbouring
// characters of scripts without spaces, and of three with a word among them. It is the
// xor filter of Graf and Lemire (ACM JEA 25, 2020): a phrase is three bytes whose xor is
// its print. What it denies is not there, and one in 256 of what it does not know passes
// all the same. It takes 1.4 bytes a phrase of a long text.
//
// Books of common words have every three characters of a phrase somewhere: of 275 that
// passed for 60 phrases of 8 characters by their threes, 150 had them all, 19 had
// every four, and 13 held the phrase (measured). So this filter decides how many texts
// are read in vain.
//
// The three bytes lie in one page, so that the database reads one stretch for a phrase.
// Where there is one page alone, it is as long as need be. Books are indexed with it
// already: another choice is another filter.
type XorFilter []byte

const (
	// xorPage is what PostgreSQL reads at once of a value that it keeps beside its table
	// (TOAST_MAX_CHUNK_SIZE, by pages of 8 KiB), in bytes; the last one is not used.
	xorPage = 1996
	// perPage is how many phrases a page holds on the average, so that the fullest of a
	// long text's has no more than the 1,590 that can be placed.
	perPage = 1450
)

// Print is where a xor filter holds a phrase: the page is one of as many as there are,
// each byte in its own third of the page, modulo their number and length.
type Print struct {
	Page int64 // below 1<<32
	At   [3]int64
	Xor  int // of the three bytes
}

func printOf(phrase int32) Print {
	a := mix(uint64(uint32(phrase)))
	b := mix(a)
	return Print{int64(a >> 32), [3]int64{int64(b & 0xfffff), int64(b >> 20 & 0xfffff), int64(b >> 40 & 0xfffff)}, int(a & 0xff)}
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// newXorFilter makes the filter of phrases, each of which is there once.
func newXorFilter(phrases []int32) XorFilter {
	if len(phrases) == 0 {
		return XorFilter{}
	}
	for size := 3 * ((len(phrases)*123/100 + 32 + 2) / 3); size < xorPage; size += 3 {
		page, all := make([]byte, size), make([]Print, len(phrases))
		for i, p := range phrases {
			all[i] = printOf(p)
		}
		if place(page, all) {
			return page
		}
	}
	for pages := max(2, (len(phrases)+perPage-1)/perPage); ; pages++ {
		if f := paged(phrases, pages); f != nil {
			return f
		}
	}
}

// paged makes a filter of so many pages; nil where they cannot hold the phrases.
func paged(phrases []int32, pages int) XorFilter {
	all := make([][]Print, pages)
	for _, phrase := range phrases {
		p := printOf(phrase)
		at := p.Page % int64(pages)
		all[at] = append(all[at], p)
	}
	f := make(XorFilter, pages*xorPage)
	for i, prints := range all {
		if !place(f[i*xorPage:][:xorPage], prints) {
			return nil
		}
	}
	return f
}

// place writes prints into a page, and reports whether there is a way to. A byte that
// one print alone has a claim to is free to be what that print needs; so such prints
// are set aside until none is left, and written in the other order.
func place(page []byte, prints []Print) bool {
	third := len(page) / 3
	claims := make([]struct{ n, prints int }, 3*third) // prints: the xor of their indices
	var alone []int
	claim := func(i, by int) {
		for j := range 3 {
			at := prints[i].at(j, third)
			if claims[at].n, claims[at].prints = claims[at].n+by, claims[at].prints^i; claims[at].n == 1 {
				alone = append(alone, at)
			}
		}
	}
	for i := range prints {
		claim(i, 1)
	}
	var order [][2]int // a print, and the byte that is its own
	for len(alone) > 0 {
		at := alone[len(alone)-1]
		alone = alone[:len(alone)-1]
		if claims[at].n == 1 {
			order = append(order, [2]int{claims[at].prints, at})
			claim(claims[at].prints, -1)
		}
	}
	for k := len(order) - 1; k >= 0; k-- {
		p := prints[order[k][0]]
		page[order[k][1]] = byte(p.Xor) ^ byte(p.xor(page))
	}
	return len(order) == len(prints)
}

// at is the place of one of the three bytes in a page.
func (p Print) at(j, third int) int { return j*third + int(p.At[j])%third }

func (p Print) xor(page []byte) int {
	third := len(page) / 3
	return int(page[p.at(0, third)] ^ page[p.at(1, third)] ^ page[p.at(2, third)])
}

// Passes reports whether a text may hold what all prints are of. Without a filter it may.
func (f XorFilter) Passes(all []Print) bool {
	for _, p := range all {
		page := []byte(f)
		if len(f) >= xorPage {
			page = f[int(p.Page)%(len(f)/xorPage)*xorPage:][:xorPage]
		}
		if len(f) > 0 && p.xor(page) != p.Xor {
			return false
		}
	}
	return true
}
