package attestation

// This file is for the people who read why a token was not valid: each stable
// code with its text in both languages.

// The codes of [Result.Reason].
const (
	codeNoRoots   = "no_roots"
	codeTooLarge  = "too_large"
	codeMalformed = "malformed"
	codeAlgorithm = "algorithm"
	codeChain     = "chain"
	codeRevoked   = "revoked"
	codeName      = "name"
	codeSignature = "signature"
	codeExtension = "extension"
	codeNonce     = "nonce"
	codeStale     = "stale"
	codeKey       = "key"
)

// Text puts a [Result.Reason] into words; both are "" for a code that is not of
// this package.
func Text(reason string) (zh, en string) {
	t := texts()[reason]
	return t[0], t[1]
}

func texts() map[string][2]string {
	return map[string][2]string{
		codeNoRoots:   {"未配置该平台的根证书，未校验", "Not checked: no root certificates are configured for this platform"},
		codeTooLarge:  {"证明过大", "The attestation is too large"},
		codeMalformed: {"证明格式错误", "The attestation is malformed"},
		codeAlgorithm: {"签名算法不被接受", "The signature algorithm is not accepted"},
		codeChain:     {"证书链不能追溯到已配置的根证书", "The certificates do not lead to a configured root"},
		codeRevoked:   {"证明密钥已被吊销", "The attestation key is revoked"},
		codeName:      {"签名证书不属于平台的完整性服务", "The signing certificate is not that of the platform's integrity service"},
		codeSignature: {"签名不正确", "The signature is wrong"},
		codeExtension: {"密钥证明扩展缺失、位置不当或格式错误", "The key attestation extension is missing, out of place or malformed"},
		codeNonce:     {"证明不是为本次上报生成的", "The attestation was made for another report"},
		codeStale:     {"证明时间超出允许范围", "The attestation is too old or from the future"},
		codeKey:       {"被证明的密钥不是设备注册的密钥", "The attested key is not the one that the device enrolled with"},
	}
}
