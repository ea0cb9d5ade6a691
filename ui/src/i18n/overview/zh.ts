// Chinese words of the overview.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  flow: "功率流向",
  flowIn: (kw, amps) => `${kw} 流入电池，${amps}。`,
  flowOut: (kw, amps) => `${kw} 流出电池，${amps}。`,
  flowNone: "无电流。",
  flowUnknown: "流向未知。",
  supply: "逆变器",
  battery: "电池",
  packFlow: (pack, amps) => `电池包 ${pack}：${amps}`,
  toFull: "充满剩余时间",
  toEmpty: "放空剩余时间",
  resting: "静置：既不充电也不放电。",
  tooLong: "按当前电流超过一天。",
  slowsIn: "接近充满时电流逐渐减小：无法给出时间。",
  slowsOut: "接近放空时电流逐渐减小：无法给出时间。",
  about: (when) => `约${when}`,
  between: (early, late) => `很可能在 ${early} 至 ${late} 之间`,
  bandNote: (low, high) => `95 % 置信区间 ${low}–${high} %`,
  attention: "需要关注",
  allWell: "没有需要关注的事项。",
  debt: (pack, cell, ah, hours, least) => `电池包 ${pack} 第 ${cell} 号电芯${least ? "至少" : ""}超前 ${ah}：还需均衡 ${hours}`,
  hours: n({ other: "# 小时" }),
  durationOf: (hours, minutes) => `${hours} 小时 ${minutes} 分`,
  durationShort: (minutes) => `${minutes} 分钟`,
  lineSilent: (link, age) => `${link} 上已有 ${age}没有电池包应答：检查通往电池包的线缆以及是否已开机。`,
  nothingAllowed: "在其重新应答之前不允许任何电流。",
  packSilent: (pack, age) => `电池包 ${pack} 已 ${age}无数据，可能仍接在母线上：在其应答或您将其移除之前，沿用其最后的限值。`,
  full: (because) => `电池已充满，${because}`,
  gatewayForbids: {
    invalid: "决定性数值未知",
    product: "规格书不允许",
    user: "您设置了 0 A 的限制",
    remote: "远程指令禁止",
    soc_window: "荷电状态已到您设定的 SOC 范围边界",
    contradiction: "充电电压限值低于放电截止电压",
    rising: "启动或中断后限值从 0 开始",
    stale: "电池包数据已过期",
    handed_over: "网关已重启，沿用最后发送的数值",
    ending: "网关即将停止",
  },
};
