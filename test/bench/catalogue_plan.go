package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"xietong.dev/events"
	"xietong.dev/functions/catalogue/booktest"
	"xietong.dev/shared/blob"
	"xietong.dev/shared/ce"
)

// planRows is how many rows a list may have.
const planRows = 200_000

// plans measures how long the planning of the largest lists takes, and the most
// memory that it needs.
func (b *bench) plans(c *cataloguing) (all figures, err error) {
	for _, form := range []struct {
		name, file string
		make       func(rows int) []byte
	}{{"plan_jsonl", "a.batch.jsonl", jsonList}, {"plan_cnmarc", "a.iso", cnmarcList}} {
		took, peak, err := b.plan(c, form.name, form.file, form.make(planRows))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", form.name, err)
		}
		all = append(all, figure{form.name + "_s", took.Seconds()}, figure{form.name + "_mib", peak})
	}
	return all, nil
}

func (b *bench) plan(c *cataloguing, id, name string, list []byte) (took time.Duration, peak float64, err error) {
	o := events.Object{Bucket: "artifacts", Key: planner + "/" + id + "/" + name, Size: int64(len(list))}
	info, err := c.Blob.Put(b.ctx, o.Bucket, o.Key, bytes.NewReader(list), blob.Put{Size: o.Size})
	if err != nil {
		return 0, 0, err
	}
	o.ETag = info.ETag
	e, err := events.New(events.BatchUploaded{Batch: ce.ID("batch", id), Upload: ce.ID("upload", id), Source: planner, Object: o, Name: name})
	if err != nil {
		return 0, 0, err
	}
	e.SetID(id)
	e.SetSource("/bench")
	e.SetTime(time.Now())
	if err := c.startOne(b); err != nil {
		return 0, 0, err
	}
	last := len(c.processes) - 1
	began := time.Now()
	if err := deliverOne(b.ctx, c.addresses[last], e); err != nil {
		return 0, 0, err
	}
	took = time.Since(began)
	var rows int
	if err := c.db.QueryRow(b.ctx, `SELECT rows FROM catalogue.batch WHERE id = $1`, e.Subject()).Scan(&rows); err != nil || rows != planRows {
		return 0, 0, fmt.Errorf("the batch has %d rows, want %d: %w", rows, planRows, err)
	}
	pid := c.processes[last].Process.Pid
	peak, err = highWater(pid)
	fmt.Printf("  planning of %d rows, %s of %d MiB: %s, processor of the function %s, peak memory %.0f MiB\n", rows, name, len(list)>>20, seconds(took), seconds(processor(pid)), peak)
	return took, peak, err
}

// planner is whose books the lists are of.
const planner = "bench"

func jsonList(rows int) []byte {
	var body bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&body, `{"op":"upsert","source_id":"%d","version":20260110080000,"object":"%[1]d.epub","sha256":"%[2]x","metadata":{"title":"第 %[1]d 本书","contributors":[{"name":"曹雪芹","role":"aut"},{"name":"高鹗","role":"aut"}],"publisher":"人民文学出版社","published":"1996-12","language":"zh","isbn":%[3]q,"subjects":["长篇小说","中国"],"clc":"I242.4","summary":"一部写了很多年的书。一部写了很多年的书。一部写了很多年的书。"},"licence":{"copies":3,"lending_days":30}}`+"\n",
			i, sha256.Sum256([]byte(strconv.Itoa(i))), booktest.ISBN(i))
	}
	head := fmt.Sprintf(`{"source":%q,"batch":"b","seq":1,"mode":"snapshot","count":%d,"sha256":"%x"}`+"\n", planner, rows, sha256.Sum256(body.Bytes()))
	return append([]byte(head), body.Bytes()...)
}

// cnmarcList is a list of CNMARC records in UTF-8, as ISO 2709.
func cnmarcList(rows int) []byte {
	var all bytes.Buffer
	for i := range rows {
		all.Write(iso2709([][2]string{
			{"001", fmt.Sprintf("0120%08d", i)}, {"005", "20260110080000.0"}, {"010", "  \x1fa" + booktest.ISBN(i)}, {"101", "0 \x1fachi"},
			{"200", fmt.Sprintf("1 \x1fa第 %d 本书\x1fe一部写了很多年的书\x1ff曹雪芹, 高鹗著", i)}, {"210", "  \x1fa北京\x1fc人民文学出版社\x1fd1996"},
			{"330", "  \x1fa一部写了很多年的书。一部写了很多年的书。一部写了很多年的书。"}, {"606", "0 \x1fa长篇小说\x1fy中国"}, {"690", "  \x1faI242.4\x1fv5"},
			{"701", " 0\x1fa曹雪芹\x1f4著"}, {"701", " 0\x1fa高鹗\x1f4著"},
		}))
	}
	return all.Bytes()
}

// iso2709 is one record: a leader, a directory of its fields, and the fields.
func iso2709(fields [][2]string) []byte {
	var directory, body bytes.Buffer
	for _, f := range fields {
		fmt.Fprintf(&directory, "%s%04d%05d", f[0], len(f[1])+1, body.Len())
		body.WriteString(f[1] + "\x1e")
	}
	const leader = 24
	base := leader + directory.Len() + 1
	return fmt.Appendf(nil, "%05dnam0 22%05d   450 %s\x1e%s\x1d", base+body.Len()+1, base, directory.String(), body.String())
}
