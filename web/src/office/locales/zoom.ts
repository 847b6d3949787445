// Words for pictures and maps that can be made larger.
export const zoom = { in: '放大', out: '缩小', fit: '适合窗口', tools: '缩放', hint: '滚轮或 + − 键缩放，0 键还原，按住拖动' }
