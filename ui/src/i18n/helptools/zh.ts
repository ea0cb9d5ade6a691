// Chinese words of the help's tools.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  search: "搜索帮助",
  searchHint: "指示灯、告警、线缆，或 RJ45、OVP 之类的词。",
  results: n({ other: "# 个条目" }),
  nothing: "没有内容同时包含这些词。只用一个词，或查看下面的列表。",
  guides: "指南",
  decoder: "指示灯是什么意思？",
  decoderIntro: "按电池包上看到的样子设置每个灯，然后阅读下方说明。观察十秒：有些灯闪得很少。",
  run: "RUN",
  alm: "ALM",
  soc: (index) => `SOC ${index}`,
  nextMode: (lamp) => `${lamp}：下一种点亮方式`,
  modes: {
    off: "灭",
    on: "亮",
    flash1: "每 4 秒短闪",
    flash2: "每秒闪",
    flash3: "每 2 秒闪",
  },
  next: "下一步：",
  lamps: (state) => `指示灯：${state}`,
  charge: (low, high) => `，电量 ${low} 至 ${high} %`,
  several: (count) => `有 ${count} 种状态是这样；从第一种开始。`,
  noState: "电池包没有任何状态显示这样的灯。再观察面板十秒。",
  nearest: (states) => `RUN 和 ALM 如此时：${states.join("；")}。`,
  tree: "查找故障",
  back: "返回",
  again: "重新开始",
  releasedBy: "以下任一条件可解除：",
  steps: "处理步骤",
  ways: (ways) => `${ways.join("；")}。`,
  planner: "绘制我的电池组",
  plannerIntro: "某一产品的接线、线缆和拨码；图纸由提供此页面的 OpenRESS 绘制。",
  product: "电池",
  inverter: "逆变器",
  packs: "电池包",
  scheme: "拨码计数方式",
  noScheme: "按公布的方式",
  plan: "接线",
  cable: "线缆",
  dip: "拨码开关",
  open: "单独打开图纸以便打印",
  asText: "文字版接线说明和材料清单",
  notDrawn: "没有此图纸：",
  noServer: "图纸需要服务器，但服务器没有应答。",
  language: "英文",
};
