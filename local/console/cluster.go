package console

// What the pages say differently beside a cluster: its platform runs the functions, its
// broker delivers the events, and its log store keeps what functions wrote. What only
// those know is shown as not known, with the command that tells.

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// Cluster is what a console knows of the cluster that it is deployed on.
type Cluster struct {
	Namespace string // where the functions are; empty leaves it to kubectl
	// Logs is the address of a page of the log store, in which {function} and {event}
	// stand for those of an event; empty where there is none.
	Logs string
	// Health asks functions whether they are ready, but none that it would wake, and
	// returns what those said that were asked.
	Health func(context.Context) map[string]bool
}

// Kubectl is the command with which an operator asks or tells the cluster.
func (c *Cluster) Kubectl(command string) string {
	if c.Namespace == "" {
		return "kubectl " + command
	}
	return "kubectl -n " + c.Namespace + " " + command
}

// logPlace is where a function's lines about an event are.
type logPlace struct {
	Function string
	Command  string
	Address  string // of the log store; empty where there is none
}

// unquoted is what stands in a shell's command as it is.
var unquoted = regexp.MustCompile(`^[A-Za-z0-9._:/@-]+$`)

// logsOf says where a function's lines about an event are.
func (c *Cluster) logsOf(function, event string) logPlace {
	shown := event
	if !unquoted.MatchString(event) {
		shown = "'" + strings.ReplaceAll(event, "'", `'\''`) + "'"
	}
	p := logPlace{Function: function, Command: c.Kubectl("logs -l serving.knative.dev/service=" + function + " -c user-container --tail=-1 | grep -F -- " + shown)}
	if c.Logs != "" {
		p.Address = strings.NewReplacer("{function}", url.QueryEscape(function), "{event}", url.QueryEscape(event)).Replace(c.Logs)
	}
	return p
}

// addLogPlaces says where the lines about an event are, of the functions that it went to.
func (v *visit) addLogPlaces(view *eventView, id string) {
	asked := map[string]bool{}
	for _, d := range view.Deliveries {
		if !asked[d.Function] {
			asked[d.Function] = true
			view.LogPlaces = append(view.LogPlaces, v.Cluster.logsOf(d.Function, id))
		}
	}
}

// notHere refuses what only the cluster can do. No page offers it.
func (v *visit) notHere() error { return web.Refuse(http.StatusConflict, "cluster_only") }

var clusterWords = say.Table{
	"enter_how cluster": {Zh: "令牌由运维人员保存在 Secret toolbox-console 的 CONSOLE_TOKEN 中。", En: "The operator keeps the token in Secret toolbox-console, under CONSOLE_TOKEN."},

	"not known": {Zh: "未知", En: "not known"},

	"error.cluster_only": {Zh: "这件事只能在集群上做：页面上写明了命令", En: "only the cluster can do this: the page names the command"},
}
