// Chinese words of the connect screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  where: "电池包所在位置",
  how: "通信方式",
  noPorts: "没有插入串口。适配器会在 2 秒内出现在此处。",
  tcp: "TCP 适配器",
  tcpNote: "通过网络的 RS485",
  address: "主机和端口",
  otherPort: "其他端口",
  otherNote: "未列出的串行设备",
  device: "设备",
  virtual: "虚拟电池组",
  virtualNote: "在此仿真；不会干扰任何设备",
  dialect: "协议方言",
  baud: "速率",
  usualBaud: "该方言的常用速率",
  product: "电池",
  asConfigured: "按配置",
  asNow: (title) => `与现在相同：${title}`,
  packs: "电池包",
  packsNote: "编号如 1 或 1-4；留空表示所有应答的电池包。",
  count: "电池包数量",
  countNote: "留空表示按配置的数量。",
  connect: "连接",
  disconnect: "断开",
  findConnect: "查找模块并连接",
  scan: "扫描此端口",
  scanLine: "扫描已连接的线路",
  choosePort: "选择电池包所在位置。",
  giveAddress: "填写适配器的主机和端口。",
  giveDevice: "填写设备。",
  wrongPacks: "电池包编号如 1 或 1-4。",
  virtualFirst: "请先连接虚拟电池组。",
  narrow: "仅扫描此方言和速率（更快）",
  onLink: (dialect) => `方言 ${dialect}`,
  asRack: "查看电池组及其拨码，以及应如何设置",
  found: "扫描结果",
  serial: "序列号",
  master: (pack) => `${pack}，主机`,
  onlyThis: "仅连接此电池包",
  connectFound: n({ other: "连接这 # 个电池包" }),
  tried: (tried, left) => `已尝试 ${tried} 种询问方式，略过 ${left} 种。`,
};
