package main

import "xietong.dev/shared/say"

// messages is everything that this program says to people.
var messages = say.Table{
	"step build":    {Zh: "  函数已编译          %s", En: "  functions built     %s"},
	"step database": {Zh: "  数据库已启动        %s", En: "  database started    %s"},
	"step store":    {Zh: "  对象存储与代理已启动  %s", En: "  store and broker    %s"},
	"started":       {Zh: "已就绪，用时 %s", En: "ready after %s"},
	"ready": {
		Zh: `
控制台      %[7]s
入口        %[1]s        （例如 %[1]s/minutes）
对象存储    %[2]s        （S3；录音放进存储桶 recordings，文档放进 documents，图书放进 books，离线报告放进 reports）
  Access key  %[3]s
  Secret key  %[4]s
接口令牌    %[5]s        （Authorization: Bearer …）
状态目录    %[6]s        （日志在其中的 logs/）

在另一个终端里运行 eval "$(go run ./local env)" 即可使用这些地址。按 Ctrl-C 停止。`,
		En: `
Console       %[7]s
Front door    %[1]s        (for example %[1]s/minutes)
Object store  %[2]s        (S3; put recordings into the bucket recordings, documents into documents, books into books, offline reports into reports)
  access key  %[3]s
  secret key  %[4]s
API token     %[5]s        (Authorization: Bearer ...)
State         %[6]s        (logs are in logs/)

In another terminal, eval "$(go run ./local env)" sets these for the shell. Ctrl-C stops.`,
	},
	"watching":         {Zh: "正在监视源码：函数改动后自动重新编译并替换", En: "watching the sources: a function that changes is rebuilt and replaced"},
	"changed":          {Zh: "已改动：%s", En: "changed: %s"},
	"reload replaced":  {Zh: "  %s：已替换，编译 %s，共 %s", En: "  %s: replaced; built in %s, all in %s"},
	"reload triggers":  {Zh: "  %s：触发器已更新", En: "  %s: its Triggers are in force"},
	"reload unchanged": {Zh: "  %s：编译 %s，共 %s，结果与运行中的相同，无需替换", En: "  %s: built in %s, all in %s; the same as what runs, nothing to replace"},
	"reload not built": {Zh: "  %s：编译失败，原有版本继续运行\n%s", En: "  %s: does not compile; the old version goes on\n%s"},
	"reload not read":  {Zh: "  %s：knative.yaml 有误，原有版本继续运行\n%s", En: "  %s: its knative.yaml is wrong; the old version goes on\n%s"},
	"reload not ready": {Zh: "  %s：新版本未能就绪，原有版本继续运行\n%s", En: "  %s: the new version does not come up; the old one goes on\n%s"},
	"reload restart":   {Zh: "  %s：函数新增或移除，重新启动后生效", En: "  %s: came or went; restart to take that up"},

	"stopping":            {Zh: "正在停止……", En: "stopping ..."},
	"reset":               {Zh: "已清空 %s", En: "removed %s"},
	"setup":               {Zh: "所需程序均已安装", En: "everything needed is installed"},
	"not running":         {Zh: "工具箱没有在运行：先在另一个终端里运行 go run ./local", En: "the toolbox is not running: start it in another terminal with go run ./local"},
	"sent":                {Zh: "已发送 %s %s", En: "sent %s %s"},
	"delivery":            {Zh: "        → %-36s %s  失败 %d 次  应答 %d  %s", En: "        → %-36s %s  failures %d  answer %d  %s"},
	"no dead letters":     {Zh: "没有死信", En: "no dead letters"},
	"no such dead letter": {Zh: "没有编号为 %d 的死信；用 dead list 查看全部", En: "there is no dead letter %d; dead list shows them all"},
	"dead letter": {
		Zh: "编号  %d\n触发器  %s\n失败  %d 次\n应答  %d\n原因  %s\n追踪  %s\n重新投递  %d 次",
		En: "number    %d\ntrigger   %s\nfailures  %d\nanswer    %d\nreason    %s\ntrace     %s\nredriven  %d times",
	},
	"redrive what":         {Zh: "请给出死信编号，用 --group 给出一组，或用 --all 重新投递所有符合条件的死信", En: "name dead letters by number or a --group, or say --all for every one that matches"},
	"redrive who":          {Zh: "请用 --who 和 --why 说明由谁、为何重新投递；记录会随死信保存。只想统计数量请用 --dry-run", En: "say with --who and --why who asks and why; it is kept with each. To count only, say --dry-run"},
	"discard what":         {Zh: "请给出死信编号，用 --group 给出一组，或用 --all 丢弃所有符合条件的死信", En: "name dead letters by number or a --group, or say --all for every one that matches"},
	"discard who":          {Zh: "请用 --who 和 --why 说明由谁、为何丢弃；记录会随死信保存。只想统计数量请用 --dry-run", En: "say with --who and --why who asks and why; it is kept with each. To count only, say --dry-run"},
	"would discard":        {Zh: "将丢弃 %d 封死信（--dry-run：未丢弃任何一封）", En: "%d dead letters would be discarded (--dry-run: nothing was discarded)"},
	"discarded":            {Zh: "已丢弃 %d 封死信", En: "%d dead letters discarded"},
	"redriving":            {Zh: "第 %d 次重新投递：%d / %d", En: "run %d: %d of %d"},
	"redrive aborted":      {Zh: "第 %d 次重新投递已中止：已投递 %d 封，共 %d 封；同样的命令可继续投递其余死信", En: "run %d was aborted after %d of %d; the same command goes on with the rest"},
	"would redrive":        {Zh: "将重新投递 %d 封死信（--dry-run：未投递任何一封）", En: "%d dead letters would be redriven (--dry-run: nothing was sent)"},
	"dead letter redriven": {Zh: "  %s  第 %d 次投递  %s：%s  （当时应答 %d  %s）", En: "  %s  run %d  %s: %s  (had died of %d  %s)"},
	"dead group":           {Zh: "%s  %5d 封  %-12s %d  %s\n          首封 %s  末封 %s  例如 %d", En: "%s  %5d  %-12s %d  %s\n          first %s  last %s  for example %d"},
	"redrive run":          {Zh: "%4d  %s  %s  %d / %d 封  每秒 %d  %s：%s  [%s]", En: "%4d  %s  %s  %d of %d  %d a second  %s: %s  [%s]"},
	"run running":          {Zh: "进行中", En: "running"},
	"run ended":            {Zh: "已完成", En: "ended"},
	"run aborted":          {Zh: "已中止", En: "aborted"},
	"run lost":             {Zh: "已中断（进程不在了，可用同样的命令重新开始）", En: "lost (its process is gone; start it again with the same command)"},
	"no redrive runs":      {Zh: "没有重新投递的记录", En: "nothing was redriven yet"},
	"no such run":          {Zh: "没有正在进行的第 %d 次重新投递；用 dead runs 查看全部", En: "no redrive run %d goes on; dead runs shows them all"},
	"aborting":             {Zh: "第 %d 次重新投递将在当前一批之后停止", En: "run %d stops after the lot that it is sending"},
	"redriven":             {Zh: "已重新投递 %d 封死信", En: "%d dead letters redriven"},

	"try sample":   {Zh: "\n《%s》（%s）", En: "\n%s (%s)"},
	"try event":    {Zh: "  %6.1f 秒  %s", En: "  %6.1f s  %s"},
	"try done":     {Zh: "  完成：%s\n  运行 go run ./local 后可在 %s 读取", En: "  done: %s\n  with go run ./local it is also at %s"},
	"try fetched":  {Zh: "  已生成：%s", En: "  made: %s"},
	"try failed":   {Zh: "  未完成：%s", En: "  not completed: %s"},
	"try all":      {Zh: "\n%d 个样例全部完成，用时 %s", En: "\nall %d samples completed in %s"},
	"try not all":  {Zh: "%d 个样例中只有 %d 个完成；原因见上，日志在 %s", En: "only %[2]d of %[1]d samples completed; the reasons are above, the logs in %[3]s"},
	"try too late": {Zh: "%s 内没有结束；用 go run ./local events --story %s 查看经过", En: "did not end within %s; go run ./local events --story %s tells what happened"},
}
