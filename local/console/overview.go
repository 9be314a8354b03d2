package console

// The overview: how everything stands.

import "xietong.dev/shared/say"

func (d *desk) overview() {
	d.mux.Handle("GET /console/{$}", d.page(func(v *visit) error { return v.show("overview.html", nil) }))
}

var overviewWords = say.Table{}
