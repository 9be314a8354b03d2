// What runs beside the page: it hears the microphone, and hands on tenths of a second of
// sound at 16 kHz, 16 bit. A rate that is higher is brought down by the mean of what falls
// into a sample, which keeps out most of what would fold back.
const rate = 16000

class Microphone extends AudioWorkletProcessor {
  out = new Int16Array(rate / 10)
  filled = 0
  sum = 0 // of the part of a sample that has been heard
  part = 0

  process([[...channels]]) {
    const step = rate / sampleRate
    for (let i = 0; i < (channels[0]?.length || 0); i++) {
      const value = channels.reduce((sum, c) => sum + c[i], 0) / channels.length
      let left = step
      while (this.part + left >= 1 - 1e-9) {
        const taken = 1 - this.part
        this.put(this.sum + value * taken)
        left -= taken
        this.sum = this.part = 0
      }
      this.sum += value * Math.max(0, left)
      this.part += Math.max(0, left)
    }
    return true
  }

  put(value) {
    this.out[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(value * 32767)))
    if (this.filled < this.out.length) return
    this.port.postMessage(this.out, [this.out.buffer])
    this.out = new Int16Array(rate / 10)
    this.filled = 0
  }
}

registerProcessor('microphone', Microphone)
