package console

import "xietong.dev/shared/say"

var metricsWords = say.Table{
	"metrics afar": {Zh: "在集群上：失败的尝试只统计从控制台重新投递的，其余只有账本中的次数，见各事件；处理时长从函数首次收到算起，账本没有记下开始的不计入；等待时长从控制台得知事件算起。",
		En: "On a cluster failed attempts are those of redrives from here: of others the ledgers hold the number alone, which stands with each event. Time of handling runs from when a function first met an event, where its ledger has that; time of waiting from when the console was told of it."},
	"title metrics.html": {Zh: "指标", En: "Metrics"},

	"all functions": {Zh: "全部函数", En: "All functions"},
	"range":         {Zh: "时间范围", En: "Range"},
	"15m":           {Zh: "15 分钟", En: "15 minutes"},
	"1h":            {Zh: "1 小时", En: "1 hour"},
	"6h":            {Zh: "6 小时", En: "6 hours"},
	"24h":           {Zh: "24 小时", En: "24 hours"},
	"7d":            {Zh: "7 天", En: "7 days"},
	"scale":         {Zh: "时长刻度", En: "Scale of times"},
	"linear":        {Zh: "线性", En: "Linear"},
	"log":           {Zh: "对数", En: "Logarithmic"},
	"show":          {Zh: "显示", En: "Show"},

	"done deliveries": {Zh: "完成", En: "Done"},
	"failed attempts": {Zh: "失败的尝试", En: "Failed attempts"},
	"dead deliveries": {Zh: "死信", En: "Dead letters"},
	"outcomes":        {Zh: "结果", En: "Outcomes"},
	"outcomes how":    {Zh: "每一格中结束的投递与失败的尝试", En: "Deliveries that ended and attempts that failed, in each step"},
	"handled":         {Zh: "处理时长", En: "Time of handling"},
	"handled how":     {Zh: "最后一次尝试从开始到结束", En: "From the beginning of the last attempt to its end"},
	"waited":          {Zh: "等待时长", En: "Time of waiting"},
	"waited how":      {Zh: "从到期（接收、轮到次序或间歇结束）到最后一次尝试开始", En: "From when it was due (accepted, its turn, its pause over) to the beginning of the last attempt"},
	"point at":        {Zh: "指向图形，或用方向键，即可读数", En: "Point at the chart, or use the arrow keys, to read its values"},
	"figures":         {Zh: "同样的数字（表格）", En: "The same figures, as a table"},
	"by function":     {Zh: "按函数", En: "By function"},
	"from":            {Zh: "起", En: "From"},
	"handled column":  {Zh: "处理", En: "Handled"},
	"waited column":   {Zh: "等待", En: "Waited"},
	"counted how":     {Zh: "统计最近接收的事件；一小时以前接收而这时才结束的（例如重新投递的死信）不计。", En: "Counted are events that came in this time or up to an hour before it; what came earlier and ended only now, such as redriven letters, is not."},

	"scrape":        {Zh: "用 Prometheus 采集", En: "Scrape with Prometheus"},
	"scrape how":    {Zh: "每个函数在自己的端口（8080）上以 Prometheus 格式提供 /metrics，不经过网关，外面读不到。在集群上让 Prometheus 按 Pod 采集：", En: "Each function serves /metrics in the format of Prometheus on its own port (8080), not through the gateway, where nobody outside could read it. On a cluster let Prometheus scrape the pods:"},
	"scrape counts": {Zh: "events_total 按结果计数，event_seconds 是处理时长，event_age_seconds 是事件送达时的年龄；函数名在标签 function 里。本机的函数进程随用随起，请以本页为准。", En: "events_total counts events by outcome, event_seconds is the time of handling, event_age_seconds how old events are as they arrive; the label function names the function. On one machine processes come and go with the work: read this page there."},
}
