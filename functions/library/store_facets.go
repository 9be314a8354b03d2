package library

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xietong.dev/shared/clc"
	"xietong.dev/shared/pg"
)

// MaxCounted is how many books of a list are counted by what they are.
const MaxCounted = 50_000

// Facets counts the books of a list by what it can be narrowed to. Words in texts
// count by their keys, so that a few books may be counted that do not hold them.
type Facets struct {
	Counted int  `json:"counted"` // books
	More    bool `json:"more"`    // there are more than were counted
	// The commonest values of each, most common first. Classes are those right below
	// the one that the list is narrowed to, all of them, in the order of the 中图法.
	Classes    []Count `json:"classes"`
	Languages  []Count `json:"languages"`
	Formats    []Count `json:"formats"`
	Years      []Count `json:"years"`
	Authors    []Count `json:"authors"`
	Subjects   []Count `json:"subjects"`
	Publishers []Count `json:"publishers"`
}

// Count is how many books have a value.
type Count struct {
	Value string `json:"value"`
	Books int    `json:"books"`
}

// facet is how the values of one are read from the books that are counted.
type facet struct {
	values string
	into   *[]Count
}

func (f *Facets) all() []facet {
	return []facet{
		{fmt.Sprintf(`left(clc, %d)`, classNames), &f.Classes}, {`language`, &f.Languages}, {`format`, &f.Formats}, {`nullif(year, 0)::text`, &f.Years},
		{`unnest(authors)`, &f.Authors}, {`unnest(subjects)`, &f.Subjects}, {`publisher`, &f.Publishers},
	}
}

// Facets counts the books of a list, whatever its order and page. Those of a long list
// may be as old as [Counts] keeps them.
func (s *Shelf) Facets(ctx context.Context, q Query, values int) (Facets, error) {
	a, err := q.check()
	if err != nil || a.empty() {
		return Facets{}, err
	}
	return s.Counts.of(listing{q.Words, q.Field, q.Filter, values}, func() (Facets, error) { return s.count(ctx, a, values) })
}

func (s *Shelf) count(ctx context.Context, a asked, values int) (Facets, error) {
	var f Facets
	c := s.listed(a)
	counted := `WITH counted AS MATERIALIZED (SELECT clc, language, format, year, authors, subjects, publisher FROM edition WHERE ` + c.String() + ` LIMIT ` + c.arg(MaxCounted+1) + `)
		SELECT 0, '', count(*) FROM counted`
	limit := map[bool]string{false: c.arg(values), true: `ALL`}
	for i, one := range f.all() {
		counted += fmt.Sprintf(` UNION ALL (SELECT %d, v, count(*) FROM (SELECT %s AS v FROM counted) AS x WHERE v <> '' GROUP BY v ORDER BY count(*) DESC, v LIMIT %s)`, i+1, one.values, limit[one.into == &f.Classes])
	}
	err := s.tuned(ctx, func(tx pg.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL work_mem = '16MB'`); err != nil { // what is read once and counted seven times stays out of files
			return err
		}
		rows, err := tx.Query(ctx, counted, c.args...)
		_, err = each(rows, err, f.scan)
		return err
	})
	f.Classes = below(a.Filter.Class, f.Classes)
	f.More, f.Counted = f.Counted > MaxCounted, min(f.Counted, MaxCounted)
	return f, failed("count by what they are the books of", fmt.Sprintf("%q", a.Words), err)
}

// classNames is how many characters of a class tell which of the named ones it is in.
const classNames = 3

// below adds up what falls into each of the named classes right below a class.
func below(class string, counts []Count) []Count {
	within := clc.Main()
	if class != "" {
		within = clc.Children(class)
	}
	var all []Count
	for _, c := range within {
		n := 0
		for _, one := range counts {
			if strings.HasPrefix(one.Value, c.Mark) {
				n += one.Books
			}
		}
		if n > 0 {
			all = append(all, Count{c.Mark, n})
		}
	}
	return all
}

func (f *Facets) scan(row pg.Row) (struct{}, error) {
	var which int
	var c Count
	err := row.Scan(&which, &c.Value, &c.Books)
	if which == 0 {
		f.Counted = c.Books
	} else {
		into := f.all()[which-1].into
		*into = append(*into, c)
	}
	return struct{}{}, err
}

// listed wants what is in a list, on any page of it.
func (s *Shelf) listed(a asked) *condition {
	c := &condition{parts: []string{`NOT withdrawn`}}
	c.pass(a.Filter)
	var ways []string
	if a.Field != FullText {
		own := &condition{args: c.args}
		own.hold(a)
		if c.args = own.args; len(own.parts) > 0 {
			ways = append(ways, `SELECT book FROM edition WHERE NOT withdrawn AND `+own.String())
		}
	}
	if grams := a.words.Grams(); a.inTexts() && len(grams) > 0 {
		ways = append(ways, `SELECT book FROM book_grams AS filtered WHERE grams @> `+c.arg(slices.Concat(grams, a.Filter.keys()))+` AND `+c.phrases(a))
	}
	if len(ways) > 0 {
		c.and(`book IN (%s)`, strings.Join(ways, ` UNION `))
	} else if len(a.words.Words) > 0 {
		c.and(`false`)
	}
	return c
}
