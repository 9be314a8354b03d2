package extractive

import (
	"regexp"
	"strings"
)

var enPattern = compiler([][2]string{
	{"when", `(?:by|before|until|till|no later than|not later than)\s+(?:the\s+)?(?:{period}|{point}|today|{month}|{ordinal})|within\s+{count}\s+(?:working |business )?(?:hours?|days?|weeks?|months?)|in\s+{count}\s+(?:hours?|days?|weeks?|months?)|on\s+the\s+{ordinal}(?:\s+of\s+{month})?|(?:on\s+)?{point}|at the end of\s+{span}|in\s+{month}|today`},
	{"period", `(?:beginning|middle|end)\s+of\s+{span}|close of business|close of play|eod|cob|next meeting|deadline|weekend|summer|winter|spring|autumn|christmas|then`},
	{"span", `(?:the |this |next )?(?:day|week|month|quarter|year|january|february|march|april|may|june|july|august|september|october|november|december)`},
	{"point", `(?:(?:this|next|coming)\s+)?{weekday}(?:\s+{part})?|tomorrow(?:\s+{part})?|tonight|(?:noon|midnight)(?:\s+(?:tomorrow|today|on {weekday}))?|this {part}|(?:next|this)\s+(?:week|month)|{hour}|{month}\s+(?:the\s+)?{ordinal}|(?:the\s+)?{ordinal}\s+of\s+{month}`},
	{"weekday", `monday|tuesday|wednesday|thursday|friday|saturday|sunday`},
	{"part", `morning|afternoon|evening|noon|night`},
	{"month", `january|february|march|april|may|june|july|august|september|october|november|december`},
	{"ordinal", `\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|(?:twenty|thirty)(?:[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))?|twentieth|thirtieth`},
	{"hour", `\d{1,2}(?::\d\d)?\s?(?:am|pm|a\.m\.?|p\.m\.?|o'clock)|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) o'?clock`},
	{"count", `\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty`},
	{"name", `[a-z][a-z'’.-]*(?:\s+(?-i:[A-Z])[a-z'’-]+)?(?:\s+and\s+(?-i:[A-Z])[a-z'’-]+)?|the\s+(?:secretary|chair|chairman|chairwoman|director|manager|treasurer|clerk|mayor|architect|contractor|supplier|caretaker)|(?:mister|mr\.?|mrs\.?|ms\.?|miss|doctor|dr\.?|professor)\s+[a-z'’-]+|the\s+[a-z-]+(?:\s+[a-z-]+)?\s+(?:team|office|department|company|committee|group|engineers?)`},
	{"will", `will|'ll|’ll|shall|is going to|are going to|'s going to|is to|are to|needs? to|has to|have to|must|should|(?:(?:has|have)\s+)?(?:agreed|promised|offered|volunteered) to|agrees to`},
	{"soon", `also|then|just|please|try to|go and|now|all|both|have to|need to|kindly|quickly|first`},
	{"verb", `send|write|prepare|draft|check|update|fix|review|call|phone|ring|e-?mail|mail|contact|schedule|arrange|organi[sz]e|set up|follow up|look into|look at|find out|share|circulate|submit|finish|complete|finali[sz]e|create|book|order|ask|tell|talk to|speak to|speak with|talk with|get back|report|present|test|collect|gather|compile|upload|publish|post|deliver|provide|confirm|investigate|take care|handle|put together|work on|work out|bring|buy|clean up|train|invite|notify|inform|clarify|coordinate|estimate|document|install|deploy|repair|register|sign|pay|hire|measure|summari[sz]e|translate|type up|print|distribute|forward|reply|respond|answer|verify|visit|meet|hand over|hand in|chase|remind|raise|file|apply|negotiate|plan|design|build|open|pick up|get (?:that|it|this|them)|let (?:you|them|everyone|everybody) know|give (?:you|them)|take over|choose|select|hire|chair|lead|attend|correct|replace|remove|fill|show us|take (?:that|this|it) up|make sure|look after`},
})

var en = cues{
	question:  enPattern(`(?i)\?|^(?:who|what|when|where|why|how)\s+(?:can|could|do|does|did|is|are|was|were|will|would|should|shall|have|has|much|many|about)\b|^(?:who|what|when|where|why|how|do|does|did|is|are|should|shall|have|has|could|can|would|will)\s+(?:\w+\s+){0,2}?(?:we|you|i|they|he|she|it|that|this|there)\b`),
	decided:   enPattern(`(?i)\b(?:we|they|the (?:\w+ ){0,2}?(?:committee|council|board|group|team|meeting|members|assembly|panel|jury|cabinet|ministry|city))(?:'ve|’ve| have| has)?\s+(?:all |now |already |also |just |finally |unanimously )*(?:decided|agreed|resolved|concluded|settled on|approved|voted|rejected|unanimously (?:adopted|approved|rejected|agreed))\b|\b(?:it|that)(?:'s|’s| is| was| has been) (?:decided|agreed|settled|resolved|approved)\b|\bthe (?:final )?decision (?:is|was) (?:to|that)\b|\bthe (?:proposal|plan|budget|amendment|report|application|offer) (?:is|was|has been) (?:accepted|approved|adopted|carried|passed|rejected)\b|\b(?:that's|that is|it's|so) carried\b|\bwe (?:will not|won't|won’t) (?:renew|continue|extend|pursue|support|fund|approve|sign|buy)\b|^decision\b|\blet(?:'s|’s| us) (?:go with|go for|settle on|agree on|stick with|adopt)\b|\b(?:we|we'll|we’ll) (?:will |shall )?(?:go with|adopt|settle on|go ahead with)\b|\bwe(?:'re|’re| are) going (?:to go with|with)\b|\b(?:everyone|everybody|all of us|we all) (?:agreed|agrees)\b|^agreed[,:.]|\bwe(?:'re|’re| are) (?:all )?agreed\b|\bis hereby \w+ed\b|\b(?:was|were|is|are) (?:approved|adopted|accepted|carried)[.]?$|\bwe (?:all )?agree to\b|\bmotion (?:to \w+ )?(?:is |was )?(?:carried|carries|passed|passes)\b|\b(?:is|was|are|were) (?:approved|adopted|rejected) (?:by|unanimously)\b|\bwe (?:do not|don't|will not|won't) accept\b`),
	undecided: enPattern(`(?i)\b(?:haven't|hasn't|hadn't|have not|has not|not yet|never|didn't|did not|can't|cannot|couldn't) (?:\w+ ){0,2}?(?:decided?|agreed?|resolved?|settled?|approved?|concluded?)\b|\bnot (?:yet )?(?:decided|agreed|settled|approved)\b|\b(?:if|whether|once|until|unless|when) (?:\w+ ){0,3}?(?:decided?|agreed?|approved?|settled?)\b|\bto be decided\b|\blast (?:week|month|year|time)\b|\bago\b|\bagreed with you\b|\bwhat (?:we|they) (?:\w+ )?(?:decided|agreed)\b|\bI (?:would )?(?:suggest|propose|recommend)\b`),
	done:      enPattern(`(?i)\b(?:already|yesterday|last (?:week|month|year)|would have|should have|could have|if (?:i|we|you|he|she|they)|not be able to|won't|will not|don't have to|doesn't have to|needn't)\b`),
	asks:      enPattern(`(?i)\b(?:(?:can|could|would|will) you (?:{soon}\s+)*(?:{verb}|get (?:me|us))|would you mind (?:\w+ing)|please (?:{soon}\s+)*{verb})\b`),
	due:       enPattern(`(?i)\b(?:{when})(?:\b|$)`),
	owners: []*regexp.Regexp{
		enPattern(`(?i)(?:^|[,.;:]\s*|\b(?:and|so|then|but|that|think)\s+)({name})(?:\s+|['’]ll\s+)(?:{will}\s+|['’]ll\s+)?(?:{soon}\s+)*(?:takes? care of|responsible for)\b`),
		enPattern(`(?i)\b({name})\s+(?:is|are|will be)\s+(?:responsible for|in charge of)\b`),
		enPattern(`(?i)(?:^|[,.;:]\s*|\b(?:and|so|then|but|that|think)\s+)({name})(?:\s+|\b){will}\s+(?:{soon}\s+)*{verb}\b`),
		enPattern(`(?i)(?:^|[.;:]\s*|\b(?:and|so|okay|thanks)\s+)({name}),?\s+(?:can|could|would|will) you (?:{soon}\s+)*{verb}\b`),
		enPattern(`(?i)(?:^|[.;:]\s*)({name}),?\s+please (?:{soon}\s+)*{verb}\b`),
		enPattern(`(?i)\bassigned to ({name})\b`),
		enPattern(`(?i)\baction items?(?: is| for)?:?\s+({name}) to {verb}\b`),
		enPattern(`^((?:[A-Z][a-z'’-]+|The [a-z]+(?: [a-z]+)?)(?: [A-Z][a-z'’-]+)?) to {verb}\b`),
	},
	ownersDue: []*regexp.Regexp{
		enPattern(`(?i)(?:^|[,.;:]\s*|\b(?:and|so|then|but|that|think)\s+)({name})\s+{will}\s+(?:{soon}\s+)*(?:[ac-z][a-z]{2,}|b[a-df-z][a-z]+)\b`),
	},
	self:     enPattern(`(?i)\b(I)(?:(?:'ll|’ll| will| shall|'m going to| am going to|'m gonna| have to)\s+(?:{soon}\s+)*{verb}\b|(?:'ll|’ll| will| can)\s+take (?:that|this|it)(?: one)?(?: on\b| and\b|[.]?$))`),
	selfDue:  enPattern(`(?i)\b(I|we)(?:'ll|’ll| will| shall| need to| must|'re going to| are going to|'m going to| am going to)\s+(?:{soon}\s+)*{verb}\b`),
	must:     enPattern(`(?i)\b(?:{will}|please)\s+(?:{soon}\s+)*(?:be\s+(?:\w+ed|sent|done|written|made|paid|built|brought|told|given|bought|held)\b|{verb}\b)`),
	strange:  regexp.MustCompile(`(?i)[,.;:、。]$|\b(?:agreed|resolved|decided|voted|agrees|wants?|wanted|hopes?)$`),
	nobody:   set(`the a an his her their my our your i we you he she it they this that these those there here who what which when where why how everybody everyone everything somebody someone something except nobody nothing anybody anyone people one all both each and but so then or if as not just also please action decision ok okay yes no well now could can would will shall may might must should do does did is are was were be been have has had thing things idea point way because that's it's there's i'm let's time day today tomorrow week month`),
	decisive: strings.Fields(`decide decision agree resolve conclude settle settling approve vote let's let’s go motion adopt reject accept carried passed won't won’t will`),
	tasking:  strings.Fields(`will 'll ’ll shall going gonna to must should please can could would responsible charge care have`),
}
