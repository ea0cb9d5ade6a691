// Chinese words of the incidents screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  title: "每次事件前后的记录",
  count: n({ other: "保存了 # 个事件记录。" }),
  none: "尚未发生值得记录的事件。",
  underWay: "正在记录一起事件。",
  how: "每次保护、故障或通信丢失时，记录仪会保存事件前后一段时间内的全部读数、判断和字节。",
  refused: "未收到记录。",
  back: "全部事件",
  open: (what) => `打开：${what}`,
  lasts: (time) => `记录时长 ${time}`,
  recording: (time) => `已记录 ${time}；记录完成后即可打开`,
  slider: "时刻",
  earlier: "后退一秒",
  later: "前进一秒",
  play: "播放",
  pause: "暂停",
  marks: "发生的事件",
  goTo: (text) => `转到此时刻：${text}`,
  opens: "因此记录",
  cells: "此时刻的电池包",
  missing: "此刻没有它的数值。",
  told: "发送给逆变器的内容",
  sent: "已发送",
  notSent: "已决定，未发送",
  because: "原因",
  bytes: "此秒的字节",
  noBytes: "此秒没有字节。",
  most: (count) => `每秒最多显示 ${count} 帧。`,
  to: { inverter: "发往逆变器", us: "来自逆变器", packs: "发往电池包", from_packs: "来自电池包" },
  download: "下载",
  downloadRedacted: "下载（不含序列号和地址）",
  missed: "无法完整重放：",
  chart: "记录期间发送给逆变器的内容",
  state: "状态",
  lowest: "最低电芯",
  highest: "最高电芯",
};
