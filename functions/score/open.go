// Package score turns a probe's report into a decision.
package score

import (
	_ "cel.dev/cel-go/cel"
	_ "github.com/emmansun/gmsm/sm2"
	_ "github.com/google/go-cmp/cmp"
	_ "xietong.dev/events"
	_ "xietong.dev/shared/fn"
	_ "xietong.dev/shared/blob"
	_ "xietong.dev/shared/web"
)
