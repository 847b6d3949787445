/** The app's version, written in by the build. */
declare const __APP_VERSION__: string

declare module 'tiny-pinyin' {
  const pinyin: { isSupported(): boolean; parse(text: string): { type: 1 | 2 | 3; source: string; target: string }[] }
  export default pinyin
}
