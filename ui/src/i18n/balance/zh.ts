// Chinese words of the balance screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  nothing: "没有电池包提供单体电压。",
  apart: (pack, mv) => `压差最大的是电池包 ${pack}：${mv}。`,
  bleeding: n({ other: "# 个电芯正在均衡放电。" }),
  noneBleeds: "没有电芯在均衡放电。",
  spread: "压差",
  mean: "平均",
  highest: "最高",
  lowest: "最低",
  cellAt: (cell, mv) => `第 ${cell} 号，${mv}`,
  bleeders: "正在均衡",
  nobody: "无",
  cells: (_count, cells) => `第 ${cells} 号`,
  debt: "超前最多",
  debtOf: (cell, ah) => `第 ${cell} 号，${ah}`,
  atLeast: (text) => `至少 ${text}`,
  hours: "剩余均衡时间",
  hoursOf: (hours, bleed) => `${hours} 小时（${bleed}）`,
  unknownDebt: "尚不清楚。",
  unknownWhy: "当小电流充电使电芯超过 3.45 V 时即可得知。",
  picture: (low, high, spread) => `各电芯相对平均值：最低${low}，最高${high}，压差 ${spread}。`,
  aheadPicture: "各电芯相对最落后者超前的电量",
  voltages: "相对平均值的电压",
  lines: "虚线为告警线，实线为保护线。靠近平均值处刻度较宽，远离处较窄。",
  bleedMark: "电芯下方的水滴：正在均衡放电。",
  how: "如何理解",
  howItems: [
    "在磷酸铁锂的平台区，毫伏差不代表电量差：看似一致的电芯可能相差很多，反之亦然。",
    "充电末端的电压才能说明问题。那里超前的电芯会被记录，此后无论电池包处于何种状态都会被均衡。",
    "100 mA 每小时只能移走 0.1 Ah。一次长时间停留在高位胜过多次短暂停留。",
  ],
  details: (pack) => `电池包 ${pack} 的全部电芯`,
  weakest: (cell, pack, volts) => `最弱电芯：电池包 ${pack} 第 ${cell} 号，${volts}`,
  strongest: (cell, pack, volts) => `最高电芯：电池包 ${pack} 第 ${cell} 号，${volts}`,
  past: "其历史",
  pastOf: (pack) => `电池包 ${pack} 电芯的历史`,
};
