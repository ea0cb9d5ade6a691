// Chinese words of the health screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  headline: (soh) => `电池包容量为额定容量的 ${soh}。`,
  assumed: "尚无电池包显示出实际容量：在观测到一次完整充放之前，以下为铭牌值。",
  unknown: "电池包未提供健康状态。",
  soh: "健康状态 (SOH)",
  capacity: "容量",
  capacityBand: (low, high) => `95 % 置信区间 ${low}–${high} Ah`,
  swings: n({ other: "依据 # 次已知电量间的充放" }),
  label: "取自铭牌：尚未观察到完整充放",
  rated: "额定容量",
  cycles: "等效满循环",
  cyclesNote: (into, out) => `充入 ${into}，放出 ${out}`,
  resistance: "内阻",
  resistanceNote: (sigma) => `± ${sigma}（相对标准曲线，新电芯之间也有这种差异）`,
  steps: n({ other: "依据 # 次电流阶跃" }),
  noSteps: "尚未观察到电流阶跃",
  growth: (percent) => `自首次得知以来 ${percent}`,
  events: "缩短寿命的事件",
  noEvents: "暂无",
  eventNames: {
    deep_discharge: "过放",
    over_charge: "过充",
    over_temperature: "过温",
    frost_charge: "0 °C 以下充电",
    over_current: "过流",
    short_circuit: "短路",
  },
  times: (name, count) => `${name}：${count} 次`,
  trend: "逐日变化",
  trendFull: "容量",
  trendResistance: "电池包内阻",
  trendSoh: "健康状态",
  trendChart: (name) => `${name}的逐日变化`,
  trendShort: "趋势至少需要两天的数据；此电池包的观察时间不足。",
  trendNone: "此服务器不保存历史，因此没有趋势。",
  passportPdf: "电池护照（PDF，英文）",
  passportPdfOf: (pack) => `电池护照（PDF，英文）：${pack}，可打印和转交`,
  passportOf: (pack) => `${pack} 的电池护照 (JSON)`,
};
