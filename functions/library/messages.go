package library

import (
	"maps"

	"xietong.dev/shared/say"
)

// messages are all words of refusals that people read. Those of the page are in page.
var messages = func() say.Table {
	all := say.Table{
		"error.list": {Zh: "无法列出图书：%s", En: "the books cannot be listed: %s"},
	}
	maps.Copy(all, ReadingMessages)
	return all
}()
