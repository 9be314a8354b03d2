package console

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"xietong.dev/events"
)

// forms reads the contract's sources: what it says of values that are wrong.
func forms(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../../events/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			called, _ := call.Fun.(*ast.Ident)
			before, at := map[string]string{"matches": "is %q, want "}, map[string]int{"wrong": 1, "matches": 3}
			if called == nil || at[called.Name] == 0 {
				return true
			}
			if text, is := call.Args[at[called.Name]].(*ast.BasicLit); is {
				said, _ := strconv.Unquote(text.Value)
				all = append(all, before[called.Name]+said)
			}
			return true
		})
	}
	return all
}

// Whatever the contract says of a value has its words, and none is left of before.
func TestWhatIsWrongHasItsWords(t *testing.T) {
	known := map[string]bool{}
	for _, form := range forms(t) {
		known[form] = true
		if words := wrongWords[form]; words.Zh == "" || words.En != form {
			t.Errorf("%q has no words: %+v", form, words)
		}
	}
	if len(known) < 30 {
		t.Fatalf("only %d forms were found", len(known))
	}
	for _, kind := range []string{"an object", "a list", "a string", "a boolean", "null", "a number"} {
		known[kind] = true
	}
	for form := range wrongWords {
		if !known[form] {
			t.Errorf("nothing says %q", form)
		}
	}
}

func TestWhatIsWrongIsSaidInTheReadersLanguage(t *testing.T) {
	for data, want := range map[string][2]string{
		`{"document":"6f1c9c1e"}`: {"缺少这一项", "is missing"},
		`{"document":7}`:          {"是数，应为文本", "is a number, want a string"},
		`[]`:                      {"是列表，应为对象", "is a list, want an object"},
		`{"document":"文","upload":"b27d5f2e","object":{"bucket":"documents","key":"a","size":1},"name":"a","media_type":"application/zip"}`: {`是 "文"，应为 8 到 64 个字符：a-z、0-9 和 -`, `is "文", want 8 to 64 of a-z, 0-9 and -`},
		`{"document":}`: {"从第 13 字节起不是 JSON：invalid character '}' looking for beginning of value", "is not JSON at byte 13: invalid character '}' looking for beginning of value"},
	} {
		_, err := composed(events.DocumentUploaded{}.EventType(), "", "张海", []byte(data))
		_, form, args := events.WrongField(err.(wrongData).error)
		if got := [2]string{wrongText("zh", form, args), wrongText("en", form, args)}; got != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	}
	if got := wrongText("zh", "%s", []any{fmt.Errorf("datacontenttype is wrong")}); got != "datacontenttype is wrong" {
		t.Errorf("what has no words: %q", got)
	}
}
