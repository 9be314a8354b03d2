// Command captions runs the function.
package main

import (
	"xietong.dev/functions/captions"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(captions.Open) }
