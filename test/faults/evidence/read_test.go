package evidence_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"xietong.dev/shared/blob"
	"xietong.dev/shared/pg/pgtest"
	"xietong.dev/test/faults/evidence"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Evidence that cannot be read is no verdict.
func TestReadFailsWhereARowCannotBeRead(t *testing.T) {
	db := pgtest.Open(t, "broker", fstest.MapFS{"0001_event.sql": {Data: []byte(`
		CREATE TABLE event (seq bigint, type text, subject text, attributes text, data bytea, trace text);
		INSERT INTO event VALUES (1, 't', 's', 'no JSON', '', '')`)}})
	_, err := evidence.Read(t.Context(), db, &blob.Memory{}, evidence.Promises{})
	if err == nil || !strings.Contains(err.Error(), "read evidence") {
		t.Errorf("got %v", err)
	}
}

func TestReadFailsWhereATableIsMissing(t *testing.T) {
	db := pgtest.Open(t, "broker", nil)
	if _, err := evidence.Read(t.Context(), db, &blob.Memory{}, evidence.Promises{}); err == nil || !strings.Contains(err.Error(), "broker.event") {
		t.Errorf("got %v", err)
	}
}
