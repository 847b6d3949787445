// The levels of regions.

export const regionLevels: Record<string, string> = {
  province: '省', city: '市', county: '县（市、区）', town: '乡镇（街道）', village: '村（社区）', grid: '网格',
}
