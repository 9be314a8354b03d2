// The microphone, as the browser lets us have it.
import { say } from './base.js'
import { rate } from './sound.js'

const reasons = { NotAllowedError: 'mic_refused', SecurityError: 'mic_refused', NotFoundError: 'mic_missing', OverconstrainedError: 'mic_missing' }

// microphone opens it, hands on what it hears, and tells when it has gone. Why it does not
// open is an error in words. Whoever has it closes it.
export async function microphone(hear, gone) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(say('mic_insecure'))
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
    return await listen(stream, hear, gone)
  } catch (e) {
    stream?.getTracks().forEach(t => t.stop())
    console.error(e)
    throw new Error(e === asleep ? say('mic_resume') : say(reasons[e.name] || 'mic_failed'))
  }
}

const asleep = new Error('the browser wants to be clicked first')

async function listen(stream, hear, gone) {
  const context = contextFor(stream)
  try {
    await context.audioWorklet.addModule('/captions/page/files/microphone.js')
    const node = new AudioWorkletNode(context, 'microphone', { numberOfOutputs: 0 })
    context.createMediaStreamSource(stream).connect(node)
    await Promise.race([context.resume(), new Promise(done => setTimeout(done, 1000))])
    if (context.state !== 'running') throw asleep
    let open = true
    node.port.onmessage = e => { if (open) hear(e.data) }
    stream.getTracks()[0].onended = gone
    return { close() {
      open = false
      stream.getTracks().forEach(t => t.stop())
      context.close()
    } }
  } catch (e) {
    context.close()
    throw e
  }
}

// contextFor has the browser bring the sound to 16 kHz where it can; the worklet does it
// otherwise.
function contextFor(stream) {
  try {
    const context = new AudioContext({ sampleRate: rate })
    context.createMediaStreamSource(stream)
    return context
  } catch { return new AudioContext() }
}
