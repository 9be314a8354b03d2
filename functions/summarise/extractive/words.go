package extractive

import "strings"

// set makes a set of the words in a text.
func set(text string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(text) {
		all[w] = true
	}
	return all
}

// spokenNumbers are the words that numbers are said in, digit by digit.
var spokenNumbers = set(`zero oh one two three four five six seven eight nine ten double hundred thousand million`)

var abbreviations = strings.Fields(`mr mrs ms dr prof st no vs etc e.g i.e jr sr inc ltd co dept approx fig vol`)

// stopWords are English words that say nothing about a subject, folded; the
// second part is what people say while they think.
var stopWords = set(`
a an the and or but nor so if then than that this these those there here it its he him his she her they them their we
us our you your i me my mine myself itself who whom whose which what when where why how all any both each few more most
some such no not only own same too very can could may might must shall should will would ought be am is are was were
been being do doe did done doing have has had having of at by for with about against between into through during before
after above below to from up down in out on off over under again further once as until while because though although
whether per also just even ever never always still yet already now today one two three four five six seven eight nine
ten first second another other either neither every everybody everyone everything somebody someone something anything
anybody nobody nothing much many lot bit own around across within without upon since
yeah yes yep yah ok okay oh ah uh um hmm mm mmm mhm hm er eh huh well right sure like know mean think thought guess say said
saying tell told thing think kind sort actually basically really quite pretty maybe perhaps probably get got gett go goe
going gone went come came com want wanna gonna gotta need let see saw look put take took make made mak give gave use us
try tri good great fine nice thank thank please sorry hello hi hey bye point way thing stuff people guy back
i'm i'll i've i'd you're you'll you've you'd we're we'll we've we'd they're they'll they've it'd it'll he'll she'll
that'd that'll something hundred thousand million billion twenty thirty forty fifty sixty seventy eighty ninety eleven twelve percent third fourth fifth last next morning afternoon evening
start work time idea week month year day everything hope hopefully bring case call problem
don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't haven't hasn't
hadn't let' there're what're cannot`)

// voidRunes are characters that no term of Chinese holds.
const voidRunes = "的了我你您他她它们咱这那哪么什怎吗呢吧啊嗯呃哦呀嘛唉诶噢咦哈"

// emptyPairs are pairs of characters, in Chinese and Japanese, that say
// nothing about a subject.
var emptyPairs = set(`
然后 就是 因为 所以 如果 但是 可能 时候 现在 今天 大家 觉得 知道 应该 没有 可以 其实 比较 非常 一个 一些 一下 一点 不是 还是
或者 而且 以及 并且 不过 只是 只有 就会 就要 也是 也会 也有 都是 都会 都有 都在 不要 不会 不能 有点 是不 是否 是在 是有 是一
自己 的话 里面 里边 上面 下面 这样 那样 这个 那个 有一 一种 一样 一直 一定 一起 之后 之前 以后 以前 当时 刚才 当然 肯定 确实
实际 基本 大概 左右 包括 通过 对于 关于 由于 为了 作为 进行 需要 希望 能够 可能 已经 正在 将会 还有 还要 很多 很大 很好 不同
各位 首先 其次 最后 另外 同时 谢谢 感谢 好像 看到 看看 说到 讲到 想到 来说 来讲 去做 在做 要做 做一 看一 来看 说一 讲一 想一
几个 两个 三个 每个 各个 某个 整个 个人 第一 第二 第三 会有 会在 要有 有没 没什 多少 更多 更好 真正 特别 尤其 甚至 无论 不管
今日 昨日 明日 今回 前回 次回 場合 以上 以下 自分 皆様 今後 現在 最後 最初 一番 一応 全部 全然 大体 多分 本当 結構 普通 必要
可以 可能 起来 出来 下来 过来 上来 回来 下去 出去 过去 进来 进去 之间 其中 其他 其它 有些 有人 别人 而是 不仅 只要 只能 总之
对吧 好吧 是吧 是对 对对 好好 问题 东西 事情 方面 情况 部分 地方 时间 当中 比如 好不 不好 过程 今年 去年 明年 起码 曜日 百分`)

// emptyPair reports whether a pair of Han characters is no term.
func emptyPair(pair string) bool {
	return strings.ContainsAny(pair, voidRunes) || emptyPairs[pair]
}

// Characters that no term starts or ends with, in Chinese.
const (
	neverFirst = "在要种个们里第是就也都很还把被或而但从让跟请将并且么又去来说想呢没有上下里后前几每该其此"
	neverLast  = "个种第中是就也都很还把被和与或而但从让跟请在到不没有要一为来去说想做给等及又再几每该其此两三之以可"
)

// The Chinese numerals, and what amounts consist of.
const (
	numerals = "零〇一二三四五六七八九十两几"
	amounts  = numerals + "百千万亿億元円年月日时時分点个個人"
)
