package console

import "xietong.dev/shared/say"

var overviewWords = say.Table{
	"title overview.html": {Zh: "概览", En: "Overview"},

	"as of":          {Zh: "截至", En: "As of"},
	"refresh":        {Zh: "刷新", En: "Refresh"},
	"refreshed":      {Zh: "每 5 秒自动刷新", En: "refreshes itself every 5 s"},
	"what needs you": {Zh: "需要处理", En: "What needs you"},
	"all is well":    {Zh: "一切正常", En: "All is well"},
	"blind":          {Zh: "暂时读不到数据库，以下没有投递的数字。", En: "The database cannot be read just now: the figures of deliveries are missing below."},
	"figures since":  {Zh: "事件很多，以下数字只从这一时刻算起：", En: "There are many events: the figures only go back to"},
	"done pause":     {Zh: "触发器已暂停：新事件在队列中等待", En: "The trigger is paused; its events wait"},
	"done resume":    {Zh: "触发器已恢复投递", En: "The trigger delivers again"},

	"need database":      {Zh: "数据库没有应答，没有事件能够处理", En: "The database does not answer: no event can be handled"},
	"need store":         {Zh: "对象存储没有应答，文件无法上传和读取", En: "The object store does not answer: files can be neither uploaded nor read"},
	"need figures":       {Zh: "暂时读不到投递的数字", En: "The figures of deliveries cannot be read just now"},
	"need refusing":      {Zh: "队列已满（%d 个投递），暂时拒绝外来的新事件", En: "The queue is full (%d deliveries): events from outside are refused for now"},
	"need state crashed": {Zh: "函数 %s 刚刚崩溃过（启动以来 %d 次）", En: "Function %s has just crashed; times since the start: %d"},
	"need state failing": {Zh: "函数 %s 多数失败：15 分钟内失败 %d 次", En: "Function %s mostly fails: %d failures in 15 minutes"},
	"need overdue":       {Zh: "函数 %s 有投递进行了 %s 还没有结束，限时为 %s", En: "A delivery to %s has been running for %s; its limit is %s"},
	"need growing":       {Zh: "函数 %s 的队列在增长：%d 个在等，最早的已等 %s", En: "The queue of %s grows: %d wait, the oldest for %s"},
	"need paused":        {Zh: "触发器 %s 已暂停 %s，%d 个投递在等", En: "Trigger %s has been paused for %s; deliveries that wait: %d"},
	"need dead":          {Zh: "函数 %s 一小时内新增死信 %d 封", En: "Dead letters of %s within an hour: %d"},

	"health":          {Zh: "运行环境", En: "What everything works with"},
	"health database": {Zh: "数据库", En: "Database"},
	"health store":    {Zh: "对象存储", En: "Object store"},
	"health broker":   {Zh: "事件代理", En: "Broker"},
	"health fine":     {Zh: "正常，应答用时 %s", En: "fine, answered within %s"},
	"health away":     {Zh: "没有应答", En: "does not answer"},
	"health queued":   {Zh: "正常，在途投递 %d / %d", En: "fine; deliveries on their way: %d of %d"},
	"health refusing": {Zh: "队列已满，拒绝新事件；在途投递 %d / %d", En: "full, refuses new events; deliveries on their way: %d of %d"},

	"functions":         {Zh: "函数", En: "Functions"},
	"function":          {Zh: "函数", En: "Function"},
	"state":             {Zh: "状态", En: "State"},
	"state crashed":     {Zh: "崩溃过（%d 次）", En: "crashed (times: %d)"},
	"state failing":     {Zh: "多数失败", En: "mostly fails"},
	"state starting":    {Zh: "正在启动", En: "starting"},
	"state busy":        {Zh: "忙（%d 个请求）", En: "busy (requests: %d)"},
	"state running":     {Zh: "待命（%d 个进程）", En: "ready (processes: %d)"},
	"state asleep":      {Zh: "休眠", En: "asleep"},
	"state unknown":     {Zh: "由平台管理", En: "up to the platform"},
	"a minute":          {Zh: "每分钟事件", En: "Events a minute"},
	"handled p95":       {Zh: "处理时长 p95", En: "Handled in, p95"},
	"failures hour":     {Zh: "一小时内失败", En: "Failures, 1 h"},
	"dead letters kept": {Zh: "死信", En: "Dead letters"},
	"queue":             {Zh: "排队", En: "Queue"},
	"oldest":            {Zh: "最早的已等", En: "Oldest waits"},
	"last hour":         {Zh: "最近一小时", En: "Last hour"},
	"spark":             {Zh: "最近一小时每分钟结束的投递，最多 %d 个", En: "Deliveries that ended each minute of the last hour, at most %d"},
	"spark failed":      {Zh: "其中有 %d 分钟出现失败", En: "; there were failures in %d of the minutes"},
	"no functions":      {Zh: "还没有函数。", En: "There are no functions."},

	"triggers":       {Zh: "触发器", En: "Triggers"},
	"triggers how":   {Zh: "触发器把符合条件的事件投递给函数。暂停后事件在队列中等待，不会丢失。", En: "A trigger delivers the events that pass its filter to a function. While it is paused its events wait; none is lost."},
	"trigger":        {Zh: "触发器", En: "Trigger"},
	"ready":          {Zh: "待投递", En: "Ready"},
	"running":        {Zh: "正在投递", En: "Running"},
	"waiting":        {Zh: "等候次序", En: "Waiting its turn"},
	"delivers":       {Zh: "正常", En: "delivers"},
	"paused since":   {Zh: "已暂停，自", En: "paused since"},
	"change":         {Zh: "操作", En: "Change"},
	"pause it":       {Zh: "暂停", En: "Pause"},
	"resume it":      {Zh: "恢复", En: "Resume"},
	"pause this":     {Zh: "暂停 %s", En: "Pause %s"},
	"resume this":    {Zh: "恢复 %s", En: "Resume %s"},
	"why":            {Zh: "原因（必填，随操作保存）", En: "Why (needed, kept with the change)"},
	"try first":      {Zh: "最近一小时没有事件。", En: "There were no events within the last hour."},
	"try first link": {Zh: "放入一个文件试一试", En: "Try it with a file"},

	"error.why": {Zh: "请写明原因，最多 %d 个字符", En: "say why, in at most %d characters"},
}

// overviewScript is what the overview's script says.
var overviewScript = say.Table{
	"new need": {Zh: "需要处理：{n}", En: "Needs you: {n}"},
	"well":     {Zh: "一切正常", En: "All is well"},
	"stale":    {Zh: "无法刷新，显示的是上一次的情况", En: "Cannot be refreshed; this is how it was before"},
}
