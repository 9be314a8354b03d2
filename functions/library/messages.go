package library

import (
	"maps"

	"xietong.dev/shared/say"
)

// messages are all words of refusals and of feeds that people read. Those of the page are in page.
var messages = func() say.Table {
	all := say.Table{
		"error.list_words":  {Zh: "%s 最多 %d 个词", En: "%s: want at most %d words"},
		"error.list_one_of": {Zh: "%s 应为其中之一，或不填：%s", En: "%s: want one of %s, or none"},
		"error.list_order":  {Zh: "检索正文时不能按 %[2]s 排序：请用 field 指定书名、作者等，或不填 %[1]s", En: "%[1]s: texts are searched without %[2]s: name a field such as title, or no order"},
		"error.list_page":   {Zh: "%s 不是这个列表的一页：请从第一页开始", En: "%s: no page of this list: start from its first"},
	}
	for _, part := range []say.Table{ReadingMessages, feedWords} {
		maps.Copy(all, part)
	}
	return all
}()
