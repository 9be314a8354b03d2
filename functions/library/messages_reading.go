package library

import "xietong.dev/shared/say"

// ReadingMessages are the words of reading's refusals. Those of the page are in page.
var ReadingMessages = say.Table{
	"error.reading_ascii":   {Zh: "%s 应为 1 到 %d 个可见的 ASCII 字符", En: "%s: want 1 to %d visible ASCII characters"},
	"error.reading_length":  {Zh: "%s 应为 %d 到 %d 个字符", En: "%s: want %d to %d characters"},
	"error.reading_number":  {Zh: "%s 应为 %d 到 %d 的整数", En: "%s: want a whole number from %d to %d"},
	"error.reading_bytes":   {Zh: "%s 超过 %d 字节", En: "%s has over %d bytes"},
	"error.reading_one_of":  {Zh: "%s 应为其中之一：%s", En: "%s: want one of %s"},
	"error.reading_json":    {Zh: "请求体不是所要的 JSON：%s", En: "the body is not the JSON that is wanted: %s"},
	"error.reading_large":   {Zh: "请求体超过 %d 字节", En: "the body has over %d bytes"},
	"error.reading_locator": {Zh: "%s 应为书中的位置：href、type，以及 0 到 1 的 progression 和 totalProgression", En: "%s: want a place in the book: href, type, and progression and totalProgression from 0 to 1"},
	"error.too_many_marks":  {Zh: "一本书最多 %d 处标记", En: "a book takes at most %d marks"},
	"error.loan_needed":     {Zh: "请先借阅这本书", En: "borrow this book first"},
	"error.all_lent":        {Zh: "所有副本都已借出，请稍后再来", En: "all copies are lent; come again later"},
	"error.licence_ended":   {Zh: "这本书的授权已到期", En: "the licence of this book has ended"},
}
