// Chinese words of the logs screen.

import type { en } from "./en";

export const zh: typeof en = {
  title: (pack) => `电池包 ${pack} 的记录`,
  count: (count) => `${count} 条记录。`,
  newest: "读取条数，最新在前",
  kind: "显示",
  kinds: { all: "全部记录", protections: "保护", faults: "故障" },
  search: "筛选",
  read: "读取",
  csv: "导出 CSV",
  json: "导出 JSON",
  clear: "清空视图",
  readFirst: "没有记录：先读取。",
  keepsNone: "该电池包没有记录。",
  noneFits: "没有符合筛选条件的记录。",
  more: (count) => `再显示 ${count} 条`,
  records: "记录",
  number: "序号",
  when: "时间（电池包时钟）",
  what: "内容",
  charge: "电量",
  ofFull: (left, full) => `${left} / ${full}`,
  protects: "保护：",
  alarms: "告警：",
  faults: "故障：",
  nothing: "无告警",
  cells: (count) => `${count} 个电芯，mV`,
};
