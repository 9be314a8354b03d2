package watermark

// balance counts how a content saves (q) and restores (Q) the graphics state.
// Whoever wants to hide a watermark leaves a clip behind, by a q without a Q or
// by a Q too many.
type balance struct{ depth, lowest int }

// needed returns how often to save before the content, and to restore after it,
// so that what follows starts afresh.
func (b *balance) needed() (saves, restores int) {
	saves = 1 - b.lowest
	return saves, saves + b.depth
}

// read reads a part of a content. No operator runs over from one part to the next.
func (b *balance) read(content []byte) {
	for i := 0; i < len(content); {
		switch c := content[i]; {
		case c == '(':
			i = afterString(content, i)
		case c == '<' || c == '%':
			i = afterHexOrComment(content, i)
		case delimiter(c) && c != '/':
			i++
		default:
			end := i + 1
			for end < len(content) && !delimiter(content[end]) {
				end++
			}
			b.word(string(content[i:end]))
			if string(content[i:end]) == "ID" {
				end = afterInlineImage(content, end)
			}
			i = end
		}
	}
}

func (b *balance) word(word string) {
	switch word {
	case "q":
		b.depth++
	case "Q":
		b.depth--
		b.lowest = min(b.lowest, b.depth)
	}
}

func delimiter(c byte) bool {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ', '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// afterString skips a text in parentheses, which may hold some itself.
func afterString(content []byte, i int) int {
	for deep := 0; i < len(content); i++ {
		switch content[i] {
		case '\\':
			i++
		case '(':
			deep++
		case ')':
			if deep--; deep == 0 {
				return i + 1
			}
		}
	}
	return len(content)
}

func afterHexOrComment(content []byte, i int) int {
	if content[i] == '<' {
		// A dictionary's << is two of these, and what is in it are words.
		if i+1 < len(content) && content[i+1] == '<' {
			return i + 2
		}
		for ; i < len(content) && content[i] != '>'; i++ {
		}
		return i
	}
	for ; i < len(content) && content[i] != '\n' && content[i] != '\r'; i++ {
	}
	return i
}

// afterInlineImage skips the bytes of a picture within the content, up to the EI
// that stands alone.
func afterInlineImage(content []byte, i int) int {
	for i++; i+2 <= len(content); i++ {
		if content[i] == 'E' && content[i+1] == 'I' && delimiter(content[i-1]) && (i+2 == len(content) || delimiter(content[i+2])) {
			return i + 2
		}
	}
	return len(content)
}
