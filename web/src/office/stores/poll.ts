// Asks again while somebody looks: every so many seconds, not in a hidden tab, at once when it is shown again.
import { onScopeDispose } from 'vue'

/** Runs `ask` every `seconds` while the page is visible; one at a time. Failures are left to the next time. */
export function usePoll(ask: () => Promise<unknown>, seconds: number): void {
  let running = false
  async function run(): Promise<void> {
    if (running || document.hidden) return
    running = true
    try {
      await ask()
    } catch {
      // the next time tells
    } finally {
      running = false
    }
  }
  const timer = setInterval(() => void run(), seconds * 1000)
  const shown = () => void run()
  document.addEventListener('visibilitychange', shown)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', shown)
  })
}
