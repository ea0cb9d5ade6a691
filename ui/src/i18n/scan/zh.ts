// Chinese words of the scan screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

export const zh: typeof en = {
  title: "线路上有哪些设备及其拨码状态",
  found: n({ other: "# 个电池包应答。" }),
  nobody: "没有电池包应答。",
  allRight: "地址设置均正确。",
  wrong: n({ other: "发现 # 个问题。" }),
  intro: "扫描会以每种协议和每种波特率询问每个地址。只询问，不更改任何设置。",
  scan: "扫描线路",
  again: "再次扫描",
  elsewhere: "扫描其他端口",
  on: (link, age) => `在 ${link} 上发现，${age}。`,
  picture: "按拨码显示的电池组",
  pictureNote: "自主机向下排列。滑块向上为 ON；1 号拨码在左侧。",
  master: "主机",
  isSet: "当前为",
  setTo: "应设为",
  free: (address) => `地址 ${address}：无应答`,
  twice: (address) => `地址 ${address}：两个电池包同时应答`,
  what: "问题及处理方法",
  dialects: "所用协议",
  tried: n({ other: "已尝试 # 种询问方式。" }),
  kind: {
    nothing_answers: { what: "没有电池包应答。", next: "是否已开机？线缆是否插在正确的插口？A、B 是否接反？" },
    somebody_asks: { what: "此线路上另有设备在询问。", next: "断开它，或仅监听：两方询问会互相干扰。" },
    second_master: { what: "此线路上有两个主机在询问。", next: "仅保留一个地址为 1 的电池包，且线路上只接一台计算机。" },
    no_master: { what: "没有电池包使用主机地址。", next: "按地址 1 的图示设置第一个电池包的拨码。" },
    gap: { what: "中间某个地址无应答。", next: "重新设置其后的电池包使地址连续，或检查该电池包为何无应答。" },
    stand_alone: { what: "有电池包设为单机（地址 0）。", next: "为其设置下一个空闲地址。" },
    duplicate_address: { what: "两个电池包地址相同。", next: "关闭其中一个，按图示设为下一个空闲地址，然后再次扫描。" },
    duplicate_serial: { what: "两个电池包的序列号相同。", next: "可能其中一个应答两个地址，或序列号有误：核对铭牌。" },
    other_speed: { what: "有电池包使用其他波特率。", next: "将所有电池包设为相同波特率。" },
    other_dialect: { what: "有电池包使用其他协议。", next: "将所有电池包设为相同协议。" },
    swapped_wires: { what: "A、B 线可能接反。", next: "在线缆一端对调两根线。" },
    disturbed: { what: "应答数据损坏。", next: "检查线缆和终端电阻，并远离动力电缆。" },
    unreadable: { what: "有设备应答但无法识别。", next: "尝试其他波特率或协议。" },
    echo: { what: "适配器收到了自己发送的字节。", next: "无影响，已自动去除。" },
  },
};
