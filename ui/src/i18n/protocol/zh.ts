// Chinese words of the inverter protocol screen.

import type { en } from "./en";

export const zh: typeof en = {
  title: (pack) => `电池包 ${pack} 的逆变器协议`,
  none: "该电池包在此线路上不提供逆变器协议。",
  choice: "电池包与逆变器的通信协议",
  type: "方式",
  automatic: "自动",
  automaticNote: "电池包自行识别协议。",
  manual: "手动",
  manualNote: "使用下面的协议。",
  can: "CAN 协议",
  rs485: "RS485 协议",
  notTold: "无",
  off: "关闭",
  read: "读取",
  write: "写入…",
  nothingNew: "没有新的选择。",
  writeTitle: (pack) => `选择电池包 ${pack} 的逆变器协议`,
  writeVerb: (pack) => `写入电池包 ${pack}`,
  before: "当前",
  after: "新值",
  means: "只有电池组的主机与逆变器通信。逆变器收到与之前不同的协议时可能停机。",
};
