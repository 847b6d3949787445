// The words of a plan's clause as they are shown.

/** An excerpt that breaks off at a comma or semicolon says so: the mark is shown as …. */
export const excerpt = (quote: string): string => quote.replace(/[，、；,;：]\s*$/, '…')
