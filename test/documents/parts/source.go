package parts

import "embed"

// Source is this package's source: who keeps what it has written knows by it
// when that is out of date.
//
//go:embed *.go
var Source embed.FS
