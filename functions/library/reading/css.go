package reading

import (
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// cleanCSS returns a style sheet, or the declarations of a style attribute, without
// anything that fetches what is not of the book, and without what was once a way to
// run code. What is taken out leaves a word that no property takes, so that the
// declaration around it falls away and the rest stays.
func cleanCSS(text string, p places) string {
	c := cleaner{lexer: css.NewLexer(parse.NewInputString(strings.ReplaceAll(text, "\x00", ""))), places: p}
	for c.next() {
		c.take()
	}
	return c.out.String()
}

const nothing = "x-none"

type cleaner struct {
	lexer  *css.Lexer
	places places
	out    strings.Builder
	kind   css.TokenType
	text   string
}

func (c *cleaner) next() bool {
	kind, text := c.lexer.Next()
	c.kind, c.text = kind, string(text)
	return kind != css.ErrorToken
}

// fetching are functions that take an address as a string, or run something.
var fetching = map[string]bool{
	"url": true, "src": true, "image": true, "image-set": true, "-webkit-image-set": true, "cross-fade": true, "-webkit-cross-fade": true,
	"element": true, "-moz-element": true, "paint": true, "expression": true, "document": true, "url-prefix": true, "domain": true,
}

func (c *cleaner) take() {
	name := strings.ToLower(c.text)
	switch c.kind {
	case css.CommentToken, css.CDOToken, css.CDCToken:
		c.out.WriteByte(' ')
	case css.URLToken:
		c.out.WriteString(c.address(c.text[4:]))
	case css.BadURLToken, css.BadStringToken:
		c.out.WriteString(nothing)
	case css.FunctionToken:
		// Nobody has to write a function's name with escapes, but who hides one.
		if name = strings.TrimSuffix(name, "("); fetching[name] || strings.Contains(name, `\`) {
			c.skip()
		}
		c.out.WriteString(c.text)
	case css.AtKeywordToken:
		c.rule(name)
	case css.IdentToken:
		if name == "behavior" || name == "-moz-binding" {
			c.text = nothing
		}
		c.out.WriteString(c.text)
	default:
		c.out.WriteString(c.text)
	}
}

// skip passes over what stands within a function's brackets, and takes nothing for it.
func (c *cleaner) skip() {
	for depth := 1; depth > 0 && c.next(); {
		switch c.kind {
		case css.FunctionToken, css.LeftParenthesisToken:
			depth++
		case css.RightParenthesisToken:
			depth--
		}
	}
	c.text = nothing
}

// address returns the function url() with a place in the book, or nothing.
func (c *cleaner) address(inside string) string {
	to, found := c.places.resolve(unquoted(strings.TrimSuffix(strings.TrimSpace(inside), ")")))
	if !found {
		return nothing
	}
	return `url("` + strings.ReplaceAll(to, `"`, "%22") + `")`
}

func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 1 && (text[0] == '"' || text[0] == '\'') {
		text = strings.TrimSuffix(text[1:], text[:1])
	}
	if strings.Contains(text, `\`) { // an escape: the book has no need of it
		return "\x00"
	}
	return text
}

// namespaces are named, never fetched.
var namespaces = []string{"http://www.w3.org/1999/xhtml", "http://www.idpf.org/2007/ops", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2000/svg"}

// rule takes an at-rule. Those that name an address end at a semicolon.
func (c *cleaner) rule(name string) {
	switch {
	case name == "@import", strings.Contains(name, `\`):
		c.imported()
	case name == "@charset":
		c.statement()
	case name == "@namespace":
		text := c.statement()
		for _, n := range namespaces {
			if prefix, is := strings.CutSuffix(text, `"`+n+`"`); is && !strings.ContainsAny(prefix, `"'(\`) {
				c.out.WriteString("@namespace " + prefix + `"` + n + `";`)
			}
		}
	default:
		c.out.WriteString(c.text)
	}
}

// statement returns what stands up to the next semicolon, with addresses as plain
// strings.
func (c *cleaner) statement() string {
	var text strings.Builder
	for c.next() && c.kind != css.SemicolonToken && c.kind != css.RightBraceToken {
		switch c.kind {
		case css.CommentToken:
		case css.URLToken:
			text.WriteString(`"` + unquoted(strings.TrimSuffix(c.text[4:], ")")) + `"`)
		case css.StringToken:
			text.WriteString(`"` + unquoted(c.text) + `"`)
		default:
			text.WriteString(c.text)
		}
	}
	return strings.TrimSpace(text.String())
}

// imported keeps the import of one of the book's own style sheets.
func (c *cleaner) imported() {
	text := c.statement()
	if !strings.HasPrefix(text, `"`) {
		return
	}
	address, media, _ := strings.Cut(text[1:], `"`)
	if to, found := c.places.resolve(address); found && !strings.HasPrefix(to, "#") && !strings.ContainsAny(media, `"'\`) {
		c.out.WriteString(`@import url("` + to + `")` + media + ";")
	}
}
