package console

import "xietong.dev/shared/say"

var actsWords = say.Table{
	"acts what":     {Zh: "每次改动都记下谁、何时、为什么。记录不会被清除。", En: "Every change, with who made it, when and why. Nothing removes these."},
	"acts none":     {Zh: "还没有人改动过什么", En: "Nobody has changed anything yet"},
	"acts none how": {Zh: "在控制台或命令行里的改动都会记在这里。", En: "Whatever is changed on the console or the command line will stand here."},
	"acts when":     {Zh: "时间", En: "When"},
	"acts who":      {Zh: "谁", En: "Who"},
	"acts does":     {Zh: "做了什么", En: "Did what"},
	"acts about":    {Zh: "对什么", En: "To what"},
	"acts count":    {Zh: "数量", En: "How many"},
	"acts why":      {Zh: "为什么", En: "Why"},
	"acts run":      {Zh: "第 %d 次", En: "run %d"},
	"acts older":    {Zh: "更早的", En: "Older"},
	"acts newest":   {Zh: "最新的", En: "Newest"},

	"act redrive": {Zh: "重新投递", En: "redrove"},
	"act abort":   {Zh: "中止重新投递", En: "aborted a redrive"},
	"act pause":   {Zh: "暂停触发器", En: "paused a Trigger"},
	"act resume":  {Zh: "恢复触发器", En: "resumed a Trigger"},
	"act discard": {Zh: "丢弃死信", En: "discarded"},
	"act replay":  {Zh: "修改后重新发送", En: "replayed with other data"},
	"act send":    {Zh: "发送事件", En: "sent an event"},
	"act upload":  {Zh: "上传文件", En: "uploaded a file"},
}
