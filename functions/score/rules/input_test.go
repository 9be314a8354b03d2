package rules_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/rules"
	"xietong.dev/shared/fault"
)

// The table and the struct name the same variables, in one order and of the same
// types, and each entry of the table reads its own field.
func TestVariablesAreTheFieldsOfInput(t *testing.T) {
	kinds := map[reflect.Type]rules.Type{
		reflect.TypeFor[rules.Strings](): rules.SetType, reflect.TypeFor[string](): rules.StringType,
		reflect.TypeFor[int64](): rules.IntType, reflect.TypeFor[bool](): rules.BoolType,
	}
	marked := map[rules.Type]struct {
		value any
		when  string
	}{
		rules.SetType:    {rules.NewStrings("mark"), " == ['mark']"},
		rules.StringType: {"mark", " == 'mark'"},
		rules.IntType:    {int64(7000), " == 7000"},
		rules.BoolType:   {true, ""},
	}
	table, fields := rules.Variables(), reflect.TypeFor[rules.Input]()
	if len(table) != fields.NumField() {
		t.Fatalf("the table has %d variables, the input %d fields", len(table), fields.NumField())
	}
	for i, v := range table {
		f := fields.Field(i)
		if v.Name != f.Tag.Get("json") || v.Type != kinds[f.Type] {
			t.Errorf("the table has %s %s, the input %s %s", v.Name, v.Type, f.Tag.Get("json"), kinds[f.Type])
			continue
		}
		var in rules.Input
		reflect.ValueOf(&in).Elem().Field(i).Set(reflect.ValueOf(marked[v.Type].value))
		p := compiled(t, rules.Set{Rules: []rules.Rule{rule("reads app 10", v.Name+marked[v.Type].when)}})
		if got := p.Decide(&in).Score; got != 10 {
			t.Errorf("%s does not read its field", v.Name)
		}
		if got := p.Decide(&rules.Input{}).Score; got != 0 {
			t.Errorf("%s hits on nothing", v.Name)
		}
	}
}

// An input survives being stored, and its sets are sorted on the way.
func TestInputAsJSON(t *testing.T) {
	in := rules.Input{Claimed: rules.Strings{"b", "a", "b"}, Model: "手机", Hour: 23, AddressShared: true}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), `{"claimed":["a","b"],`) || !strings.Contains(string(text), `"attested":[],`) {
		t.Errorf("got %s", text)
	}
	var back rules.Input
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	want := in
	want.Claimed, want.Attested, want.Derived, want.Lists = rules.NewStrings("a", "b"), nil, nil, nil
	if diff := cmp.Diff(want, back); diff != "" {
		t.Error(diff)
	}
}

// A set that was not made by NewStrings is asked right all the same.
func TestUnsortedSet(t *testing.T) {
	p := compiled(t, rules.Set{Rules: []rules.Rule{rule("a app 10", `'a' in claimed && 'z' in claimed && !('b' in claimed) && size(claimed) == 3`)}})
	if d := p.Decide(&rules.Input{Claimed: rules.Strings{"z", "m", "a", "z"}}); d.Score != 10 {
		t.Errorf("got %+v", d)
	}
}

func TestInputCheck(t *testing.T) {
	full := make(rules.Strings, rules.MaxEntries)
	long := strings.Repeat("x", rules.MaxText)
	for _, c := range []struct {
		in   rules.Input
		want string
	}{
		{rules.Input{Claimed: full, Model: long, Lists: rules.Strings{long}}, ""},
		{rules.Input{Attested: append(full, "x")}, "attested has 201 entries"},
		{rules.Input{Model: long + "x"}, "model has 201 bytes"},
		{rules.Input{Lists: rules.Strings{"", long + "x"}}, "an entry of lists has 201 bytes"},
	} {
		err := c.in.Check()
		if c.want == "" && err != nil || c.want != "" && (fault.Code(err) != "too_large" || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
