// Command transcribe turns recordings into transcripts; see package transcribe.
package main

import (
	"xietong.dev/functions/transcribe"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(transcribe.Open) }
