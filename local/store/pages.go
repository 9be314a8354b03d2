package store

import (
	"context"
	"encoding/xml"
	"net/http"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/posix"
)

// openToPages writes which pages' scripts a browser lets use a bucket: those of our
// own origins, with what a signed address is good for. It is written anew at each
// start, because the front door's port may have changed.
func (c Config) openToPages(ctx context.Context, b *posix.Posix, bucket string) error {
	if len(c.Origins) == 0 {
		return b.PutBucketCors(ctx, bucket, nil)
	}
	rule := auth.CORSRule{
		AllowedMethods: []auth.CORSHTTPMethod{http.MethodGet, http.MethodHead, http.MethodPut},
		AllowedHeaders: []auth.CORSHeader{"*"},
	}
	for _, origin := range c.Origins {
		rule.AllowedOrigins = append(rule.AllowedOrigins, auth.CORSOrigin(origin))
	}
	text, err := xml.Marshal(auth.CORSConfiguration{Rules: []auth.CORSRule{rule}})
	if err != nil {
		return err
	}
	return b.PutBucketCors(ctx, bucket, text)
}
