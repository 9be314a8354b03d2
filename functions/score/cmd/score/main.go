// Command score runs the function.
package main

import (
	"xietong.dev/functions/score"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(score.Open) }
