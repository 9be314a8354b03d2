package written

import "regexp"

// zhMeasures are what numbers count in meetings. Left out on purpose: 步, 届, 大,
// 中全会, 行, 节气, 里, 经, which stand in names and sayings.
var zhMeasures = []string{
	"元", "块", "美元", "欧元", "日元", "人", "名", "位", "个", "家", "户", "件", "份", "次", "条", "项", "台", "辆", "套", "栋", "幢", "层", "间", "张", "本", "册", "款", "批", "组", "班", "所", "座", "处", "例", "票", "场", "期", "篇", "枚", "部",
	"平方米", "平方公里", "平米", "立方米", "公里", "千米", "米", "厘米", "毫米", "公分", "亩", "公顷", "吨", "公斤", "千克", "斤", "克", "升", "毫升", "千瓦", "兆", "度", "摄氏度",
	"岁", "年", "天", "日", "周", "个月", "小时", "分钟", "秒", "页", "字", "分", "倍", "多岁", "人次", "年代", "号", "路", "楼",
}

// zhNoMeasures begin like a measure and are none.
var zhNoMeasures = []string{"分之", "大", "年河", "人行"}

// zhCounted are the first characters of what a number before them counts.
const zhCounted = "元块人名位个家户件份次条项台辆套栋层间平公千米亩吨斤克升度岁年天周小分秒页字倍"

// zhIdioms are sayings and names whose numerals stay, where the rules alone would
// change them.
var zhIdioms = regexp.MustCompile(`一五一十|三七二十一|三十六计|七十二变|二十四节气|二十四孝|一百零八将|一千零一夜|十万八千里|三百六十行|二百五|十三经|十三香` +
	`|五十步笑百步|三十而立|四十不惑|三十年河[东西]|二十八宿|十五个吊桶|十二分|十二生肖|十二时辰|八百里加急|三百六十度无死角|百分百|千分之一秒|十八般|二十五史|三十三天|一万个为什么|十万个为什么` +
	`|十月革命|七十古来稀|十年树木|十八罗汉|两个一百年|十二星座|二十一条|三千里江山`)
