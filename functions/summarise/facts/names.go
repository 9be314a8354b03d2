package facts

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// surnames are the commonest of China, which nine in ten people bear (公安部, 2020).
const surnames = `王李张刘陈杨赵吴周徐孙朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤`

// notNames begin with what is a surname elsewhere.
var notNames = strings.Fields(`周一 周二 周三 周四 周五 周六 周日 周末 周边 周期 周围 周全 周到 周内 周年 高度 高效 高级 高中 高校 高质 高于 高新 高标 高温 高峰 方案 方面 方式 方便 方向 方法 方针 方可 方能 万元 万户 万人 万一 万亿 金额 金融 白天
任务 任何 任命 任职 何时 何种 何人 江苏 程序 程度 严格 严重 严肃 严禁 严谨 许可 许多 余额 余下 曾经 曾任 顾问 顾虑 顾客 林业 林木 林区 石油 石材 田间 田地 雷电 雷雨 龙头 史料 段落 夏季 夏天 叶片 钟头 汪洋 付款 付费 付出 付给 孔洞 武汉 武装 毛利 毛坯 莫名 钱款 钱财 汤药 陆续 陆地 范围 范本 贾商
谢谢 胡乱 罗列 郭外 梁柱 丁点 沈阳 吴江 徐州 杭州 唐山 宋代 苏州 邓论 魏晋 潘家 蒋家 杜绝 姜汤 崔促 方正 成立 秦岭 江河 江边 熊猫 孟子 姚明 贺信 贺电 黎明 陶瓷 侯车 尹始 薛家 郑重 郑州 韩国 董事 曹家 彭湃 肖像 袁大 蔡家 卢布 谭家 戴上 覃塘 龚自 邵阳 郝好 陈述 陈旧 陈列 李子 张贴 张开 张口 杨树 赵县 刘海 朱红 孙子 王牌 王国 何以 万无 严防 严控 严把 石化 金属 金秋 高速 高铁 高空 高龄 高层 高压 高风 高发 高技 高危 任期 任免 任意 方米 白色 白皮`)

var (
	capital  = regexp.MustCompile(`\p{Lu}[\p{L}\d'’-]*`)
	katakana = regexp.MustCompile(`[ァ-ヴー]{2,}`)
	ordinary = regexp.MustCompile(`^[a-z]{3,}(?:ing|ion|ions|ment|ments|ly|ness)$`) // as words end that are no names
	called   = regexp.MustCompile(`([\p{Han}ァ-ヴー]{1,6})(?:さん|様|氏|君)`)
)

// missingName returns the first name of a sentence that the source does not hold.
func missingName(sentence, source string) string {
	if name := missingCapital(sentence, strings.ToLower(source)); name != "" {
		return name
	}
	for _, pattern := range []*regexp.Regexp{called, katakana} {
		for _, name := range pattern.FindAllString(sentence, -1) {
			if !strings.Contains(source, name) && !heldWithout(name, source) {
				return name
			}
		}
	}
	return missingHan(sentence, source)
}

// missingCapital returns the first word with a capital that the source, in lower case,
// does not hold.
func missingCapital(sentence, source string) string {
	for _, at := range capital.FindAllStringIndex(sentence, -1) {
		name := strings.TrimRight(strings.ToLower(sentence[at[0]:at[1]]), "'’-")
		name = strings.TrimSuffix(strings.TrimSuffix(name, "'s"), "’s")
		opening := opens(sentence[:at[0]]) && (commonWords[name] || ordinary.MatchString(name))
		if !opening && !isDay(name) && !addressed[name] && !strings.Contains(source, name) {
			return name
		}
	}
	return ""
}

// heldWithout reports whether a name is said without what people are called by, such as
// さん.
func heldWithout(name, source string) bool {
	m := called.FindStringSubmatch(name)
	return m != nil && strings.Contains(source, m[1])
}

// missingHan returns a surname with the character after it that the source does not
// hold.
func missingHan(sentence, source string) string {
	for i, r := range sentence {
		if !strings.ContainsRune(surnames, r) {
			continue
		}
		next, n := utf8.DecodeRuneInString(sentence[i+utf8.RuneLen(r):])
		pair := sentence[i : i+utf8.RuneLen(r)+n]
		if n == 0 || !unicode.Is(unicode.Han, next) || strings.Contains(source, pair) || common[pair] || endsWord(sentence, i) {
			continue
		}
		return pair
	}
	return ""
}

// endsWord reports whether the character at i is one that ends other words as often, such
// as the 方 of 地方, and stands where no name begins: after a character that neither
// leads to a name nor ends a title.
func endsWord(sentence string, i int) bool {
	const leads = "由请和与跟让给对向及同是为经据派任命找问叫长记理师员工总"
	before, _ := utf8.DecodeLastRuneInString(sentence[:i])
	r, _ := utf8.DecodeRuneInString(sentence[i:])
	return strings.ContainsRune(alsoWords, r) && unicode.Is(unicode.Han, before) && !strings.ContainsRune(leads, before)
}

// alsoWords are surnames that end other words as often.
const alsoWords = `高林何田程任金石方白江段雷龙万钱武余严许夏钟叶付孔毛史汤范谢周顾陶黎莫`

// opens reports whether a sentence begins after the text: there a capital says nothing.
func opens(before string) bool {
	before = strings.TrimRightFunc(before, unicode.IsSpace)
	last, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || strings.ContainsRune(".!?:;。！？：；\"“(（-", last)
}

// isDay reports whether a word is a day or a month, which are checked as figures.
func isDay(name string) bool {
	days, _ := daysOf(name)
	return len(days) > 0 || name == "may"
}

var common = setOf(notNames)

func setOf(words []string) map[string]bool {
	all := map[string]bool{}
	for _, w := range words {
		all[w] = true
	}
	return all
}

// addressed are no names themselves, and may stand before one.
var addressed = setOf(strings.Fields(`i mr mrs ms miss dr prof sir madam`))

// commonWords may open an English sentence without having been said.
var commonWords = setOf(strings.Fields(`a an the this that these those it its they we he she there here all both each every some any no none nobody everyone everybody people
participants members attendees speakers speaker staff team committee council board group meeting discussion decision decisions action actions item items question questions answer risk risks concern concerns
if when while before after until since because although as at by for from in into of on over to under up with without during about between against through
and but or so then also only still yet already now later finally first second next
is are was were be has have had do does did will would shall should can could may might must not
budget cost costs price prices report reports plan plans project proposal new old more most many few several further other another same such
what who whom whose which where why how whether once both either neither one two three four five six seven eight nine ten
however moreover therefore additionally meanwhile overall concerns residents parents families teachers students visitors costs prices
approval approved agreed agreement review update updated discussed proposed confirmed send submit prepare check contact call write please need needs`))
