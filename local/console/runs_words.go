package console

import "xietong.dev/shared/say"

var runsWords = say.Table{
	"title runs.html": {Zh: "重新投递记录", En: "Redrive runs"},
	"runs what":       {Zh: "重新投递在服务器上进行，关闭页面不影响它。", En: "A redrive goes on in the server, whether or not this page is open."},
	"runs none":       {Zh: "还没有重新投递过", En: "Nothing was redriven yet"},
	"runs none how":   {Zh: "在死信页面选择死信，再按“重新投递”。", En: "Choose letters on the page of dead letters, then Redrive."},
	"runs cut":        {Zh: "只列出最近的 %d 次。", En: "Only the latest %d are listed."},
	"runs number":     {Zh: "编号", En: "Run"},
	"runs state":      {Zh: "状态", En: "State"},
	"runs progress":   {Zh: "进度", En: "Progress"},
	"runs began":      {Zh: "开始", En: "Began"},
	"runs ended":      {Zh: "结束", En: "Ended"},
	"runs who":        {Zh: "谁", En: "Who"},
	"runs why":        {Zh: "为什么", En: "Why"},
	"runs about":      {Zh: "范围", En: "Which"},
	"runs abort":      {Zh: "中止", En: "Abort"},
	"runs abort one":  {Zh: "中止第 %d 次重新投递", En: "Abort run %d"},
	"runs lost":       {Zh: "执行它的进程已不在。没有投递的仍是死信，可重新开始。", En: "Its process is gone. What it did not send is among the dead letters still; start again."},
	"runs fewer":      {Zh: "其余的已被别人处理", En: "others had dealt with the rest"},
}

// runsScript is what the page says of a run, and its script when one changes.
var runsScript = say.Table{
	"run running": {Zh: "进行中", En: "Running"},
	"run ended":   {Zh: "已完成", En: "Ended"},
	"run aborted": {Zh: "已中止", En: "Aborted"},
	"run lost":    {Zh: "已中断", En: "Lost"},
	"run is":      {Zh: "第 {n} 次重新投递{n}，已投递 {n} / {n}", En: "Run {n}: {n}, {n} of {n} sent"},
}
