// Taking one open task back, after the person said yes.
import { useAct } from '../../api/act'
import { confirmed, type Task } from '../../api/tasks'
import { tasks as texts } from '../../locales'

/** `takeBack(task)` asks, withdraws and answers whether anything may have changed. */
export function useTakeBack() {
  const { busy, problem, run } = useAct()
  async function takeBack(task: Task): Promise<boolean> {
    problem.value = null
    const place = task.site_name ?? task.grid_name ?? task.grid
    if (!await confirmed(texts.withdrawTitle, texts.withdrawText(task.title, place), texts.withdraw, { final: true })) return false
    // One that was done meanwhile is shown as it is now.
    return !!await run(`/api/v1/tasks/${task.id}/withdraw`, {}, texts.withdrawn) || problem.value !== null
  }
  return { busy, problem, takeBack }
}
