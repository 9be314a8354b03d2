package plain

import (
	"bytes"
	"io"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensions "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/letters"
)

// flavour is CommonMark with tables and struck-out text. HTML in it is left out, as
// are addresses that are scripts.
func flavour() goldmark.Markdown {
	m := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(named{}, 100)))
	return m
}

// named renders a picture as its description: an address would make whoever opens
// the page fetch it.
type named struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (named) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
		return ast.WalkContinue, nil
	})
}

// HTML writes Markdown as a page in UTF-8.
func HTML(w io.Writer, r io.ReaderAt, size int64, limits Limits) error {
	source, _, err := wholeMarkdown(r, size, limits)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	page.WriteString("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n</head>\n<body>\n")
	if err := flavour().Convert(source, &page); err != nil {
		return fault.Refusef(archive.CodeUnreadable, "the Markdown is not to be read: %w", err)
	}
	page.WriteString("</body>\n</html>\n")
	_, err = page.WriteTo(&limited{w, int64(limits.Text), 0})
	return err
}

// wholeMarkdown returns a document that must be read as a whole, in UTF-8.
func wholeMarkdown(r io.ReaderAt, size int64, limits Limits) ([]byte, string, error) {
	if size > int64(limits.Whole) {
		return nil, "", fault.Refusef(archive.CodeTooLarge, "the Markdown has %d bytes, MAX_WHOLE_MARKDOWN allows %d", size, limits.Whole)
	}
	raw := make([]byte, size)
	if _, err := r.ReadAt(raw, 0); err != nil && err != io.EOF {
		return nil, "", err
	}
	text, name := letters.Decode(raw)
	return []byte(text), name, checkMarkdown(text)
}

// readMd reads Markdown. On a page of Markdown it stays as it is.
func readMd(s source, b *builder) error {
	if _, ok := b.page.(*markdown); ok {
		r, err := decoded(s, b)
		if err != nil {
			return err
		}
		return copyText(b.page, r)
	}
	source, name, err := wholeMarkdown(s.r, s.size, s.limits)
	if err != nil {
		return err
	}
	b.notes.Encoding = name
	tree := flavour().Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext()))
	return ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		return ast.WalkContinue, marked(b, n, source, entering)
	})
}

// marked adds one node of a Markdown tree.
func marked(b *builder, n ast.Node, source []byte, entering bool) error {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
		if entering {
			b.begin(para{})
			return nil
		}
		return b.end()
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		if entering {
			return b.para(para{}, string(bytes.TrimRight(n.Lines().Value(source), "\n")))
		}
	case *ast.Text:
		if !entering {
			return nil
		}
		line := string(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(n.Value(source)))))
		switch {
		case n.HardLineBreak():
			line += "\n"
		case n.SoftLineBreak():
			line += " "
		}
		return b.text(line, style{})
	case *ast.String:
		if entering {
			return b.text(string(n.Value), style{})
		}
	case *ast.AutoLink:
		if entering {
			return b.text(string(n.Label(source)), style{})
		}
	case *extensions.TableCell:
		return markedCell(b, entering)
	case *extensions.TableHeader, *extensions.TableRow:
		if !entering {
			b.tables--
			return b.endRow()
		}
		b.beginTable()
	}
	return nil
}

// markedCell adds a cell, whose text stands in no paragraph.
func markedCell(b *builder, entering bool) error {
	if entering {
		if err := b.beginCell(); err != nil {
			return err
		}
		b.begin(para{})
		return nil
	}
	if err := b.end(); err != nil {
		return err
	}
	b.endCell()
	return nil
}
