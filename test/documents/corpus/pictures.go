package corpus

import "xietong.dev/test/documents/parts"

// pictures are what scanners and telephones send.
func pictures() []made {
	return []made{
		{name: "扫描件.png", features: []string{"picture"}, data: parts.PNG(parts.Drawing(620, 877, 31))},
		{name: "现场照片.jpeg", features: []string{"picture"}, data: parts.JPEG(parts.Drawing(1024, 768, 32))},
		{name: "传真.tiff", features: []string{"picture", "two pages"}, data: parts.TIFF(parts.Drawing(310, 438, 33), parts.Drawing(310, 438, 34))},
	}
}
