package extractive

import (
	"regexp"
	"strings"
)

var zhSigns = signs{
	open:     regexp.MustCompile(`(?:还|尚|暂时?|目前)(?:没有?|未)(?:最终|完全)?(?:定|确定|决定|明确|想好|谈妥|落实|结论|答复|定论)|(?:没有?|未)(?:定下来|形成?结论|结论|谈拢|商量好)|(?:不能|不好|没法|无法)(?:最终)?(?:确定|决定|定)|没(?:有)?(?:想|理|搞)(?:清楚|明白)|再碰|待定|待议|悬而未决|(?:下次|回头|改天|以后|会后)(?:会上?|开会)?再(?:讨论|议|研究|商量|定|决定)|(?:还?要|有待|还得)(?:等|看).{0,10}(?:答复|批复|意见|通知|结果)|有待(?:研究|商榷|明确|确定)`),
	closed:   regexp.MustCompile(`如果|要是|假如|没有问题|已经(?:定|明确|确定)`),
	asks:     regexp.MustCompile(`[？?]|(?:吗|呢)[。]?$|^(?:怎么|为什么|谁|哪|什么时候|多少)|(?:谁|什么时候|怎么|多少|哪家?|哪个)[^，。]{0,8}(?:出|定|办|走|收|负责|完成|到位|开始|结束)[。]?$`),
	courtesy: regexp.MustCompile(`听(?:得|不)?(?:到|见|清)|看(?:得|不)?(?:到|见|清)|(?:大家|各位|你们?|还)(?:还)?(?:有没有|有什么|有)(?:别的|其他|其它|什么|补充|意见|问题|想法)|(?:觉得|认为|看)(?:怎么样|如何|行不行|可以吗|好吗)|对(?:吧|吗|不对)|(?:好|行|可以|是)(?:吧|吗|不)[？?。]?$|是不是(?:很|也|就|这)|怎么说呢|为什么.{0,16}呢[，,]|(?:了|到|齐)没有[？?]|(?:能不能|可不可以|能否)(?:请|帮|把|麻烦)|明白(?:了)?吗|知道吗|你好|在吗|(?:吃|睡)了吗|你猜|难道|何必|不是吗|开始吗`),
	putsOff:  regexp.MustCompile(`不(?:太)?(?:清楚|知道|确定|好说)|说不(?:准|好)|还(?:没|不)|没(?:有)?(?:定|想好|消息)|再(?:看|议|说|研究|讨论|商量|定|问|核实|了解|查)|回(?:去|头)(?:查|问|看|再|核)|要等|得等|待定|有待`),
	risk:     regexp.MustCompile(`风险|隐患|危险|(?:最|就)怕|老化|返工|宕机|随时(?:可能|会)|(?:通|完|交|开)不了(?:车|工|成|业)?|担心|担忧|恐怕|怕(?:是|就|会|来不及|到时候)|来不及|(?:可能|容易|会|将)(?:会|要|有|造成|导致|引起|引发)*(?:延误|延期|推迟|超支|超预算|断货|滑坡|坍塌|泄露|泄漏|中断|停工|烂尾|违约|投诉|上访|积水|事故|瘫痪|流失|失控|出事|出问题|影响(?:进度|工期|安全|质量|验收|使用|出行))|(?:人手|资金|经费|人员|时间|预算|车位|材料|设备|运力|床位)[^，。]{0,4}(?:不够|不足|紧张|短缺|缺口|不到位|跟不上)|缺口|滞后|落后于计划|进度(?:偏|太|比较)慢|(?:完不成|赶不上|顶不住|兜不住|保不住)|(?:忙|顾|吃)不(?:过来|消)|断货|存在.{0,6}(?:问题|漏洞|安全|缺陷)`),
	safe:     regexp.MustCompile(`(?:没有?|无|未|不存在|未发现|不会有)(?:什么|发现|任何|明显|大的?|存在)*(?:安全)?(?:风险|隐患|问题|缺口)|(?:不用|不必|无需|不要|别|不)(?:再)?(?:担心|担忧|怕)|风险(?:评估|管控|防控|提示|管理|等级|科|处|部|点)|(?:风险|隐患|缺口|问题)(?:都)?(?:已经?|全部|基本)(?:都)?(?:排除|消除|解决|整改|化解|补上)|隐患排查|风险控制|没有?危险|不危险|脱离(?:了)?危险|(?:已经?|全部)(?:排除|消除|化解)`),
	figure:   regexp.MustCompile(`百分之[零一二三四五六七八九十百点\d]|\d[\d,.]*\s*(?:%|％|个百分点)|(?:\d[\d,.]*|[一二两三四五六七八九十][零一二三四五六七八九十百千]*(?:点[一二三四五六七八九]+)?|[几数]十?)[十百千]?[万亿]?多?(?:余)?(?:元|块钱|万|亿|户|人次|公里|千米|平方米|平方|平米|亩|公顷|吨|公斤|千瓦|兆|倍|米|辆|台|套|家企业|家单位|个小区|个社区|个村|个床位|个车位|件投诉|起|人(?:[，。、参受报到]|$))|(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]|(?:\d{4}|[一二][零〇一二三四五六七八九]{3})年`),
	opening:  strings.Fields(`还 尚 暂 目前 没 未 不 待 悬 再`),
	risky:    strings.Fields(`风险 隐患 危险 怕 老化 返工 宕机 随时 不了 担 忧 来不及 可能 容易 会 将 不够 不足 紧张 短缺 缺口 不到位 跟不上 滞后 落后 进度 完不成 赶不上 顶不住 兜不住 保不住 不过来 吃不消 断货 存在`),
}

var enSigns = signs{
	open:     regexp.MustCompile(`(?i)\b(?:still|yet) (?:to be (?:decided|agreed|clarified|confirmed)|open|undecided|unclear|unresolved|pending)\b|\b(?:we|i|they|nobody|no one) (?:don't|do not|doesn't|does not)? ?(?:know|knows) yet\b|\b(?:haven't|hasn't|have not|has not) (?:yet )?(?:\w+ )?(?:decided|agreed|settled|figured out|resolved|made a decision)\b|\bto be (?:decided|confirmed|clarified)\b|\b(?:open|unanswered) (?:question|issue|point) (?:is|remains)\b|\b(?:remains|is|it's|that's) (?:an )?(?:open|undecided|unclear|unresolved)\b(?: (?:question|issue|point|whether|who|how|if)|[.]?$)|\b(?:needs? to|have to|has to) (?:decide|clarify|find out|figure out) (?:whether|who|when|how|what|which|if)\b|\b(?:come|get) back to (?:that|this) (?:later|next time)\b|\bnot sure (?:yet )?(?:whether|who|when|how|which|if we)\b`),
	closed:   regexp.MustCompile(`(?i)\bif (?:we|they|you)\b|\blast year\b|\bno longer\b`),
	asks:     regexp.MustCompile(`(?i)\?|^(?:so |and |but |okay |well )?(?:who|what|when|where|why|how|which)(?:\s+\w+){0,2}?\s+(?:can|could|do|does|did|is|are|was|were|will|would|should|shall|have|has)\b|^(?:so |and |but )?(?:how (?:much|many|long|far|often))\b|^(?:so |and )?(?:do|does|did|is|are|should|shall|have|has|could|can|would|will)\s+(?:we|you|i|they|he|she|it|that|this|there|the)\b`),
	courtesy: regexp.MustCompile(`(?i)\b(?:can|could|do) (?:you|everybody|everyone|anybody|anyone|i)(?: all)? (?:see|hear|start|begin|go|have|ask|interrupt)\b|\bhow are you\b|\byou know what\b|\b(?:any|other|further|more) (?:questions?|comments?|remarks?|ideas)\b|\banything else\b|\bshall (?:we|i) (?:start|begin|go on|move on|continue)\b|\b(?:isn't|aren't|wasn't|don't|doesn't|didn't|won't|wouldn't|right|okay|ok|yeah|huh|is it|are they|do you|does it)\?|^(?:isn't|aren't|wasn't)\b|\bdo you (?:know what i mean|think so|want me to)\b|\bwhat do (?:you|we|others|people) think\b|\bwhat (?:a|i)\b|^when (?:i|we|you|he|she|they) (?:was|were)\b|\bwhat (?:i|we) (?:did|do|want|have|mean|are)\b|\bwhy not\b|^(?:really|sorry|what|pardon|okay|ok|yeah|right|and|so)\?|\bready\?|\bagreed\?|^(?:\w+, )?(?:could|can|would|will) you\b|\bany other business\b`),
	putsOff:  regexp.MustCompile(`(?i)\b(?:don't|do not|doesn't) (?:really )?know\b|\bno idea\b|\bnot (?:really |quite |yet )?(?:sure|certain|clear|decided)\b|\bi (?:will|'ll|’ll|have to|need to|must|would have to) (?:\w+ )?(?:check|find out|look|ask|get back)\b|\blet me (?:check|find out|look|ask)\b|\b(?:later|next time|offline)\b|\bwe(?:'ll| will) see\b|\bdepends\b|\bhard to say\b|\bstill (?:open|waiting|to be)\b`),
	risk:     regexp.MustCompile(`(?i)\brisks?\b|\brisky\b|\b(?:my|our|one|the|main|big|biggest|a) (?:\w+ )?(?:concern|worry|fear|danger) (?:is|would be|here)\b|\b(?:i'm|i am|we're|we are|they're|they are|i|we) (?:\w+ )?(?:worried|concerned|afraid|worry|fear)\b|\b(?:might|may|could|will|would|going to) (?:not |well |then |even )?(?:slip|fail|run out|be (?:late|delayed|over budget|too late|short of)|delay|leak|collapse|break down|overrun|exceed|cost us|miss the|lose|flood|sue|go bankrupt)\b|\b(?:might|may|could) not (?:\w+ ){0,2}(?:finish|make|arrive|be ready|be enough|get|work|have enough)\b|\bbehind schedule\b|\bover budget\b|\brun(?:ning)? (?:out of|short of)\b|\b(?:don't|do not|doesn't|does not|won't|will not) have enough\b|\b(?:is|are) a danger\b|\bdangerous\b|\bnot enough (?:people|staff|money|time|funding|space|capacity)\b|\bshort(?:age)? of (?:staff|money|people|time|funds)\b|\bdanger of\b|\bi doubt\b|\b(?:could|might|may) lose\b|\b(?:timeline|schedule|budget|deadline) is (?:very |too |really )?tight\b|\bbottleneck\b|\bvulnerab|\bhazard|\bunsafe\b`),
	safe:     regexp.MustCompile(`(?i)\b(?:no|little|without|low|zero|not a|isn't a|any) (?:\w+ )?(?:risks?|danger|concerns?|hazards?)\b|\brisk (?:assessment|register|management|manager|analysis|report|score|committee)\b|\b(?:not|don't|no longer|needn't|never) (?:be )?(?:worried|concerned|afraid|worry|dangerous)\b|\bi'm afraid (?:i|so|not|that's|we)\b|\brisk (?:has been|was|is) (?:removed|gone|resolved)\b`),
	figure:   regexp.MustCompile(`(?i)\d[\d,.]*\s*(?:%|percent\b|per cent\b)|[$€£¥]\s?\d|\b(?:\d[\d,.]*|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million|billion|and))*|hundreds|thousands)\s+(?:(?:hundred|thousand|million|billion)\s+)*(?:percent|per cent|dollars?|euros?|pounds?|yuan|families|people|households|residents|students|visitors|employees|kilomet(?:re|er)s?|miles|met(?:re|er)s|tons?|tonnes|square|hectares|cents|euro|units|copies|megabytes|gigabytes|degrees|times as)\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:the )?(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|\w+(?:th|st|nd|rd))\b|\b(?:19|20)\d\d\b`),
	opening:  strings.Fields(`still yet know decided agreed settled figured resolved decision to be open unanswered remains undecided unclear unresolved need have has back sure`),
	risky:    strings.Fields(`risk worr concern afraid fear danger might may could will would going behind over run enough hazard short bottleneck vulnerab unsafe tight doubt lose`),
}

var jaSigns = signs{
	open:     regexp.MustCompile(`(?:まだ|未だ).{0,8}(?:決ま|決め|分か|わか|はっきり|確定|決定|未定)|未定|検討中|保留|決ま(?:っていません|っていない|らない)|決定していません|(?:次回|後日|改めて|今度).{0,8}(?:検討|協議|議論|相談|決め)|確認が必要|結論(?:は|が)出(?:ていません|ていない|なかった)`),
	closed:   regexp.MustCompile(`もし|れば|たら、`),
	asks:     regexp.MustCompile(`[？?]|(?:でしょうか|ますか|ですか|ませんか|のか)[。]?$`),
	courtesy: regexp.MustCompile(`聞こえ|見え(?:ます|てい)|(?:ご意見|ご質問|質問|意見|何か|ほか|他|以上).{0,10}(?:あります|ございます|よろしい|ない)|どう(?:思い|お考え|でしょう)|いかが|よろしいで|大丈夫で|お元気|始め(?:ます|て)|ましょうか|いいですか`),
	putsOff:  regexp.MustCompile(`分かりません|わかりません|まだ|未定|確認(?:し|いた)|調べ|検討|後日|改めて|次回`),
	risk:     regexp.MustCompile(`リスク|懸念|(?:恐れ|おそれ|可能性)が(?:あ|高)|心配|不安|危険|間に合(?:わな|いませ)|足り(?:な|ませ)|不足|遅れ(?:て|そう|る(?:かも|可能性|恐れ))|支障|超過|超える(?:かも|恐れ|可能性)|難しくな`),
	safe:     regexp.MustCompile(`(?:リスク|懸念|危険|心配|不安|問題|不足|恐れ)(?:は|が|も)?(?:特に)?(?:ありません|ない|ございません|なくなり|いりません|解消)|心配(?:しないで|いりません|ご無用)|リスク(?:評価|管理|分析)|可能性が(?:あ|高).{0,6}(?:良|成功)`),
	figure:   regexp.MustCompile(`(?:[\d０-９][\d０-９,.]*|[一二三四五六七八九十百千]+)[万億千百]*(?:円|人|名|世帯|件|パーセント|%|％|割|倍|キロ|メートル|平方|トン|台|戸|か所|ヶ所)|(?:[\d０-９]{1,2}|[一二三四五六七八九十]{1,3})月(?:[\d０-９]{1,2}|[一二三四五六七八九十]{1,3})日|[\d０-９]{4}年`),
	opening:  strings.Fields(`まだ 未だ 未定 検討 保留 決ま 決定 次回 後日 改めて 今度 確認 結論`),
	risky:    strings.Fields(`リスク 懸念 恐れ おそれ 可能性 心配 不安 危険 間に合 足り 不足 遅れ 支障 超 難しく`),
}
