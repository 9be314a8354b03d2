package rules

// How CEL reads an input: each value is boxed once per input, not per rule.

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// binding is an input as a CEL activation.
type binding struct {
	places map[string]int // in the table, by name
	values []ref.Val
}

func bind(in *Input, places map[string]int) binding {
	b := binding{places, make([]ref.Val, len(variables))}
	for i, v := range variables {
		b.values[i] = boxed(v.field(in))
	}
	return b
}

// places is the table by name. A program makes it once.
func places() map[string]int {
	at := make(map[string]int, len(variables))
	for i, v := range variables {
		at[v.Name] = i
	}
	return at
}

// ResolveName gives a variable's value.
func (b binding) ResolveName(name string) (any, bool) {
	if at, has := b.places[name]; has {
		return b.values[at], true
	}
	return nil, false
}

// Parent is none: an input is whole.
func (binding) Parent() cel.Activation { return nil }

func boxed(field any) ref.Val {
	switch f := field.(type) {
	case *Strings:
		names := f.kept()
		return sortedList{types.NewStringList(types.DefaultTypeAdapter, names).(traits.Lister), names}
	case *string:
		return types.String(*f)
	case *int64:
		return types.Int(*f)
	case *bool:
		return types.Bool(*f)
	}
	panic("a field of a type that the table has not")
}

// sortedList is a CEL list that is sorted, so that in need not walk it.
type sortedList struct {
	traits.Lister
	names []string
}

// Contains looks a name up by halves.
func (n sortedList) Contains(value ref.Val) ref.Val {
	name, is := value.(types.String)
	if !is {
		return types.False
	}
	_, found := slices.BinarySearch(n.names, string(name))
	return types.Bool(found)
}
