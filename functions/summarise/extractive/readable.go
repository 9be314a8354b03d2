package extractive

import (
	"math"
	"regexp"
	"strings"
)

// What a sentence is worth that reads badly, as a share of what it says. Set by
// hand, for the reader: ROUGE hardly sees the difference.
const (
	worthOfQuestion = .5
	worthOfBroken   = .3
	talking         = 1. // where every word is I or you, the share is e to the minus this
)

// readability says how well a sentence reads alone, from 0 to 1.
func (s sentence) readability() float64 {
	worth := 1.0
	if cuesOf[s.script].question.MatchString(s.text) {
		worth *= worthOfQuestion
	}
	if broken[s.script].MatchString(s.text) {
		worth *= worthOfBroken
	}
	words := 1 + strings.Count(s.text, " ")
	return worth * math.Exp(-talking*float64(len(talk.FindAllStringIndex(s.text, -1)))/float64(words))
}

var talk = regexp.MustCompile(`(?i)\b(?:i|you|me|my|your)\b`)

// broken finds sentences that stop in the middle, or hold beginnings of words.
var broken = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i:\b(?:the|an?|and|or|but|of|to|at|with|by|from|is|are|was|were|which|because|so|if|as|than|we|i|you|they|it's|i'm|my|your|our|their|rather|like|just|very|not|be|have|has|had|can|will|would|could|should|when|where|what|who|how|about)[\s.,…-]*$)|(?:^|\s)(?:[b-hj-z]|th|sh|wh|st|tr|pr|cr|fr|br|gr|pl|bl)\s|^[A-Z][a-z]? (?:And|So|But|The|It|We|That|This|You|If|I|Right)\b|(?i:^(?:because|which|while|or|than|as|that would|that the)\b)`),
	"zh": regexp.MustCompile(`(?:和|与|就|也|都|还|把|被|或|而|但|从|让|跟|在|因为|所以|如果|然后|就是|那么|这个|那个|一个|之后|的时候|的话|来说|是吧|对吧)[。，…]*$|好不好|对不对|^(?:因为|是[^，]{0,8}的[。]?$|的|了)`),
	"ja": regexp.MustCompile(`(?:が|は|を|に|と|で|の|から|けど|ので)[、…]*$`),
}
