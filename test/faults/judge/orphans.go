package judge

import (
	"fmt"
	"strings"

	"xietong.dev/test/faults/evidence"
)

// rowsHaveObjects: whatever a row points to is there, as it was written.
func rowsHaveObjects(c *court) (broken []string) {
	look := func(what, recording string, o *evidence.Object) {
		if o == nil || c.Deleted[recording] || c.poisoned[recording] {
			return
		}
		there, found := c.Objects[o.Bucket][o.Key]
		switch {
		case !found:
			broken = append(broken, fmt.Sprintf("%s of recording %s points to %s/%s, which is not there", what, recording, o.Bucket, o.Key))
		case there.Size != o.Size || o.ETag != "" && there.ETag != o.ETag:
			broken = append(broken, fmt.Sprintf("%s of recording %s points to %+v, the store has %+v", what, recording, *o, there))
		}
	}
	for _, s := range c.Stories {
		look("the arrival", s.Recording, s.Arrival)
		look("the transcript", s.Recording, s.Transcript)
	}
	for _, chunk := range c.Chunks {
		if chunk.State != "heard" {
			look("a chunk", c.Uploads[chunk.Upload], &chunk.Audio)
		}
	}
	for _, n := range c.Notes {
		if _, found := c.Objects[n.Bucket][n.Key]; !found && !c.Deleted[n.Recording] {
			broken = append(broken, fmt.Sprintf("a summary of recording %s is noted at %s/%s, which is not there", n.Recording, n.Bucket, n.Key))
		}
	}
	return broken
}

// objectsHaveRows: what functions wrote is pointed to by a row, and nothing of a
// deleted recording is left.
func objectsHaveRows(c *court) (broken []string) {
	owned := c.owned()
	for key, o := range c.Objects["artifacts"] {
		upload, rest := "", strings.Split(key, "/")
		if len(rest) > 1 {
			upload = rest[1]
		}
		switch {
		case strings.HasPrefix(key, c.Given):
		case c.Deleted[c.Uploads[upload]]:
			broken = append(broken, fmt.Sprintf("object artifacts/%s is left of recording %s, which was deleted", key, c.Uploads[upload]))
		case !owned[key]:
			broken = append(broken, fmt.Sprintf("object artifacts/%s (%d bytes) is pointed to by no row", key, o.Size))
		}
	}
	for key := range c.Objects["recordings"] {
		id, _, _ := strings.Cut(key, "/")
		switch {
		case c.Deleted[id]:
			broken = append(broken, fmt.Sprintf("object recordings/%s is left of a recording that was deleted", key))
		case !c.Tried[key]:
			broken = append(broken, fmt.Sprintf("object recordings/%s was uploaded by nobody", key))
		}
	}
	return broken
}

// owned returns the keys in artifacts that rows point to: the ledgers' records
// of what was announced, and the chunks of jobs.
func (c *court) owned() map[string]bool {
	keys := map[string]bool{}
	for _, entries := range c.Ledgers {
		for _, entry := range entries {
			for _, s := range entry.Sent {
				keys[s.About.Transcript.Key], keys[s.About.Summary.Key] = true, true
			}
		}
	}
	for _, chunk := range c.Chunks {
		keys[chunk.Audio.Key] = true
		if chunk.State == "heard" {
			keys[fmt.Sprintf("heard/%s/%d.json", chunk.Upload, chunk.Index)] = true
		}
	}
	return keys
}
