package transcribe

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"xietong.dev/events"
	"xietong.dev/shared/fault"
)

// demuxers are the containers we let ffmpeg open. The list is short of what it
// knows because some "formats" are instructions to open other files or
// addresses (playlists, concat scripts), and some take any text for a medium.
const demuxers = "3gp,aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,gsm,loas,m4a,matroska,webm,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,mxf,ogg,rm,tak,tta,voc,w64,wav,wv"

// unstated are the containers whose header does not say how long they are:
// what is reported for them is a guess by the size of the file.
var unstated = []string{"mp3", "aac", "mpegts", "mpeg", "ac3", "eac3", "dts", "amr", "amrnb", "amrwb", "gsm", "loas"}

// probed is what a container says about itself.
type probed struct {
	format   string
	statedMS int64 // length by the header, 0 where it has none to be relied on
	streams  []int // channels of each audio stream
	video    bool
}

// readProbe reads the answer of ffprobe.
func readProbe(answer []byte) (probed, error) {
	var a struct {
		Streams []struct {
			CodecType string `json:"codec_type"`
			Channels  int    `json:"channels"`
		} `json:"streams"`
		Format struct {
			Name     string `json:"format_name"`
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return probed{}, fmt.Errorf("read the answer of ffprobe: %w", err)
	}
	p := probed{format: a.Format.Name}
	for _, s := range a.Streams {
		switch s.CodecType {
		case "audio":
			p.streams = append(p.streams, s.Channels)
		case "video":
			p.video = true
		}
	}
	seconds, err := strconv.ParseFloat(a.Format.Duration, 64)
	if err == nil && seconds > 0 && seconds < 1e7 && !slices.Contains(unstated, p.format) {
		p.statedMS = int64(seconds * 1000)
	}
	return p, nil
}

// check refuses what cannot be transcribed, before any of it is decoded.
func (p probed) check(limits Limits) error {
	channels := 0
	for _, c := range p.streams {
		channels += c
	}
	switch {
	case channels == 0 && p.video:
		return fault.Refusef(events.RefusedNoSound, "the video (%s) has no sound", p.format)
	case channels == 0:
		return fault.Refusef(events.RefusedNotMedia, "the file (%s) has neither sound nor video", p.format)
	case channels > limits.Tracks:
		return fault.Refusef(events.RefusedTooLarge, "the recording has %d channels, MAX_TRACKS allows %d; send fewer channels", channels, limits.Tracks)
	}
	return limits.checkLength(p.statedMS, channels)
}

// whole decides whether enough of a recording could be decoded. A little may be
// missing at the end: recorders are switched off, uploads break. More than that
// and the minutes would mislead.
func (p probed) whole(decodedMS int64, least float64) error {
	switch {
	case decodedMS == 0:
		return fault.Refusef(events.RefusedUnreadable, "the recording (%s) could not be decoded at all: it is damaged", p.format)
	case float64(decodedMS) < least*float64(p.statedMS):
		return fault.Refusef(events.RefusedUnreadable, "only %s of the recording's %s could be decoded: it is cut off or damaged; upload it again",
			clock(decodedMS), clock(p.statedMS))
	}
	return nil
}

// looksLikeMedia tells a damaged recording from a file that never was one, by
// the first bytes of the usual containers.
func looksLikeMedia(head []byte) bool {
	for _, magic := range []struct {
		at    int
		bytes string
	}{
		{4, "ftyp"}, {4, "moov"}, {4, "mdat"}, {8, "WAVE"}, {8, "AVI "}, {0, "OggS"}, {0, "fLaC"}, {0, "ID3"},
		{0, "\x1a\x45\xdf\xa3"}, {0, "FORM"}, {0, "#!AMR"}, {0, "FLV\x01"}, {0, "\x30\x26\xb2\x75"}, {0, "caff"},
		{0, "\xff\xfb"}, {0, "\xff\xf3"}, {0, "\xff\xf1"}, {0, "\xff\xf9"}, {0, "\x00\x00\x01\xba"},
	} {
		if len(head) > magic.at && bytes.HasPrefix(head[magic.at:], []byte(magic.bytes)) {
			return true
		}
	}
	return false
}

// clock writes a length as people read it: 1:02:03 or 2:03.
func clock(ms int64) string {
	s := ms / 1000
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// statedByWAV is the length that a WAV file's header states, in milliseconds, and
// 0 where it states none. ffprobe goes by the size of the file instead, and so
// does not notice when the end is missing.
func statedByWAV(head []byte) int64 {
	if len(head) < 12 || string(head[:4]) != "RIFF" || string(head[8:12]) != "WAVE" {
		return 0
	}
	bytesPerSecond := int64(0)
	for at := 12; at+8 <= len(head); {
		size := int64(binary.LittleEndian.Uint32(head[at+4:]))
		switch name := string(head[at : at+4]); {
		case name == "fmt " && at+20 <= len(head):
			bytesPerSecond = int64(binary.LittleEndian.Uint32(head[at+16:]))
		case name == "data" && bytesPerSecond > 0 && size < 0xfffff000: // more is written where a program could not know
			return size * 1000 / bytesPerSecond
		case name == "data":
			return 0
		}
		at += 8 + int(size+size%2)
	}
	return 0
}
