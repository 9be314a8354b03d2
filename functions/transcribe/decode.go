package transcribe

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/child"
	"xietong.dev/shared/fault"
	"xietong.dev/shared/speech"
)

// Decoder reads recordings with ffprobe and ffmpeg.
type Decoder struct {
	Wall   time.Duration // for each run of a program
	Memory int64         // bytes of address space of each
}

// probe asks what is in a file.
func (d Decoder) probe(ctx context.Context, path string) (probed, error) {
	answer, err := child.Run(ctx, child.Cmd{
		Path: "ffprobe",
		Args: []string{"-v", "error", "-protocol_whitelist", "file", "-format_whitelist", demuxers, "-print_format", "json",
			"-show_entries", "format=format_name,duration:stream=codec_type,channels", "-i", "file:" + path},
		Limits: child.Limits{Wall: d.Wall, Memory: d.Memory, Output: 1 << 20},
	})
	var exit *child.ExitError
	switch {
	case errors.As(err, &exit) && exit.Signal == "":
		return probed{}, unreadable(path, err)
	case err != nil:
		return probed{}, err
	}
	p, err := readProbe(answer)
	if err != nil || p.format != "wav" {
		return p, err
	}
	head, err := headOf(path)
	p.statedMS = max(p.statedMS, statedByWAV(head))
	return p, err
}

// headOf returns the first bytes of a file, enough for the headers before the
// sound.
func headOf(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, 64<<10))
}

func unreadable(path string, why error) error {
	head, err := headOf(path)
	if err != nil {
		return err
	}
	if looksLikeMedia(head) {
		return fault.Refusef(events.RefusedUnreadable, "the recording is damaged or cut off before its contents begin; upload it again (ffprobe says: %s)", said(why))
	}
	return fault.Refusef(events.RefusedNotMedia, "the file is neither audio nor video, whatever its name says")
}

// said is the last thing a program said before it gave up, without the path of
// our copy.
func said(err error) string {
	var exit *child.ExitError
	if !errors.As(err, &exit) {
		return err.Error()
	}
	text := strings.TrimSpace(exit.Stderr)
	return text[strings.LastIndex(text, ": ")+1:]
}

// decode decodes every audio stream of a file into dir. Programs that stop in
// the middle of a damaged file have decoded what comes before, which is kept.
// Gaps in a stream's time become silence, so that words and pictures keep time.
func (d Decoder) decode(ctx context.Context, path, dir string, p probed, most time.Duration) (*sound, error) {
	s := &sound{}
	for i, channels := range p.streams {
		if channels == 0 {
			continue
		}
		file, err := os.Create(filepath.Join(dir, "stream-"+strconv.Itoa(i)))
		if err != nil {
			s.close()
			return nil, err
		}
		s.files, s.channels = append(s.files, file), append(s.channels, channels)
		if err := d.decodeStream(ctx, path, i, channels, most, file); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func (d Decoder) decodeStream(ctx context.Context, path string, index, channels int, most time.Duration, into io.Writer) error {
	err := child.Stream(ctx, child.Cmd{
		Path: "ffmpeg",
		Args: []string{"-nostdin", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", demuxers, "-i", "file:" + path,
			"-map", "0:a:" + strconv.Itoa(index), "-vn", "-sn", "-dn", "-af", "aresample=16000:async=1:first_pts=0", "-ac", strconv.Itoa(channels),
			"-t", strconv.FormatFloat(most.Seconds()+1, 'f', 3, 64), "-f", "s16le", "pipe:1"},
		Limits: child.Limits{Wall: d.Wall, Memory: d.Memory, Output: int64(most.Seconds()+2) * 2 * speech.SampleRate * int64(channels)},
	}, func(r io.Reader) error {
		_, err := io.Copy(into, r)
		return err
	})
	var exit *child.ExitError
	if errors.As(err, &exit) && exit.Signal == "" {
		return nil
	}
	return err
}
