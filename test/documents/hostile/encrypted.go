package hostile

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"xietong.dev/test/documents/parts"
)

// password opens the encrypted documents.
const password = "滨海2026"

// encrypted documents cannot be read without their password, and can with it.
func (m *maker) encrypted() {
	add := func(kind, extension, word string, data []byte) {
		m.add(File{Kind: kind, Name: Slug(kind) + "." + extension, Password: word, MayConvert: word != ""}, data)
	}
	add("docx", "docx", password, m.sealed(m.document("函-数据共享.docx")))
	add("xlsx", "xlsx", password, m.sealed(m.document("部门预算执行.xlsx")))
	add("pptx", "pptx", password, m.sealed(m.document("办理流程图.pptx")))
	add("docx called doc", "doc", password, m.sealed(simpleWord().Bytes()))
	add("odt", "odt", password, m.locked(simpleOpen("text")))
	add("ods", "ods", password, m.locked(simpleOpen("spreadsheet")))
	add("pdf", "pdf", "binhai", lockedPDF("binhai"))
	add("docx, of an unknown way", "docx", "", compound(stream{"EncryptionInfo", []byte{9, 0, 9, 0, 0x40, 0, 0, 0}}, stream{"EncryptedPackage", make([]byte, 9000)}))
	add("docx, with rights managed elsewhere", "docx", "", compound(stream{"\x06DataSpaces", nil}, stream{"EncryptedPackage", make([]byte, 9000)}))
	add("docx, of a hundred million rounds", "docx", "", compound(stream{"EncryptionInfo", append([]byte{4, 0, 4, 0, 0x40, 0, 0, 0}, `<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption"><keyData saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="AAAAAAAAAAAAAAAAAAAAAA=="/><keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><p:encryptedKey xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password" spinCount="100000000" saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="AAAAAAAAAAAAAAAAAAAAAA==" encryptedVerifierHashInput="AAAAAAAAAAAAAAAAAAAAAA==" encryptedVerifierHashValue="AAAAAAAAAAAAAAAAAAAAAA==" encryptedKeyValue="AAAAAAAAAAAAAAAAAAAAAA=="/></keyEncryptor></keyEncryptors></encryption>`...)}, stream{"EncryptedPackage", make([]byte, 9000)}))
	doc := bytes.Clone(m.document("通知-老旧小区改造.doc"))
	if at := bytes.Index(doc, []byte{0xec, 0xa5}); at > 0 {
		doc[at+11] |= 1 // fEncrypted
	}
	add("doc, that only says so", "doc", "", doc)
	xls := compound(stream{"Workbook", append([]byte{0x09, 0x08, 0x10, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2f, 0, 0x36, 0, 1, 0, 1, 0, 1, 0}, make([]byte, 8000)...)})
	add("xls", "xls", "", xls)
}

func (m *maker) random(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(m.rand.UintN(256))
	}
	return out
}

// sealed encrypts an OOXML document as Office 2007 did (MS-OFFCRYPTO 2.3.4.5,
// standard encryption: AES-128, SHA-1, 50,000 rounds).
func (m *maker) sealed(document []byte) []byte {
	salt, verifier := m.random(16), m.random(16)
	units := utf16.Encode([]rune(password))
	word := make([]byte, 2*len(units))
	for i, u := range units {
		binary.LittleEndian.PutUint16(word[2*i:], u)
	}
	hash := sha1.Sum(append(bytes.Clone(salt), word...))
	for i := range 50_000 {
		hash = sha1.Sum(append(binary.LittleEndian.AppendUint32(nil, uint32(i)), hash[:]...))
	}
	hash = sha1.Sum(append(hash[:], 0, 0, 0, 0))
	pad := bytes.Repeat([]byte{0x36}, 64)
	for i, b := range hash {
		pad[i] ^= b
	}
	derived := sha1.Sum(pad)
	key, err := aes.NewCipher(derived[:16])
	if err != nil {
		panic(err) // the key has 16 bytes
	}
	check := sha1.Sum(verifier)
	name := []byte("Microsoft Enhanced RSA and AES Cryptographic Provider\x00")
	var head []byte
	for _, v := range []uint32{0x24, 0, 0x660e, 0x8004, 128, 0x18, 0, 0} {
		head = binary.LittleEndian.AppendUint32(head, v)
	}
	for _, b := range name {
		head = append(head, b, 0)
	}
	info := []byte{3, 0, 2, 0, 0x24, 0, 0, 0}
	info = binary.LittleEndian.AppendUint32(info, uint32(len(head)))
	info = append(info, head...)
	info = binary.LittleEndian.AppendUint32(info, 16)
	info = append(info, salt...)
	info = append(info, blocks(key, verifier)...)
	info = binary.LittleEndian.AppendUint32(info, 20)
	info = append(info, blocks(key, append(check[:], make([]byte, 12)...))...)
	padded := append(bytes.Clone(document), make([]byte, (16-len(document)%16)%16)...)
	return compound(stream{"EncryptionInfo", info}, stream{"EncryptedPackage", append(binary.LittleEndian.AppendUint64(nil, uint64(len(document))), blocks(key, padded)...)})
}

// blocks encrypts each block by itself.
func blocks(key cipher.Block, data []byte) []byte {
	out := make([]byte, len(data))
	for i := 0; i < len(data); i += 16 {
		key.Encrypt(out[i:], data[i:i+16])
	}
	return out
}

// locked encrypts the parts of an OpenDocument (ODF 1.2 part 3, section 3.4).
func (m *maker) locked(o parts.Open) []byte {
	word := sha1.Sum([]byte(password))
	entries := o.Entries()
	var list strings.Builder
	list.WriteString(`<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="` + string(entries[0].Data) + `"/>`)
	for i, e := range entries[1 : len(entries)-1] {
		salt, start := m.random(16), m.random(16)
		derived, err := pbkdf2.Key(sha1.New, string(word[:]), salt, 1024, 32)
		if err != nil {
			panic(err) // the lengths are constants
		}
		key, err := aes.NewCipher(derived)
		if err != nil {
			panic(err) // the key has 32 bytes
		}
		packed := deflated(e.Data)
		check := sha1.Sum(packed[:min(1024, len(packed))])
		// Filled up as W3C has it: the last byte counts what was added.
		n := 16 - len(packed)%16
		packed = append(packed, append(make([]byte, n-1), byte(n))...)
		out := make([]byte, len(packed))
		cipher.NewCBCEncrypter(key, start).CryptBlocks(out, packed)
		entries[i+1] = parts.Part{Name: e.Name, Data: out, Stored: true}
		b64 := base64.StdEncoding.EncodeToString
		fmt.Fprintf(&list, `<manifest:file-entry manifest:full-path="%s" manifest:media-type="text/xml" manifest:size="%d"><manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="%s"><manifest:algorithm manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc" manifest:initialisation-vector="%s"/><manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32" manifest:iteration-count="1024" manifest:salt="%s"/><manifest:start-key-generation manifest:start-key-generation-name="SHA1" manifest:key-size="20"/></manifest:encryption-data></manifest:file-entry>`,
			e.Name, len(e.Data), b64(check[:]), b64(start), b64(salt))
	}
	list.WriteString(`</manifest:manifest>`)
	entries[len(entries)-1].Data = []byte(parts.Header + list.String())
	return parts.Zip(entries...)
}

func deflated(data []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	w.Write(data)
	w.Close()
	return out.Bytes()
}

// lockedPDF is a page under the oldest encryption (PDF 32000-1, 7.6, revision
// 2: RC4 of 40 bits).
func lockedPDF(word string) []byte {
	const filling = "\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a"
	padded := (word + filling)[:32]
	crypt := func(key, data []byte) []byte {
		c, err := rc4.NewCipher(key)
		if err != nil {
			panic(err) // the key has 5 or 10 bytes
		}
		out := make([]byte, len(data))
		c.XORKeyStream(out, data)
		return out
	}
	owner := md5.Sum([]byte(padded))
	o := crypt(owner[:5], []byte(padded))
	id := "0123456789abcdef"
	sum := md5.Sum([]byte(padded + string(o) + "\xfc\xff\xff\xff" + id))
	key := sum[:5]
	u := crypt(key, []byte(filling))
	own := md5.Sum(append(bytes.Clone(key), 4, 0, 0, 0, 0))
	content := crypt(own[:10], []byte("BT /F1 24 Tf 72 700 Td (locked) Tj ET"))
	return pdf(fmt.Sprintf("/Encrypt 6 0 R /ID [<%x> <%x>]", id, id), catalog, pages, page("/Contents 4 0 R"), fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content), font,
		fmt.Sprintf("<</Filter /Standard /V 1 /R 2 /P -4 /O <%x> /U <%x>>>", o, u))
}
